// The one tool: drag draws, moves or resizes, click selects, wheel zooms, space or two fingers pan.

import { between, boxAt, dragged } from "./geometry.js";
import { newId } from "./server.js";

/** @typedef {{kind: "draw"|"measure"|"pan", from: Point, last: Point}} FreeDrag */
/** @typedef {{kind: "box", from: Point, last: Point, box: Box, part: string}} BoxDrag */

const CLICK_PX = 3; // a shorter way is a click
const WHEEL_ZOOM = 0.0016;

export class Pointer {
  /**
   * @param {import("./overlay.js").Overlay} overlay
   * @param {import("./operations.js").Operations} operations
   * @param {import("./regions.js").Regions} regions
   */
  constructor(overlay, operations, regions) {
    this.overlay = overlay;
    this.review = overlay.review;
    this.picture = overlay.picture;
    this.operations = operations;
    this.regions = regions;
    this.spaceIsDown = false;
    /** @type {FreeDrag|BoxDrag|null} */
    this.drag = null;
    /** @type {Map<number, Point>} */
    this.fingers = new Map();
    const { canvas } = overlay;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) canvas.addEventListener(end, (event) => this.#up(event));
    canvas.addEventListener("dblclick", () => this.regions.close());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.review.image === null) return;
    this.overlay.canvas.focus();
    this.overlay.canvas.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY };
    this.fingers.set(event.pointerId, from);
    if (this.fingers.size > 1) return this.#drop();
    const at = this.picture.toImage(from);
    if (this.spaceIsDown || event.button !== 0) this.drag = { kind: "pan", from, last: from };
    else if (this.regions.isDrawing) this.regions.addCorner(at);
    else if (event.shiftKey) this.drag = { kind: "measure", from, last: from };
    else this.drag = this.#grab(from, at);
    this.overlay.ruler = null;
    this.overlay.redraw();
  }

  /** @param {Point} from @param {Point} at @returns {FreeDrag|BoxDrag} */
  #grab(from, at) {
    const { review } = this;
    const hit = boxAt(review.shownBoxes, review.selected, at, this.picture.placing.scale);
    if (hit === null) return { kind: "draw", from, last: from };
    if (hit.box.id !== review.selected) review.select(hit.box.id);
    return { kind: "box", from, last: from, box: hit.box, part: hit.part };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const now = { x: event.clientX, y: event.clientY };
    const before = this.fingers.get(event.pointerId);
    if (before !== undefined) this.fingers.set(event.pointerId, now);
    if (this.fingers.size > 1 && before !== undefined) return this.#pinch(event.pointerId, before, now);
    const { drag, overlay } = this;
    if (drag === null) return this.#showCursor(now);
    if (drag.kind === "pan") this.picture.pan(now.x - drag.last.x, now.y - drag.last.y);
    drag.last = now;
    const way = Math.hypot(now.x - drag.from.x, now.y - drag.from.y);
    const [from, to] = [this.picture.toImage(drag.from), this.picture.toImage(now)];
    if (drag.kind === "measure") overlay.ruler = [from, to];
    else if (drag.kind !== "pan" && way > CLICK_PX) overlay.draft = this.#draft(drag, from, to);
    overlay.redraw();
  }

  /** @param {FreeDrag|BoxDrag} drag @param {Point} from @param {Point} to @returns {Corners} */
  #draft(drag, from, to) {
    const { size } = this.picture;
    if (drag.kind !== "box") {
      if (this.review.selected !== null) this.review.select(null);
      return between(from, to, size);
    }
    return dragged(drag.box.box, drag.part, to.x - from.x, to.y - from.y, size);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.fingers.delete(event.pointerId);
    const { drag, review } = this;
    const { draft } = this.overlay;
    this.#drop();
    if (drag === null || event.type === "pointercancel") return;
    if (drag.kind === "draw" && draft === null) review.select(null);
    if (draft === null) return;
    if (drag.kind === "box") this.operations.change(drag.box, { box: draft });
    if (drag.kind === "draw") drawBox(this.operations, draft);
  }

  #drop() {
    this.drag = null;
    this.overlay.draft = null;
    this.overlay.redraw();
  }

  /** Zoom and pan with the fingers. @param {number} id @param {Point} before @param {Point} now */
  #pinch(id, before, now) {
    const other = [...this.fingers].find(([finger]) => finger !== id)?.[1];
    if (other === undefined) return;
    const apart = (/** @type {Point} */ point) => Math.hypot(point.x - other.x, point.y - other.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.picture.zoom(apart(now) / Math.max(apart(before), 1), middle);
    this.picture.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
    this.picture.zoom(Math.exp(-pixels * WHEEL_ZOOM), { x: event.clientX, y: event.clientY });
  }

  /** @param {Point} client */
  #showCursor(client) {
    const { review, picture, overlay } = this;
    const at = picture.toImage(client);
    const hit = boxAt(review.shownBoxes, review.selected, at, picture.placing.scale);
    const overBox = hit?.part === "in" ? "move" : `${hit?.part}-resize`;
    overlay.canvas.style.cursor = this.spaceIsDown ? "grab" : hit === null ? "crosshair" : overBox;
  }
}

/** Draw a new box of the chosen class, and select it. @param {import("./operations.js").Operations} operations @param {Corners} corners */
export function drawBox(operations, corners) {
  const { review } = operations;
  /** @type {Box} */
  const box = { id: newId(), box: corners, label: review.newLabel, score: null, by: review.session.annotator, state: "person" };
  operations.draw(box);
  review.select(box.id);
}
