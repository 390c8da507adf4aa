// Out of the page: tables, the dataset, a figure of the view, and the agreement of two people.

import { byId, element } from "./elements.js";
import { get, imagePath, lookQuery, Refusal } from "./server.js";

const MODEL = "model";

/** Wire the links and the agreement. @param {import("./main.js").Page} page */
export function showOutputs(page) {
  const { review, picture } = page;
  for (const link of document.querySelectorAll("a[data-table]")) {
    link.addEventListener("click", () => {
      link.setAttribute("href", `/api/export/${link.getAttribute("data-table")}?threshold=${review.threshold}`);
    });
  }
  for (const link of document.querySelectorAll("a[data-figure]")) {
    link.addEventListener("click", () => {
      if (review.image === null) return;
      const seen = Object.entries(picture.seen).map(([name, value]) => `${name}=${value}`).join("&");
      const query = `${seen}&threshold=${review.threshold}&${lookQuery(review.looks)}`;
      link.setAttribute("href", imagePath(review.image.id, `figure.${link.getAttribute("data-figure")}?${query}`));
    });
  }
  const [a, b] = ["agree-a", "agree-b"].map((id) => /** @type {HTMLSelectElement} */ (byId(id)));
  const names = [review.session.annotator, ...review.session.annotators.filter((name) => name !== review.session.annotator), MODEL];
  for (const select of [a, b]) select?.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (b !== undefined) b.value = MODEL;
  byId("agree").addEventListener("click", async () => {
    byId("agreement").textContent = await agreementOf(a?.value ?? "", b?.value ?? "");
  });
}

/** @param {string} a @param {string} b */
async function agreementOf(a, b) {
  try {
    const query = `a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
    const { images, f1, precision, recall, bias } = /** @type {Agreement} */ (await get(`agreement?${query}`));
    if (images === 0) return "No image that both have done.";
    const [f, p, r] = [f1, precision, recall].map((value) => value?.toFixed(3) ?? "-");
    return `${images} images: F1 ${f}, precision ${p}, recall ${r}, bias of the counts ${bias?.toFixed(2) ?? "-"}`;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
