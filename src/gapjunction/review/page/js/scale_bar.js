// The scale bar: a round length of micrometers, or of pixels if nobody knows their size.

import { byId } from "./elements.js";

const LONGEST_PX = 160;

export class ScaleBar {
  /** @param {import("./review.js").Review} review @param {import("./picture.js").Picture} picture */
  constructor(review, picture) {
    this.review = review;
    this.picture = picture;
    review.on(["image"], () => this.show());
  }

  show() {
    const { image } = this.review;
    if (image === null) return;
    const perUnit = this.picture.placing.scale / (image.pixel_size_um ?? 1);
    const length = roundLength(LONGEST_PX / perUnit);
    const bar = byId("scale-bar");
    bar.style.width = `${length * perUnit}px`;
    bar.textContent = `${length} ${image.pixel_size_um === null ? "px" : "µm"}`;
  }
}

/** Return the largest of 1, 2, 5, 10, ... that is not longer. @param {number} length */
function roundLength(length) {
  const power = 10 ** Math.floor(Math.log10(length));
  const digit = [5, 2, 1].find((candidate) => candidate * power <= length) ?? 1;
  return Number((digit * power).toPrecision(1));
}
