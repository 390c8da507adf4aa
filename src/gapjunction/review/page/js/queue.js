// The queue on the left: worst first, with a thumbnail, the count and the reason.

import { byId, element } from "./elements.js";

const STATES = { untouched: "", begun: "begun", done: "✓ done" };

/** Keep the list as the review is. @param {import("./main.js").Page} page */
export function showQueue(page) {
  const { review } = page;
  const list = byId("queue");
  const filter = byId("queue-filter");
  const draw = () => {
    const wanted = /** @type {HTMLInputElement} */ (filter).value.toLowerCase();
    const rows = review.queue.filter(({ name, asset, why }) => `${name} ${asset} ${why}`.toLowerCase().includes(wanted));
    list.replaceChildren(...rows.map((row) => entry(row, () => page.open(row.id))));
    mark();
  };
  const mark = () => {
    for (const { id, state, count } of review.queue) markRow(id, state, count, id === review.image?.id);
    const done = review.queue.filter(({ state }) => state === "done").length;
    byId("progress").textContent = `${done} of ${review.queue.length} done`;
  };
  filter.addEventListener("input", draw);
  review.on(["state", "image"], mark);
  review.on(["queue"], draw);
  review.on(["image"], () => list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" }));
  draw();
}

/** @param {QueueRow} row @param {() => void} open */
function entry(row, open) {
  const picture = element("img", { src: row.thumbnail, alt: "", loading: "lazy", width: 64, height: 64 });
  const text = element(
    "span",
    { class: "text" },
    element("b", { title: row.name }, row.name),
    element("span", {}, element("span", { class: "count" }, String(row.count)), ` (${row.low} to ${row.high})`),
    element("span", { class: "why" }, row.why),
    element("span", { class: "state" }),
  );
  return element("li", {}, element("button", { "data-image": row.id, onclick: open }, picture, text));
}

/** @param {string} id @param {ReviewState} state @param {number} count @param {boolean} isShown */
function markRow(id, state, count, isShown) {
  const button = byId("queue").querySelector(`[data-image="${CSS.escape(id)}"]`);
  if (button === null) return;
  button.setAttribute("aria-current", String(isShown));
  button.setAttribute("data-state", state);
  /** @type {[string, string][]} */
  const texts = [[".state", STATES[state]], [".count", String(count)]];
  for (const [part, text] of texts) {
    const place = button.querySelector(part);
    if (place !== null) place.textContent = text;
  }
}
