// Puts the page together: the session, the queue, the image that is shown, what others do.

import { actionsOf } from "./actions.js";
import { Channels } from "./channels.js";
import { byId } from "./elements.js";
import { listenToKeys } from "./keys.js";
import { showOffers } from "./offers.js";
import { Operations } from "./operations.js";
import { showOutputs } from "./outputs.js";
import { Overlay } from "./overlay.js";
import { Picture } from "./picture.js";
import { Pointer } from "./pointer.js";
import { showQueue } from "./queue.js";
import { Regions } from "./regions.js";
import { Review } from "./review.js";
import { showScaleBar } from "./scale_bar.js";
import { get, listen, Refusal } from "./server.js";
import { showSide } from "./side.js";
import { showStack } from "./stack.js";
import { showTraining } from "./training.js";

const SAYING_MS = 6000;
const PATIENCE_MS = 1000;

export class Page {
  /** @param {Session} session @param {QueueRow[]} queue */
  constructor(session, queue) {
    this.review = new Review(session, queue);
    this.picture = new Picture(byId("picture"), () => this.moved());
    this.overlay = new Overlay(/** @type {HTMLCanvasElement} */ (byId("overlay")), this.review, this.picture);
    this.operations = new Operations(this.review, this);
    this.channels = new Channels(this.review, () => this.redraw());
    this.regions = new Regions(this.overlay, this.operations, this);
    this.pointer = new Pointer(this.overlay, this.operations, this.regions);
    this.isWalking = false;
    this.opening = 0;
    this.silence = 0;
  }

  /** Show an image; the view stays where it is within a stack. @param {string} id */
  async open(id) {
    const ticket = ++this.opening;
    const patience = setTimeout(() => this.say("Reading the image: a large one takes a while the first time …"), PATIENCE_MS);
    const image = await this.#facts(id, "?coarse").finally(() => clearTimeout(patience));
    if (image === null || ticket !== this.opening) return;
    byId("say").replaceChildren();
    const before = this.review.image;
    const isSameStack = image.stack !== null && image.stack.slices.some((slice) => slice.id === before?.id);
    this.review.fresh.clear();
    this.review.show(image);
    this.channels.look(image);
    this.picture.show(image, this.review.looks, isSameStack);
    if (!image.coarse) return;
    this.say("A first look, coarse: the rest of the image is being read …");
    this.reload();
  }

  /** Ask the server again for the image that is shown; what others changed lights up. */
  async reload() {
    const shown = this.review.image;
    const image = shown === null ? null : await this.#facts(shown.id);
    if (image === null || this.review.image?.id !== image.id) return;
    this.operations.isBehind = this.operations.waiting.length > 0;
    if (this.operations.isBehind) return;
    for (const box of image.boxes) {
      const isChanged = JSON.stringify(this.review.boxes.get(box.id)) !== JSON.stringify(box);
      if (isChanged && box.by !== this.review.session.annotator) this.review.fresh.add(box.id);
    }
    this.review.show(image);
    if (!shown?.coarse) return;
    this.channels.look(image);
    this.redraw();
  }

  /** Show what a new training found: the queue and the boxes. */
  async renew() {
    const [{ threshold }, { images }] = await Promise.all([get("session"), get("queue")]);
    Object.assign(this.review, { threshold, queue: images });
    this.review.tell("queue", "threshold");
    await this.reload();
    this.say("Images that are not begun were predicted again.");
  }

  /** Draw the same image with other looks. */
  redraw() {
    if (this.review.image !== null) this.picture.show(this.review.image, this.review.looks, true);
  }

  moved() {
    this.overlay?.redraw();
    showScaleBar(this.review.image, this.picture.placing.scale);
  }

  /** Open the image before or after this one in the queue. @param {number} by */
  step(by) {
    const { queue, image } = this.review;
    const row = queue[queue.findIndex(({ id }) => id === image?.id) + by];
    if (row === undefined) this.say(by > 0 ? "This was the last image of the queue." : "This is the first image.");
    else this.open(row.id);
  }

  /** Return the slice before or after this one. @param {number} by */
  sliceAt(by) {
    const slices = this.review.image?.stack?.slices ?? [];
    return slices[slices.findIndex(({ id }) => id === this.review.image?.id) + by];
  }

  /** @param {number} by */
  stepSlice(by) {
    const slice = this.sliceAt(by);
    if (slice !== undefined) this.open(slice.id);
  }

  /** Say a sentence at the bottom, also to screen readers; one with buttons stays until it is answered. @param {string} text @param {...HTMLElement} buttons */
  say(text, ...buttons) {
    const place = byId("say");
    if (buttons.length === 0 && place.querySelector("button") !== null) return;
    for (const button of buttons) button.addEventListener("click", () => place.replaceChildren());
    place.replaceChildren(text, ...buttons);
    clearTimeout(this.silence);
    if (buttons.length === 0) this.silence = setTimeout(() => place.replaceChildren(), SAYING_MS);
  }

  /** Say what the server refused, or that it is not there. @param {unknown} error @returns {null} */
  told(error) {
    this.say(error instanceof Refusal ? error.message : "The server is not there: start it again, and this page goes on.");
    return null;
  }

  /** Ask for an image as it is, or for what of it is there at once. @param {string} id @param {""|"?coarse"} how @returns {Promise<ImageFacts|null>} */
  #facts(id, how = "") {
    return get(`images/${encodeURIComponent(id)}${how}`).catch((error) => this.told(error));
  }

  /** React to what others do, and to the training. @param {() => void} showTrainingState */
  listen(showTrainingState) {
    listen((event) => {
      if (event.type === "training") showTrainingState();
      if (event.type === "predicted") this.renew();
      if (!["operation", "file_changed"].includes(event.type) || event.window === this.operations.window) return;
      const row = this.review.queue.find(({ id }) => id === event.image);
      if (row !== undefined) Object.assign(row, { state: event.state, count: event.count });
      this.review.tell("state");
      if (event.image !== this.review.image?.id) return;
      this.say(event.type === "operation" ? `${event.by} changes this image now.` : "Another program changed this file: O shows how.");
      this.reload();
    });
  }
}

async function start() {
  document.documentElement.dataset["theme"] = localStorage.getItem("theme") ?? "dark";
  const [session, { images }] = await Promise.all([get("session"), get("queue")]);
  const page = new Page(session, images);
  showQueue(page);
  showSide(page);
  showStack(page);
  showOffers(page);
  showOutputs(page);
  page.listen(showTraining(page));
  listenToKeys(page, actionsOf(page));
  window.addEventListener("beforeunload", (event) => {
    if (page.review.waiting > 0) event.preventDefault();
  });
  const first = images.find((/** @type {QueueRow} */ row) => row.state !== "done") ?? images[0];
  if (first === undefined) page.say("There is no image in here.");
  else await page.open(first.id);
}

start().catch((error) => {
  byId("say").textContent = `The page could not start: ${error.message}`;
  throw error;
});
