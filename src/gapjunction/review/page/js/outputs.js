// Out of the page: tables, the dataset, a figure of the view, and the agreement of two people.

import { byId, element } from "./elements.js";
import { get, imagePath, lookQuery } from "./server.js";

const MODEL = "model";

/** Wire the links and the agreement. @param {import("./main.js").Page} page */
export function showOutputs(page) {
  const { review, picture } = page;
  for (const link of document.querySelectorAll("a[download]")) {
    link.addEventListener("click", () => {
      const seen = Object.entries(picture.seen).map(([name, value]) => `${name}=${value}`).join("&");
      const query = `${seen}&threshold=${review.threshold}&${lookQuery(review.looks)}`;
      const figure = link.getAttribute("data-figure");
      const path = figure === null ? link.getAttribute("href")?.split("?")[0] : imagePath(review.image?.id ?? "", figure);
      link.setAttribute("href", `${path}?${query}`);
    });
  }
  const [a, b] = ["agree-a", "agree-b"].map((id) => /** @type {HTMLSelectElement} */ (byId(id)));
  for (const select of [a, b]) select?.replaceChildren(...review.session.annotators.map((name) => element("option", { value: name }, name)));
  if (b !== undefined) b.value = MODEL;
  byId("agree").addEventListener("click", async () => {
    byId("agreement").textContent = await agreementOf(a?.value ?? "", b?.value ?? "").catch((error) => page.told(error));
  });
}

/** @param {string} a @param {string} b */
async function agreementOf(a, b) {
  const query = `a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  const { images, f1, precision, recall, bias } = /** @type {Agreement} */ (await get(`agreement?${query}`));
  if (images === 0) return "No image that both have done.";
  const [f, p, r] = [f1, precision, recall].map((value) => value?.toFixed(3) ?? "-");
  return `${images} images: F1 ${f}, precision ${p}, recall ${r}, bias of the counts ${bias?.toFixed(2) ?? "-"}`;
}
