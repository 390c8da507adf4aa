// The keys, as the list in index.html has them, and the buttons.

import { chooseClass } from "./actions.js";

/** @type {Map<string, string>} what a key does */
const BY_KEY = new Map();
for (const { dataset } of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-keys]"))) {
  const actions = dataset["act"]?.split(" ") ?? [];
  dataset["keys"]?.split(" ").forEach((key, index) => BY_KEY.set(key, actions[index] ?? actions[0] ?? ""));
}

/** Listen to keys and to buttons with `data-do`. @param {import("./main.js").Page} page @param {import("./actions.js").Actions} actions */
export function listenToKeys(page, actions) {
  const act = (/** @type {string} */ name, /** @type {boolean} */ strong) => {
    if (page.review.image === null) return;
    if (name !== "accept" && name !== "remove") page.isWalking = name.startsWith("doubt");
    actions[name]?.(strong);
  };
  window.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    const name = BY_KEY.get(keyName(event));
    if (name === "class") chooseClass(page, Number(event.key) - 1);
    else if (event.key === "h" || event.key === " ") hold(page, event.key, true);
    else if (name === undefined) return;
    else act(name, event.shiftKey);
    event.preventDefault();
  });
  window.addEventListener("keyup", (event) => hold(page, event.key, false));
  window.addEventListener("blur", () => ["h", " "].forEach((key) => hold(page, key, false)));
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button?.dataset["do"]) act(button.dataset["do"], event.shiftKey);
    if (event.detail > 0) button?.blur(); // so that Enter and space are the page's again
  });
}

/** Hide boxes while H is held; pan while space is. @param {import("./main.js").Page} page @param {string} key @param {boolean} down */
function hold({ review, pointer }, key, down) {
  if (key === " ") pointer.spaceIsDown = down;
  if (key !== "h" || review.hidden === down) return;
  review.hidden = down;
  review.tell("layer");
}

/** @param {KeyboardEvent} event */
function keyName({ key, shiftKey, altKey }) {
  const isLetter = /^[a-z]$/i.test(key);
  const letter = isLetter ? (shiftKey ? key.toUpperCase() : key.toLowerCase()) : key; // whatever Caps Lock says
  return (altKey ? "Alt+" : "") + (shiftKey && isLetter ? "Shift+" : "") + letter;
}

/** Say whether a key belongs to a field, a slider or a button. @param {KeyboardEvent} event */
function isTyping({ target, key, ctrlKey, metaKey }) {
  if (!(target instanceof HTMLElement) || ctrlKey || metaKey) return true;
  if (target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=color])")) return true;
  if (target.matches("input[type=range]")) return key.startsWith("Arrow");
  return target.matches("button, summary, a, input") && (key === "Enter" || key === " ");
}
