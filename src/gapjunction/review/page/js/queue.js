// The queue on the left: worst first, with a thumbnail, the count and the reason.

import { byId, element } from "./elements.js";

/** @typedef {{button: HTMLElement, count: HTMLElement, state: HTMLElement}} Entry */

const STATES = { untouched: "", begun: "begun", done: "✓ done" };

/** Keep the list as the review is. @param {import("./main.js").Page} page */
export function showQueue(page) {
  const { review } = page;
  const filter = /** @type {HTMLInputElement} */ (byId("queue-filter"));
  /** @type {Map<string, Entry>} */
  let entries = new Map();
  const thumbnails = new IntersectionObserver(loadSeen, { rootMargin: "200px" });
  const draw = () => {
    const wanted = filter.value.toLowerCase();
    const rows = review.queue.filter(({ name, asset, why }) => `${name} ${asset} ${why}`.toLowerCase().includes(wanted));
    entries = new Map(rows.map((row) => [row.id, entryOf(row, () => page.open(row.id))]));
    byId("queue").replaceChildren(...[...entries.values()].map(({ button }) => element("li", {}, button)));
    watch();
    mark();
  };
  const watch = () => {
    thumbnails.disconnect();
    if (review.image === null) return; // the first image comes before all thumbnails
    for (const picture of byId("queue").querySelectorAll("img")) thumbnails.observe(picture);
  };
  const mark = () => {
    for (const row of review.queue) markEntry(entries.get(row.id), row, row.id === review.image?.id);
    const done = review.queue.filter(({ state }) => state === "done").length;
    byId("progress").textContent = `${done} of ${review.queue.length} done`;
  };
  filter.addEventListener("input", draw);
  review.on(["state", "image"], mark);
  review.on(["queue"], draw);
  review.on(["image"], () => {
    watch();
    entries.get(review.image?.id ?? "")?.button.scrollIntoView({ block: "nearest" });
  });
  draw();
}

/** Load thumbnails that come into view: browsers' own lazy loading asks for all 1,000 at once. @param {IntersectionObserverEntry[]} seen */
function loadSeen(seen) {
  for (const { target, isIntersecting } of seen) {
    const picture = /** @type {HTMLImageElement} */ (target);
    if (isIntersecting && picture.src === "") picture.src = picture.dataset["src"] ?? "";
  }
}

/** @param {QueueRow} row @param {() => void} open @returns {Entry} */
function entryOf({ id, name, low, high, why, thumbnail }, open) {
  const [count, state] = [element("span", { class: "count" }), element("span", { class: "state" })];
  const picture = element("img", { "data-src": thumbnail, alt: "", fetchpriority: "low", width: 64, height: 64 });
  const counted = element("span", {}, count, element("span", { class: "range" }, ` (${low} to ${high})`));
  const text = element("span", { class: "text" }, element("b", { title: name }, name), counted, element("span", { class: "why" }, why), state);
  return { button: element("button", { "data-image": id, onclick: open }, picture, text), count, state };
}

/** @param {Entry|undefined} entry @param {QueueRow} row @param {boolean} isShown */
function markEntry(entry, { state, count }, isShown) {
  if (entry === undefined) return;
  entry.button.setAttribute("aria-current", String(isShown));
  entry.button.setAttribute("data-state", state);
  entry.state.textContent = STATES[state];
  entry.count.textContent = String(count);
}
