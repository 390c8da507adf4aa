// The keys, what they do, and the list of them that "?" shows.

import { chooseClass } from "./actions.js";
import { byId, element } from "./elements.js";

/** @type {[string, string, string][]} keys (as the browser calls them), action, meaning */
const KEYS = [
  ["j", "doubtNext", "next doubtful box"],
  ["k", "doubtBack", "previous doubtful box"],
  ["a", "accept", "right: accept the box"],
  ["x Delete Backspace", "remove", "delete the box"],
  ["Enter", "done", "done, or not done after all"],
  ["n", "next", "next image of the queue"],
  ["p", "previous", "previous image of the queue"],
  [".", "sliceUp", "next slice of the stack"],
  [",", "sliceDown", "slice before"],
  ["z", "undo", "undo"],
  ["Shift+Z y", "redo", "redo"],
  ["g", "boxNext", "next box of all, as one reads"],
  ["Shift+G", "boxBack", "previous box of all"],
  ["b", "newBox", "new box in the middle of the view"],
  ["ArrowLeft", "left", "move the box (Shift: 10 px), or the view"],
  ["ArrowRight", "right", ""],
  ["ArrowUp", "up", ""],
  ["ArrowDown", "down", ""],
  ["Alt+ArrowRight", "wider", "resize the box (Shift: 10 px)"],
  ["Alt+ArrowLeft", "narrower", ""],
  ["Alt+ArrowDown", "higher", ""],
  ["Alt+ArrowUp", "lower", ""],
  ["v", "copyUp", "copy the box to the next slice"],
  ["Shift+V", "copyDown", "copy the box to the slice before"],
  ["t", "layer", "all boxes, people's only, none"],
  ["+ =", "zoomIn", "zoom in"],
  ["-", "zoomOut", "zoom out"],
  ["0", "home", "the whole image"],
  ["c", "contrast", "contrast of the file"],
  ["Escape", "drop", "select nothing, drop the region"],
  ["?", "help", "this list"],
];
const BY_KEY = new Map(KEYS.flatMap(([keys, action]) => keys.split(" ").map((key) => [key, action])));
const SIGNS = /** @type {Record<string, string>} */ ({ ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" });

/** Listen to keys and to buttons with `data-do`. @param {import("./main.js").Page} page @param {import("./actions.js").Actions} actions */
export function listenToKeys(page, actions) {
  const act = (/** @type {string} */ name, /** @type {boolean} */ strong) => {
    if (page.review.image === null) return;
    if (name !== "accept" && name !== "remove") page.isWalking = name.startsWith("doubt");
    actions[name]?.(strong);
  };
  window.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    const name = BY_KEY.get(keyName(event)) ?? BY_KEY.get(keyName(event).replace("Shift+", ""));
    if (/^[1-9]$/.test(event.key)) chooseClass(page, Number(event.key) - 1);
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
  listKeys();
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
  const isLetter = /^[a-z]$/i.test(key) || key.startsWith("Arrow");
  return (altKey ? "Alt+" : "") + (shiftKey && isLetter ? "Shift+" : "") + key;
}

/** Say whether a key belongs to a field, a slider or a button. @param {KeyboardEvent} event */
function isTyping({ target, key, ctrlKey, metaKey }) {
  if (!(target instanceof HTMLElement) || ctrlKey || metaKey) return true;
  if (target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=color])")) return true;
  if (target.matches("input[type=range]")) return key.startsWith("Arrow");
  return target.matches("button, summary, a, input") && (key === "Enter" || key === " ");
}

function listKeys() {
  const named = KEYS.filter(([, , meaning]) => meaning !== "");
  const rows = [...named, ["1 - 9", "", "class"], ["h", "", "hide the boxes while held"]].map((row) => {
    const [keys = "", , meaning = ""] = row;
    const shown = keys.replace(/Arrow\w+/g, (arrow) => SIGNS[arrow] ?? arrow).replace(/\b[a-z]\b/g, (key) => key.toUpperCase());
    return element("div", {}, element("kbd", {}, shown), element("span", {}, meaning));
  });
  byId("keys").replaceChildren(...rows);
}
