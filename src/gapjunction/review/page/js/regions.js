// Regions of interest and exclusions: drawn corner by corner, listed with their names.

import { byId, element } from "./elements.js";
import { newId } from "./server.js";

export class Regions {
  /**
   * @param {import("./overlay.js").Overlay} overlay
   * @param {import("./operations.js").Operations} operations
   * @param {{say: (text: string) => void}} page
   */
  constructor(overlay, operations, page) {
    this.overlay = overlay;
    this.operations = operations;
    this.page = page;
    /** @type {RegionKind|null} */
    this.kind = null;
    byId("region-include").addEventListener("click", () => this.begin("include"));
    byId("region-exclude").addEventListener("click", () => this.begin("exclude"));
    overlay.review.on(["regions"], () => this.#list());
  }

  get isDrawing() {
    return this.kind !== null;
  }

  /** @param {RegionKind} kind */
  begin(kind) {
    this.kind = kind;
    this.overlay.corners = [];
    this.overlay.canvas.focus();
    this.page.say("Click the corners; Enter closes the region, Escape drops it.");
  }

  /** @param {Point} point */
  addCorner(point) {
    this.overlay.corners.push(point);
    this.overlay.redraw();
  }

  /** Close the region, if it has three corners. */
  close() {
    const { corners } = this.overlay;
    const kind = this.kind;
    this.drop();
    if (kind === null) return;
    const points = corners.filter(isNew).map(({ x, y }) => /** @type {[number, number]} */ ([x, y]));
    if (points.length < 3) return this.page.say("A region needs three corners: nothing was drawn.");
    const named = this.overlay.review.image?.regions ?? [];
    const name = `${kind === "include" ? "region" : "exclusion"} ${named.length + 1}`;
    this.operations.region({ id: newId(), name, kind, points });
  }

  drop() {
    this.kind = null;
    this.overlay.corners = [];
    this.overlay.redraw();
  }

  #list() {
    const regions = this.overlay.review.image?.regions ?? [];
    byId("regions").replaceChildren(...regions.map((region) => this.#entry(region)));
  }

  /** @param {Region} region */
  #entry(region) {
    const rename = (/** @type {Event} */ event) => {
      const name = /** @type {HTMLInputElement} */ (event.target).value;
      this.operations.region({ ...region, name });
    };
    const remove = () => this.operations.region(region, "delete_region");
    return element(
      "li",
      { class: region.kind },
      element("input", { value: region.name, "aria-label": `name of ${region.name}`, onchange: rename }),
      element("button", { "aria-label": `delete ${region.name}`, onclick: remove }, "×"),
    );
  }
}

/** Leave out a corner that a double click made twice. @param {{x: number, y: number}} point @param {number} index @param {{x: number, y: number}[]} all */
function isNew(point, index, all) {
  const before = all[index - 1];
  return before === undefined || Math.hypot(point.x - before.x, point.y - before.y) > 0.5;
}
