// What another program changed in the file of the image, box by box, to take or to leave.

import { byId, element } from "./elements.js";
import { center } from "./geometry.js";

/** Keep the list as the image is. @param {import("./main.js").Page} page */
export function showOffers(page) {
  let known = "";
  page.review.on(["image", "proposals"], () => {
    const proposals = page.review.image?.proposals ?? [];
    const now = JSON.stringify(proposals);
    if (now === known) return; // so that nobody loses the button that has the keys
    known = now;
    const [list, panel] = [byId("offers-list"), byId("offers")];
    const at = focused();
    if (panel.hidden && proposals.length > 0) document.body.classList.remove("without-side");
    panel.hidden = proposals.length === 0;
    byId("offers-count").textContent = `Another program changed the file: ${counted(proposals)}.`;
    list.replaceChildren(...proposals.map((each) => entryOf(each, page)));
    if (at >= 0) list.children[Math.min(at, proposals.length - 1)]?.querySelector("button")?.focus(); // answers go on by key
  });
}

/** Show the next change of the other program, whose buttons are then the next ones. @param {import("./main.js").Page} page */
export function nextOffer(page) {
  const entries = byId("offers-list").children;
  const button = entries[(focused() + 1) % entries.length]?.querySelector("button");
  if (!button) page.say("No other program changed the file of this image.");
  button?.focus();
  button?.click();
}

/** Return which entry of the list has the keys, -1 if none has. */
function focused() {
  return [...byId("offers-list").children].findIndex((entry) => entry.contains(document.activeElement));
}

/** @param {Proposal[]} proposals */
function counted(proposals) {
  const kinds = proposals.map(kindOf);
  const numbers = ["added", "moved", "removed"].map((kind) => [kinds.filter((each) => each === kind).length, kind]);
  return numbers.filter(([number]) => number).map((each) => each.join(" ")).join(", ");
}

/** @param {Proposal} proposal */
function kindOf({ before, after }) {
  return before === null ? "added" : after === null ? "removed" : "moved";
}

/** @param {Proposal} proposal @param {import("./main.js").Page} page */
function entryOf(proposal, { review, operations, picture }) {
  const { box } = /** @type {Box} */ (proposal.after ?? proposal.before);
  const { x, y } = center(box);
  const name = `${kindOf(proposal)} at ${x.toFixed(0)}, ${y.toFixed(0)}`;
  const show = () => {
    review.offered = proposal.id;
    picture.center({ x, y }, box[2] - box[0]);
    review.tell("boxes");
  };
  const button = (/** @type {"take"|"leave"} */ kind) => element("button", { "aria-label": `${kind} ${name}`, onclick: () => operations.decide(kind, proposal) }, kind);
  return element("li", {}, element("button", { title: "show it (O)", onclick: show }, name), button("take"), button("leave"));
}
