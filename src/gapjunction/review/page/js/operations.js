// Changes boxes, regions, notes and states: at once on the page, then on the server, in order.

import { element } from "./elements.js";
import { Refusal, newId, post } from "./server.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

export class Operations {
  /**
   * @param {import("./review.js").Review} review
   * @param {{reload: () => Promise<void>, say: (text: string, ...buttons: HTMLElement[]) => void}} page
   */
  constructor(review, page) {
    this.review = review;
    this.page = page;
    /** @type {Operation[]} */
    this.waiting = [];
    this.window = newId();
    /** @type {Promise<void>|null} */
    this.posting = null;
    this.isBehind = false; // whether the server has more to say of the image than it answered
  }

  /** Add a box; in another image than the one shown if `image` says so. @param {Box} box */
  draw(box, image = this.#image.id) {
    if (image === this.#image.id) this.#put(box);
    return this.#send("draw", { box }, image);
  }

  /** Change the place or class of a box. @param {Box} box @param {Partial<Box>} changes */
  change(box, changes) {
    /** @type {Box} */
    const changed = { ...box, ...changes, state: box.state === "person" ? "person" : "changed", by: this.review.session.annotator };
    this.#put(changed);
    return this.#send("change", { box: changed });
  }

  /** @param {Box} box */
  delete(box) {
    this.review.boxes.delete(box.id);
    if (this.review.selected === box.id) this.review.select(null);
    this.review.tell("boxes");
    return this.#send("delete", { box });
  }

  /** @param {Box} box */
  accept(box) {
    if (box.state !== "model") return Promise.resolve();
    this.#put({ ...box, state: "accepted", by: this.review.session.annotator });
    return this.#send("accept", { box });
  }

  /** Accept every box of the model from the threshold on. */
  acceptAbove() {
    return this.#send("accept_above", { threshold: this.review.threshold });
  }

  /** Say that the image is annotated, or take that back. */
  toggleDone() {
    const isDone = this.#image.state === "done";
    this.#setState(isDone ? "begun" : "done");
    return this.#send(isDone ? "undone" : "done", { threshold: this.review.threshold });
  }

  /** @param {string} note */
  note(note) {
    this.#image.note = note;
    return this.#send("note", { note });
  }

  /** Draw a region, rename it or delete it. @param {Region} region @param {"region"|"delete_region"} kind */
  region(region, kind = "region") {
    const others = this.#image.regions.filter((other) => other.id !== region.id);
    this.#image.regions = kind === "region" ? [...others, region] : others;
    this.review.tell("regions");
    return this.#send(kind, { region });
  }

  /** Take what another program changed in the file, or leave it: one box, or all. @param {"take"|"leave"} kind @param {Proposal} [proposal] */
  decide(kind, proposal) {
    const image = this.#image;
    image.proposals = proposal === undefined ? [] : image.proposals.filter(({ id }) => id !== proposal.id);
    this.review.tell("proposals");
    return this.#send(kind, proposal === undefined ? {} : { proposal: proposal.id });
  }

  /** @param {"undo"|"redo"} kind */
  goBack(kind) {
    return this.#send(kind, {});
  }

  get #image() {
    if (this.review.image === null) throw new Error("no image is shown");
    return this.review.image;
  }

  /** @param {Box} box */
  #put(box) {
    this.review.boxes.set(box.id, box);
    this.review.tell("boxes");
  }

  /** @param {ReviewState} state */
  #setState(state) {
    if (this.#image.state === state) return;
    this.#image.state = state;
    if (this.review.row !== undefined) this.review.row.state = state;
    this.review.tell("state");
  }

  /**
   * @param {string} kind
   * @param {Partial<Operation>} what
   */
  #send(kind, what, image = this.#image.id) {
    const base = this.review.sequences.get(image) ?? 0;
    const operation = { id: newId(), image, kind, window: this.window, base, ...what };
    if (image === this.review.image?.id && this.#image.state === "untouched") this.#setState("begun");
    this.waiting.push(operation);
    this.#tellWaiting();
    this.posting ??= this.#postAll().finally(() => (this.posting = null));
    return this.posting;
  }

  async #postAll() {
    for (let operation = this.waiting[0]; operation !== undefined; operation = this.waiting[0]) {
      try {
        const reply = await this.#postUntilHeard(operation);
        this.waiting.shift();
        this.#absorb(operation, reply);
      } catch (error) {
        this.waiting.shift();
        if (!(error instanceof Refusal)) throw error;
        this.#refused(error);
      }
      this.#tellWaiting();
      if (this.isBehind && this.waiting.length === 0) await this.page.reload();
    }
  }

  /** Post again and again while there is no server. @param {Operation} operation */
  async #postUntilHeard(operation) {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        const reply = await post("operations", operation);
        this.review.trouble = "";
        return /** @type {Reply} */ (reply);
      } catch (error) {
        if (error instanceof Refusal && error.status < 500) throw error;
        this.review.trouble = error instanceof Refusal ? error.message : "the server is not there";
        this.review.tell("saved");
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** @param {Operation} operation @param {Reply} reply */
  #absorb(operation, reply) {
    const { review } = this;
    review.saved = new Date(reply.saved);
    if (reply.unwritten) this.page.say(`Kept, but not yet in the file: ${reply.unwritten}`);
    review.changes += 1;
    review.sequences.set(operation.image, reply.sequence);
    const image = review.image;
    if (image === null || operation.image !== image.id) return;
    const later = new Set(this.waiting.map((other) => other.box?.id));
    for (const box of reply.boxes) if (!later.has(box.id)) review.boxes.set(box.id, box);
    for (const id of reply.deleted) if (!later.has(id)) review.boxes.delete(id);
    if (review.selectedBox === null) review.selected = null;
    const { history, interval, regions, note, proposals, state } = reply;
    Object.assign(image, { history, interval, regions, note });
    if (this.waiting.length === 0) image.proposals = proposals;
    this.#setState(state);
    review.tell("boxes", "regions", "saved", "selected", "proposals");
  }

  /** Say why; once nothing waits, what the server has is shown. @param {Refusal} refusal */
  #refused(refusal) {
    const { by } = refusal.answer;
    const why = by === undefined ? refusal.message : `${by} changed this in the meantime, which is shown now`;
    this.page.say(`Your last change was not saved: ${why}.`, element("button", {}, "OK"));
    this.isBehind = true;
  }

  #tellWaiting() {
    this.review.waiting = this.waiting.length;
    this.review.tell("saved");
  }
}
