// The right side: count and threshold, scores, the selected box, classes, note; and the head.

import { chooseClass } from "./actions.js";
import { countAt, intervalAt, doubtful, NUM_BINS, scoreHistogram } from "./counting.js";
import { byId, drawn, element } from "./elements.js";
import { lengthText } from "./overlay.js";
import { STROKES, strokeOf } from "./strokes.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./review.js").Review} Review */

/** Keep the side and the head as the review is. @param {Page} page */
export function showSide(page) {
  const { review, operations } = page;
  const slider = /** @type {HTMLInputElement} */ (byId("threshold"));
  slider.addEventListener("input", () => {
    review.threshold = Number(slider.value);
    review.tell("threshold");
  });
  const note = /** @type {HTMLTextAreaElement} */ (byId("note"));
  note.addEventListener("change", () => operations.note(note.value));
  review.on(["image", "saved"], () => document.activeElement !== note && (note.value = review.image?.note ?? ""));
  review.on(["image", "threshold"], () => (slider.value = String(review.threshold)));
  review.on(["boxes", "threshold", "image", "regions"], () => showCount(review));
  review.on(["boxes", "threshold", "image"], () => showHistogram(review));
  review.on(["selected", "boxes", "threshold"], () => showSelected(page));
  review.on(["image", "state", "saved"], () => showHead(page));
  setInterval(() => showSaved(review), 1000);
  byId("legend").replaceChildren(...Object.values(STROKES).map(legendEntry));
}

/** @param {Review} review */
function showCount(review) {
  const boxes = [...review.boxes.values()];
  const count = countAt(boxes, review);
  const known = review.image?.interval;
  const isDone = review.image?.state === "done";
  const interval = known && !isDone ? intervalAt(count, known).join(" to ") : "";
  byId("count").textContent = String(count);
  byId("interval").textContent = isDone ? "counted by a person" : interval;
  byId("threshold-value").textContent = review.threshold.toFixed(2);
  byId("doubts").textContent = `${doubtful(boxes, review).length} doubtful`;
  if (review.row === undefined) return;
  review.row.count = count;
  const place = document.querySelector("#queue [aria-current=true] .count");
  if (place !== null) place.textContent = String(count);
}

/** @param {Review} review */
function showHistogram(review) {
  const bins = scoreHistogram(review.boxes.values());
  const highest = Math.max(...bins, 1);
  const bars = bins.map((height, bin) => {
    const tall = (height / highest) * 40;
    const isIn = (bin + 1) / NUM_BINS > review.threshold;
    return drawn("rect", { x: bin * 10, y: 40 - tall, width: 9, height: tall, class: isIn ? "in" : "out" });
  });
  const at = review.threshold * 10 * NUM_BINS;
  byId("histogram").replaceChildren(...bars, drawn("line", { x1: at, x2: at, y1: 0, y2: 40 }));
}

/** @param {Page} page */
function showSelected(page) {
  const { review } = page;
  const box = review.selectedBox;
  const { classes } = review.session;
  const chosen = box === null ? review.newLabel : box.label;
  byId("classes").replaceChildren(
    ...classes.map(({ name, color }, index) => {
      const swatch = drawn("svg", { width: 12, height: 12 }, drawn("rect", { width: 12, height: 12, fill: color }));
      const choose = () => chooseClass(page, index);
      const text = index < 9 ? `${index + 1} ${name}` : name;
      return element("button", { "aria-pressed": String(index === chosen), onclick: choose }, swatch, text);
    }),
  );
  byId("classes-title").textContent = box === null ? "Class of new boxes" : "Class of the box";
  byId("selected").textContent = box === null ? "No box is selected." : describe(box, review);
}

/** @param {Box} box @param {Review} review */
function describe(box, review) {
  const [x1, y1, x2, y2] = box.box;
  const um = review.image?.pixel_size_um;
  const state = STROKES[strokeOf(box, review)]?.title;
  const score = box.score === null ? "no score" : `score ${box.score.toFixed(3)}`;
  const name = review.session.classes[box.label]?.name ?? `class ${box.label}`;
  const size = `${lengthText(x2 - x1, um)} × ${lengthText(y2 - y1, um)}`;
  const by = box.by === state ? "" : ` (${box.by})`;
  return `${name}, ${score}, ${state}${by}; ${size}, at ${x1.toFixed(0)}, ${y1.toFixed(0)}`;
}

/** @param {Page} page */
function showHead({ review }) {
  const { image, row } = review;
  if (image === null) return;
  const slices = image.stack?.slices ?? [];
  const at = slices.findIndex(({ id }) => id === image.id);
  const slice = at < 0 ? image.name : `slice ${at + 1} of ${slices.length}`;
  const trail = new Set([row?.dataset, image.stack?.name ?? row?.asset, slice].filter(Boolean));
  byId("trail").textContent = [...trail].join(" › ");
  byId("trail").title = image.name;
  document.title = `${image.name} - ${review.session.title}`;
  byId("undo").toggleAttribute("disabled", image.history.every(({ undone }) => undone));
  byId("redo").toggleAttribute("disabled", !image.history.some(({ undone }) => undone));
  const done = byId("done");
  done.setAttribute("aria-pressed", String(image.state === "done"));
  done.textContent = image.state === "done" ? "✓ Done" : "Done ⏎";
  showSaved(review);
}

/** @param {Review} review */
function showSaved({ changes, waiting, saved, trouble }) {
  const seconds = saved === null ? 0 : Math.max(Math.round((Date.now() - saved.getTime()) / 1000), 0);
  const since = seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  const changed = changes === 1 ? "1 change" : `${changes} changes`;
  const good = saved === null ? "nothing changed yet" : `${changed}, saved ${since} ago`;
  const bad = `not saved: ${trouble}, ${waiting} waiting, trying again`;
  const place = byId("saved");
  place.textContent = trouble !== "" ? bad : waiting > 0 ? `saving ${waiting} …` : good;
  place.classList.toggle("trouble", trouble !== "");
}

/** @param {import("./strokes.js").Stroke} stroke */
function legendEntry({ color, width, dash, title }) {
  const line = { x1: 0, x2: 28, y1: 5, y2: 5, stroke: color, "stroke-width": width, "stroke-dasharray": dash.join(" ") };
  return element("li", {}, drawn("svg", { width: 28, height: 10 }, drawn("line", line)), title);
}
