// The scale bar: a round length of micrometers, or of pixels if nobody knows their size.

import { byId } from "./elements.js";

const LONGEST_PX = 160;

/** Show the bar as long as it is now. @param {ImageFacts|null} image @param {number} scale screen pixels a pixel of the image */
export function showScaleBar(image, scale) {
  if (image === null) return;
  const perUnit = scale / (image.pixel_size_um ?? 1);
  const length = roundLength(LONGEST_PX / perUnit);
  const bar = byId("scale-bar");
  bar.style.width = `${length * perUnit}px`;
  bar.textContent = `${length} ${image.pixel_size_um === null ? "px" : "µm"}`;
}

/** Return the largest of 1, 2, 5, 10, ... that is not longer. @param {number} length */
function roundLength(length) {
  const power = 10 ** Math.floor(Math.log10(length));
  const digit = [5, 2, 1].find((candidate) => candidate * power <= length) ?? 1;
  return Number((digit * power).toPrecision(1));
}
