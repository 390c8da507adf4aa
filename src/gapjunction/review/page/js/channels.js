// Channels on and off, their black and white points, gamma and color.

import { byId, element } from "./elements.js";

const REDRAW_MS = 120;
const GAMMA = 0.6; // at first, as in thumbnails: below 1, dim signal shows

export class Channels {
  /** @param {import("./review.js").Review} review @param {() => void} changed called once the sliders rest */
  constructor(review, changed) {
    this.review = review;
    this.changed = changed;
    this.timer = 0;
    this.key = "";
    this.isSetByHand = false;
    review.on(["looks"], () => this.#list());
  }

  /** Choose the looks of an image: the file's, or what a person set for channels of that kind. @param {ImageFacts} image */
  look(image) {
    const key = JSON.stringify(image.channels.map(({ name }) => [name, image.bits]));
    if (!this.isSetByHand || key !== this.key) this.#take(image);
    this.key = key;
    this.review.tell("looks");
  }

  /** Go back to the contrast of the file. */
  auto() {
    if (this.review.image !== null) this.#take(this.review.image);
    this.review.tell("looks");
    this.changed();
  }

  /** @param {ImageFacts} image */
  #take({ channels }) {
    this.isSetByHand = false;
    this.review.looks = channels.map(({ color, auto: [black, white] }) => ({ shown: true, black, white, gamma: GAMMA, color: `#${color.replace("#", "")}` }));
  }

  #list() {
    const { image, looks } = this.review;
    const panels = (image?.channels ?? []).map((channel, index) => {
      const look = looks[index];
      return look === undefined ? "" : this.#panel(channel, look);
    });
    byId("channels").replaceChildren(...panels);
  }

  /** @param {Channel} channel @param {Look} look */
  #panel({ name, range: [lowest, highest] }, look) {
    const field = (/** @type {keyof Look} */ key, /** @type {object} */ attributes) =>
      element("input", { "aria-label": `${key} of ${name}`, oninput: this.#setter(look, key), ...attributes });
    const slider = (/** @type {"black"|"white"|"gamma"} */ key, /** @type {object} */ limits) =>
      element("label", {}, key, field(key, { type: "range", ...limits, value: look[key] }));
    return element(
      "fieldset",
      {},
      element("legend", {}, field("shown", { type: "checkbox", checked: look.shown }), name, field("color", { type: "color", value: look.color })),
      slider("black", { min: lowest, max: highest }),
      slider("white", { min: lowest, max: highest }),
      slider("gamma", { min: 0.2, max: 3, step: 0.05 }),
    );
  }

  /** @param {Look} look @param {keyof Look} key @returns {(event: Event) => void} */
  #setter(look, key) {
    return ({ target }) => {
      const { value, checked, type } = /** @type {HTMLInputElement} */ (target);
      Object.assign(look, { [key]: type === "checkbox" ? checked : type === "range" ? Number(value) : value });
      this.isSetByHand = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(this.changed, REDRAW_MS);
    };
  }
}
