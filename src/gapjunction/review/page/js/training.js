// Train here: what it will use, progress and curves, and what it changed.

import { byId, drawn, element } from "./elements.js";
import { get, post, Refusal } from "./server.js";

const COLORS = /** @type {const} */ ({ train_loss: "#56B4E9", valid_loss: "#E69F00", f1: "#009E73" });
const WIDTH = 220;
const HEIGHT = 70;

/** Keep the panel as the training is. @param {import("./main.js").Page} page */
export function showTraining(page) {
  const told = (/** @type {unknown} */ error) => {
    if (!(error instanceof Refusal)) throw error;
    page.say(error.message);
  };
  const show = () => Promise.all([get("train"), get("train/plan")]).then(([training, plan]) => draw(training, plan), told);
  const ask = (/** @type {string} */ path) => () => post(path, {}).catch(told).then(show);
  byId("train").addEventListener("click", ask("train"));
  byId("train-cancel").addEventListener("click", ask("train/cancel"));
  byId("training").addEventListener("toggle", show);
  const showIfOpen = () => byId("training").hasAttribute("open") && show();
  page.review.on(["state", "queue"], showIfOpen);
  return showIfOpen;
}

/** @param {Training} training @param {Plan} plan */
function draw({ state, epoch, of, curves, before, after, message }, plan) {
  const isRunning = state === "running";
  byId("train").toggleAttribute("disabled", isRunning || plan.images === 0);
  byId("train-cancel").hidden = !isRunning;
  byId("train-plan").textContent =
    plan.images === 0
      ? "Nothing is done yet: only images that are done are trained on."
      : `Uses ${plan.images} done images of ${plan.animals} animals; kept for testing: ${plan.kept_for_testing.join(", ") || "none"}.`;
  const progress = /** @type {HTMLProgressElement} */ (byId("train-progress"));
  progress.hidden = !isRunning;
  progress.max = of ?? 1;
  progress.value = epoch ?? 0;
  byId("train-state").textContent = (isRunning ? `Epoch ${epoch ?? 0} of ${of ?? "?"}. ` : "") + (message ?? "");
  byId("curves").replaceChildren(...(curves.length === 0 ? [] : curvesOf(curves)));
  byId("train-change").replaceChildren(...(before && after ? changes(before, after) : []));
}

/** @param {Epoch[]} epochs */
function curvesOf(epochs) {
  return Object.entries(COLORS).map(([name, color]) => {
    const values = epochs.map((epoch) => epoch[/** @type {keyof typeof COLORS} */ (name)]);
    const highest = name === "f1" ? 1 : Math.max(...values.map((value) => value ?? 0), 1e-9);
    const points = values.flatMap((value, index) => {
      if (value === null) return [];
      const x = (index / Math.max(values.length - 1, 1)) * WIDTH;
      return [`${x.toFixed(1)},${(HEIGHT * (1 - value / highest)).toFixed(1)}`];
    });
    return drawn("polyline", { points: points.join(" "), stroke: color }, drawn("title", {}, name));
  });
}

/** @param {Quality} before @param {Quality} after */
function changes(before, after) {
  const shown = (/** @type {number|null} */ value) => (value === null ? "-" : value.toFixed(3));
  const row = (/** @type {string[]} */ cells, tag = "td") => element("tr", {}, ...cells.map((cell) => element(tag, {}, cell)));
  return [
    row(["animals kept for testing", "before", "after"], "th"),
    row(["F1", shown(before.f1), shown(after.f1)]),
    row(["count error", shown(before.count_error), shown(after.count_error)]),
  ];
}
