// The stack at the bottom: the counts of its slices as bars, and a slider.

import { byId, element } from "./elements.js";

/** Keep the bar as the review is. @param {import("./main.js").Page} page */
export function showStack(page) {
  const { review } = page;
  const slider = /** @type {HTMLInputElement} */ (byId("z"));
  const slices = () => review.image?.stack?.slices ?? [];
  slider.addEventListener("input", () => {
    const slice = slices()[Number(slider.value)];
    if (slice !== undefined) page.open(slice.id);
  });
  review.on(["image"], () => {
    const all = slices();
    const at = all.findIndex(({ id }) => id === review.image?.id);
    for (const id of ["stack", "copy-up"]) byId(id).hidden = all.length < 2;
    slider.max = String(all.length - 1);
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", `slice ${at + 1} of ${all.length}`);
    const highest = Math.max(...all.map(({ count }) => count), 1);
    byId("slices").replaceChildren(...all.map((slice, index) => bar(slice, slice.count / highest, index === at, page)));
  });
}

/** @param {Slice} slice @param {number} height @param {boolean} isShown @param {import("./main.js").Page} page */
function bar({ id, z, count }, height, isShown, page) {
  const label = `z ${z}: ${count}`;
  const button = element("button", { title: label, "aria-label": label, "aria-current": String(isShown), onclick: () => page.open(id) });
  button.style.setProperty("--height", `${Math.round(height * 100)}%`);
  return button;
}
