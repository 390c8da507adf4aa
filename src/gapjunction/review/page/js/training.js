// Train here: what it will use, progress and curves, and what it changed.

import { byId, drawn, element } from "./elements.js";
import { get, post } from "./server.js";

const CURVES = /** @type {const} */ ([
  { name: "loss", title: "loss", color: "#56B4E9", highest: null },
  { name: "f1", title: "F1, up to 1", color: "#009E73", highest: 1 },
]);
const WIDTH = 220;
const HEIGHT = 70;
/** Keep the panel as the training is. @param {import("./main.js").Page} page */
export function showTraining(page) {
  const panel = byId("training");
  const told = (/** @type {unknown} */ error) => page.told(error);
  const show = () => Promise.all([get("train"), get("train/plan")]).then(([training, plan]) => draw(training, plan), told);
  const ask = (/** @type {string} */ path, body = {}) => post(path, body).catch(told).then(show);
  byId("train").addEventListener("click", () => ask("train", asked()));
  byId("train-cancel").addEventListener("click", () => ask("train/cancel"));
  panel.addEventListener("toggle", () => panel.hasAttribute("open") && show());
  get("train").then(({ state }) => panel.toggleAttribute("open", state === "running"), told);
  const showIfOpen = () => panel.hasAttribute("open") && show();
  page.review.on(["state", "queue"], showIfOpen);
  return showIfOpen;
}

/** Return what a person wants of the training. */
function asked() {
  const epochs = Number(/** @type {HTMLInputElement} */ (byId("train-epochs")).value);
  const { checked } = /** @type {HTMLInputElement} */ (byId("train-quick"));
  return { epochs: epochs || null, quick: checked };
}

/** @param {Training} training @param {Plan} plan */
function draw({ state, message, share, numbers, curves, change }, plan) {
  const isRunning = state === "running";
  byId("train").toggleAttribute("disabled", isRunning || plan.images === 0);
  byId("train-cancel").hidden = !isRunning;
  byId("train-plan").textContent =
    plan.images === 0
      ? "Nothing is done yet: only images that are done are trained on."
      : `Uses ${plan.images} done image${plan.images === 1 ? "" : "s"} of ${plan.animals} animal${plan.animals === 1 ? "" : "s"}; kept for testing: ${plan.kept_for_testing.join(", ") || "none"}.`;
  const progress = /** @type {HTMLProgressElement} */ (byId("train-progress"));
  progress.hidden = !isRunning;
  if (share === null) progress.removeAttribute("value");
  else progress.value = share;
  byId("train-state").textContent = message;
  byId("train-state").classList.toggle("trouble", state === "failed");
  byId("train-numbers").replaceChildren(...numbers.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  byId("curves").replaceChildren(...(curves.length < 2 ? [] : curvesOf(curves)));
  const rowOf = (/** @type {string[]} */ cells, /** @type {number} */ at) => element("tr", {}, ...cells.map((cell) => element(at ? "td" : "th", {}, cell)));
  byId("train-change").hidden = change.length === 0;
  byId("train-change").replaceChildren(...change.map(rowOf));
}

/** @param {Epoch[]} epochs */
function curvesOf(epochs) {
  return CURVES.flatMap(({ name, title, color, highest }, index) => {
    const values = epochs.map((epoch) => epoch[name]);
    const top = highest ?? Math.max(...values.map((value) => value ?? 0), 1e-9);
    const points = values.flatMap((value, at) =>
      value === null ? [] : [`${(WIDTH * at) / (values.length - 1)},${HEIGHT * (1 - value / top)}`],
    );
    const place = { x: index * WIDTH, y: HEIGHT + 14, "text-anchor": index ? "end" : "start", fill: color };
    return [drawn("polyline", { points: points.join(" "), stroke: color }), drawn("text", place, title)];
  });
}
