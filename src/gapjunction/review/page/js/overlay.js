// Draws boxes, regions and the ruler over the picture, all in one pass over a canvas.

import { penOf, Raster } from "./raster.js";
import { STROKES, strokeOf } from "./strokes.js";

/** @typedef {{scale: number, dx: number, dy: number}} Placing */

const HANDLE_PX = 6;

export class Overlay {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./review.js").Review} review
   * @param {import("./picture.js").Picture} picture
   */
  constructor(canvas, review, picture) {
    this.canvas = canvas;
    this.review = review;
    this.picture = picture;
    /** @type {Corners|null} the box that is being drawn or dragged */
    this.draft = null;
    /** @type {Point[]} corners of the region that is being drawn */
    this.corners = [];
    /** @type {[Point, Point]|null} */
    this.ruler = null;
    this.isAsked = false;
    this.size = { width: 0, height: 0 }; // asked of the page once a frame, which is slow
    this.raster = new Raster();
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser has no canvas");
    this.context = context;
    new ResizeObserver(() => this.redraw()).observe(canvas);
    review.on(["boxes", "selected", "threshold", "layer", "regions"], () => this.redraw());
  }

  /** Draw at the next frame of the screen. */
  redraw() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      this.draw();
    });
  }

  draw() {
    const { canvas, context, review, picture } = this;
    const ratio = window.devicePixelRatio;
    this.size = { width: canvas.clientWidth, height: canvas.clientHeight };
    const width = Math.round(this.size.width * ratio);
    const height = Math.round(this.size.height * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (review.image === null) return;
    const placing = picture.placing;
    if (!review.hidden && review.layer !== "none") this.#drawBoxes(placing);
    this.#drawRegions(placing);
    if (this.ruler !== null) this.#drawRuler(this.ruler, placing);
  }

  /** @param {Placing} placing */
  #drawBoxes(placing) {
    const { review, raster } = this;
    const ratio = window.devicePixelRatio;
    const pens = new Map(Object.entries(STROKES).map(([name, stroke]) => [name, penOf(stroke, ratio)]));
    const put = (/** @type {Corners} */ corners, /** @type {string} */ name) => {
      const pen = pens.get(name);
      const rectangle = this.#onScreen(corners, placing);
      if (rectangle === null || pen === undefined) return;
      const [left, top, width, height] = rectangle;
      raster.frame(...rounded(left, top, left + width, top + height, ratio), pen);
    };
    raster.clear(this.canvas.width, this.canvas.height);
    const below = review.layer === "boxes" ? (review.image?.below ?? []) : [];
    for (const { box } of below) put(box, "below");
    for (const box of review.shownBoxes) if (box.id !== review.selected) put(box.box, strokeOf(box, review));
    const selected = review.selectedBox;
    const corners = this.draft ?? selected?.box;
    const name = selected === null ? "person" : strokeOf(selected, review);
    if (corners !== undefined) put(corners, name);
    this.context.putImageData(raster.image, 0, 0);
    this.#glow([...review.fresh].flatMap((id) => review.boxes.get(id) ?? []), "#CC79A7", placing);
    this.#glow(this.#linked(), "#F0E442", placing);
    if (corners !== undefined) this.#drawHandles(corners, placing);
  }

  /** @param {Corners} corners @param {Placing} placing */
  #drawHandles(corners, placing) {
    const rectangle = this.#onScreen(corners, placing);
    if (rectangle === null) return;
    const { context } = this;
    const [left, top, width, height] = rectangle;
    context.fillStyle = "#fff";
    context.strokeStyle = "#000";
    context.lineWidth = 1;
    for (const x of [left, left + width]) {
      for (const y of [top, top + height]) {
        context.fillRect(x - HANDLE_PX / 2, y - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX);
        context.strokeRect(x - HANDLE_PX / 2, y - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX);
      }
    }
  }

  /** @param {Box[]} boxes @param {string} color @param {Placing} placing */
  #glow(boxes, color, placing) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 2;
    for (const { box: [x1, y1, x2, y2] } of boxes) {
      const margin = 4 / placing.scale;
      const rectangle = this.#onScreen([x1 - margin, y1 - margin, x2 + margin, y2 + margin], placing);
      if (rectangle !== null) context.strokeRect(...rectangle);
    }
  }

  /** Return the boxes of the selected plaque, here and in the slice below. */
  #linked() {
    const { image, selected } = this.review;
    const plaques = image?.plaques;
    if (!image || !plaques || selected === null || plaques[selected] === undefined) return [];
    const all = [...this.review.boxes.values(), ...(image.below ?? [])];
    return all.filter(({ id }) => plaques[id] === plaques[selected]);
  }

  /** @param {Placing} placing */
  #drawRegions(placing) {
    const regions = this.review.image?.regions ?? [];
    for (const { kind, points } of regions) {
      const corners = points.map(([x, y]) => ({ x, y }));
      this.#polygon(corners, placing, kind === "include" ? "#009E73" : "#D55E00", true);
    }
    this.#polygon(this.corners, placing, "#F0E442", false);
  }

  /** @param {Point[]} corners @param {Placing} placing @param {string} color @param {boolean} closed */
  #polygon(corners, { scale, dx, dy }, color, closed) {
    const path = new Path2D();
    for (const { x, y } of corners) path.lineTo(x * scale + dx, y * scale + dy);
    if (closed) path.closePath();
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash(closed ? [12, 4] : []);
    context.stroke(path);
    context.setLineDash([]);
    context.fillStyle = `${color}14`;
    if (closed) context.fill(path);
  }

  /** @param {[Point, Point]} ends @param {Placing} placing */
  #drawRuler(ends, { scale, dx, dy }) {
    this.#polygon(ends, { scale, dx, dy }, "#F0E442", false);
    const [from, to] = ends;
    const { context } = this;
    context.font = "600 14px system-ui, sans-serif";
    const text = lengthText(Math.hypot(to.x - from.x, to.y - from.y), this.review.image?.pixel_size_um);
    const [x, y] = [to.x * scale + dx + 10, to.y * scale + dy - 10];
    context.fillStyle = "rgba(0, 0, 0, 0.75)";
    context.fillRect(x - 4, y - 16, context.measureText(text).width + 8, 22);
    context.fillStyle = "#F0E442";
    context.fillText(text, x, y);
  }

  /**
   * Return x, y, width and height on the screen, or null for a box that is not there.
   * @param {Corners} corners
   * @param {Placing} placing
   * @returns {[number, number, number, number]|null}
   */
  #onScreen([x1, y1, x2, y2], { scale, dx, dy }) {
    const [left, top, right, bottom] = [x1 * scale + dx, y1 * scale + dy, x2 * scale + dx, y2 * scale + dy];
    if (right < 0 || bottom < 0 || left > this.size.width || top > this.size.height) return null;
    return [left, top, right - left, bottom - top];
  }
}

/** Return corners as whole pixels of the screen. @param {number} left @param {number} top @param {number} right @param {number} bottom @param {number} ratio @returns {Corners} */
function rounded(left, top, right, bottom, ratio) {
  return [Math.round(left * ratio), Math.round(top * ratio), Math.round(right * ratio), Math.round(bottom * ratio)];
}

/** Write a length in micrometers, or in pixels if nobody knows their size. @param {number} px @param {number|null} [um] */
export function lengthText(px, um) {
  return um ? `${(px * um).toFixed(2)} µm (${px.toFixed(1)} px)` : `${px.toFixed(1)} px`;
}
