// Draws boxes, regions and the ruler over the picture, all in one pass over a canvas.

import { penOf, Raster } from "./raster.js";
import { STROKES, strokeOf } from "./strokes.js";

/** @typedef {{scale: number, dx: number, dy: number}} Placing */

const HANDLE_PX = 2; // half of its side
const AROUND_PX = 4; // between a box and a second frame around it
/** @type {import("./strokes.js").Stroke} */
const HANDLE = { color: "#ffffff", width: 3, dash: [], title: "" };
const NOWHERE = /** @type {Corners} */ ([-Infinity, -Infinity, -Infinity, -Infinity]);

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
    review.on(["boxes", "selected", "threshold", "layer", "regions", "proposals"], () => this.redraw());
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
    const pens = new Map(Object.entries({ ...STROKES, handle: HANDLE }).map(([name, stroke]) => [name, penOf(stroke, window.devicePixelRatio)]));
    const put = (/** @type {Corners} */ corners, /** @type {string} */ name, margin = 0) => {
      const pen = pens.get(name);
      const frame = this.#onScreen(corners, placing, margin);
      if (frame !== null && pen !== undefined) raster.frame(...frame, pen);
    };
    raster.clear(this.canvas.width, this.canvas.height);
    const below = review.layer === "boxes" ? (review.image?.below ?? []) : [];
    for (const { box } of below) put(box, "below");
    for (const box of review.shownBoxes) if (box.id !== review.selected) put(box.box, strokeOf(box, review));
    for (const id of review.fresh) put(review.boxes.get(id)?.box ?? NOWHERE, "fresh", AROUND_PX);
    for (const { id, before, after } of review.image?.proposals ?? []) {
      put(after?.box ?? NOWHERE, "other");
      const margins = id === review.offered ? [AROUND_PX, 2 * AROUND_PX] : [AROUND_PX];
      for (const margin of margins) put((after ?? before)?.box ?? NOWHERE, "fresh", margin);
    }
    for (const { box } of this.#linked()) put(box, "linked", AROUND_PX);
    const selected = review.selectedBox;
    const corners = this.draft ?? selected?.box ?? NOWHERE;
    const [x1, y1, x2, y2] = corners;
    put(corners, selected === null ? "person" : strokeOf(selected, review));
    for (const x of [x1, x2]) for (const y of [y1, y2]) put([x, y, x, y], "handle", HANDLE_PX);
    this.context.putImageData(raster.image, 0, 0);
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
   * Return a box with a margin as whole pixels of the screen, or null where it is not on it.
   * @param {Corners} corners
   * @param {Placing} placing
   * @param {number} margin
   * @returns {Corners|null}
   */
  #onScreen([x1, y1, x2, y2], { scale, dx, dy }, margin) {
    const [left, top] = [x1 * scale + dx - margin, y1 * scale + dy - margin];
    const [right, bottom] = [x2 * scale + dx + margin, y2 * scale + dy + margin];
    const isThere = right >= 0 && bottom >= 0 && left <= this.size.width && top <= this.size.height;
    const pixel = (/** @type {number} */ at) => Math.round(at * window.devicePixelRatio);
    return isThere ? [pixel(left), pixel(top), pixel(right), pixel(bottom)] : null;
  }
}

/** Write a length in micrometers, or in pixels if nobody knows their size. @param {number} px @param {number|null} [um] */
export function lengthText(px, um) {
  return um ? `${(px * um).toFixed(2)} µm (${px.toFixed(1)} px)` : `${px.toFixed(1)} px`;
}
