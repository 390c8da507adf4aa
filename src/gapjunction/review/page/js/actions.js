// What buttons and keys do, by name: `data-do` in index.html and KEYS in keys.js.

import { byId } from "./elements.js";
import { center, dragged, inReadingOrder } from "./geometry.js";
import { doubtful } from "./counting.js";
import { nextOffer } from "./offers.js";
import { drawBox } from "./pointer.js";
import { newId } from "./server.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {Record<string, (strong: boolean) => unknown>} Actions */

const STEP_PX = 1;
const LONG_STEP_PX = 10;
const PAN_PX = 80;
const NEW_BOX_SCREEN_PX = 40;
/** @type {[string, number, number, string][]} to where, and of which part of the box */
const NUDGES = [["left", -1, 0, "in"], ["right", 1, 0, "in"], ["up", 0, -1, "in"], ["down", 0, 1, "in"], ["narrower", -1, 0, "e"], ["wider", 1, 0, "e"], ["lower", 0, -1, "s"], ["higher", 0, 1, "s"]];
const LAYERS = /** @type {const} */ ({ boxes: "people", people: "none", none: "boxes" });

/**
 * Return every action; `strong` is true while Shift is held.
 * @param {Page} page
 * @returns {Actions}
 */
export function actionsOf(page) {
  const { review, operations, picture, regions } = page;
  return {
    next: () => page.step(1),
    previous: () => page.step(-1),
    sliceUp: () => page.stepSlice(1),
    sliceDown: () => page.stepSlice(-1),
    doubtNext: () => walk(page, doubtful(review.shownBoxes, review), 1),
    doubtBack: () => walk(page, doubtful(review.shownBoxes, review), -1),
    boxNext: () => walk(page, inReadingOrder(review.shownBoxes), 1),
    boxBack: () => walk(page, inReadingOrder(review.shownBoxes), -1),
    offer: () => nextOffer(page),
    takeAll: () => operations.decide("take"),
    leaveAll: () => operations.decide("leave"),
    accept: () => answer(page, (box) => operations.accept(box)),
    remove: () => answer(page, (box) => operations.delete(box)),
    acceptAbove: () => operations.acceptAbove(),
    undo: () => operations.goBack("undo"),
    redo: () => operations.goBack("redo"),
    done: () => (regions.isDrawing ? regions.close() : operations.toggleDone()),
    drop: () => {
      byId("help").hidePopover();
      if (regions.isDrawing) regions.drop();
      else review.select(null);
    },
    layer: () => {
      review.layer = LAYERS[review.layer];
      review.tell("layer");
      page.say({ boxes: "All boxes.", people: "Only boxes of people.", none: "No boxes." }[review.layer]);
    },
    zoomIn: () => picture.zoom(1.5),
    zoomOut: () => picture.zoom(1 / 1.5),
    home: () => picture.home(),
    contrast: () => page.channels.auto(),
    newBox: () => drawBox(operations, boxInTheMiddle(page)),
    copyUp: () => copyToSlice(page, 1),
    copyDown: () => copyToSlice(page, -1),
    help: () => byId("help").togglePopover(),
    theme: toggleTheme,
    queue: () => document.body.classList.toggle("without-queue"),
    side: () => document.body.classList.toggle("without-side"),
    ...Object.fromEntries(NUDGES.map(([name, x, y, part]) => [name, (/** @type {boolean} */ strong) => nudge(page, x, y, strong, part)])),
  };
}

/** Give the selected box a class, or all new boxes if none is. @param {Page} page @param {number} label */
export function chooseClass({ review, operations }, label) {
  if (review.session.classes[label] === undefined) return;
  const box = review.selectedBox;
  if (box === null) review.newLabel = label;
  else if (box.label !== label) operations.change(box, { label });
  review.tell("selected");
}

/** Select and center the box before or after the selected one. @param {Page} page @param {Box[]} boxes @param {number} step */
function walk(page, boxes, step) {
  const at = boxes.findIndex((box) => box.id === page.review.selected);
  const index = at < 0 && step < 0 ? boxes.length - 1 : at + step;
  visit(page, boxes[(index + boxes.length) % boxes.length]);
}

/** Select and center a box, if one is left. @param {Page} page @param {Box|undefined} box */
function visit(page, box) {
  if (box === undefined) return page.say("No such box is left: Enter says done.");
  page.review.select(box.id);
  page.picture.center(center(box.box), box.box[2] - box.box[0]);
}

/** Answer for the selected box; if it was doubtful, go to the next doubtful one. @param {Page} page @param {(box: Box) => void} how */
function answer(page, how) {
  const { review } = page;
  const box = review.selectedBox;
  if (box === null) return page.say("No box is selected: J selects the most doubtful one.");
  const before = doubtful(review.shownBoxes, review);
  const at = before.findIndex(({ id }) => id === box.id);
  how(box);
  if (at < 0 || !page.isWalking) return;
  const rest = before.filter(({ id }) => id !== box.id);
  visit(page, rest[at] ?? rest[0]);
}

/** Move the selected box, or one edge of it; without one, the view. @param {Page} page @param {number} x @param {number} y @param {boolean} strong @param {string} part */
function nudge({ review, operations, picture }, x, y, strong, part) {
  const box = review.selectedBox;
  const step = strong ? LONG_STEP_PX : STEP_PX;
  if (box === null) picture.pan(-x * PAN_PX, -y * PAN_PX);
  else operations.change(box, { box: dragged(box.box, part, x * step, y * step, picture.size) });
}

/** @param {Page} page @returns {Corners} */
function boxInTheMiddle({ picture }) {
  const { x1, y1, x2, y2 } = picture.seen;
  const half = NEW_BOX_SCREEN_PX / picture.placing.scale / 2;
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return [x - half, y - half, x + half, y + half];
}

/** @param {Page} page @param {number} step */
function copyToSlice(page, step) {
  const box = page.review.selectedBox;
  const slice = page.sliceAt(step);
  if (box === null || slice === undefined) return page.say(box === null ? "No box is selected to copy." : "There is no such slice.");
  const { annotator } = page.review.session;
  page.operations.draw({ ...box, id: newId(), score: null, by: annotator, state: "person" }, slice.id);
  page.say(`Copied to slice ${slice.z}.`);
}

function toggleTheme() {
  const root = document.documentElement;
  const isLight = getComputedStyle(root).colorScheme === "light";
  root.dataset["theme"] = isLight ? "dark" : "light";
  localStorage.setItem("theme", root.dataset["theme"]);
}
