// What is on the page now, and who is told when it changes.

/** @typedef {"boxes"|"image"|"layer"|"looks"|"proposals"|"queue"|"regions"|"saved"|"selected"|"state"|"threshold"} Topic */
/** @typedef {"boxes"|"none"|"people"} Layer */

export class Review {
  /** @param {Session} session @param {QueueRow[]} queue */
  constructor(session, queue) {
    this.session = session;
    this.queue = queue;
    this.threshold = session.threshold;
    /** @type {ImageFacts|null} */
    this.image = null;
    /** @type {Map<string, Box>} */
    this.boxes = new Map();
    /** @type {Set<string>} boxes that another person has just changed */
    this.fresh = new Set();
    this.offered = ""; // which change of another program is pointed at
    /** @type {string|null} */
    this.selected = null;
    /** @type {Layer} */
    this.layer = "boxes";
    this.hidden = false;
    this.newLabel = 0;
    /** @type {Look[]} */
    this.looks = [];
    /** @type {Map<string, number>} the last operation of each image that the page knows of */
    this.sequences = new Map();
    this.changes = 0;
    this.waiting = 0;
    /** @type {Date|null} */
    this.saved = null;
    this.trouble = "";
    this.listeners = /** @type {Map<Topic, (() => void)[]>} */ (new Map());
  }

  /**
   * Call when one of the topics changes.
   * @param {Topic[]} topics
   * @param {() => void} listener
   */
  on(topics, listener) {
    for (const topic of topics) {
      this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
    }
  }

  /**
   * Tell all who listen to one of the topics, each once.
   * @param {...Topic} topics
   */
  tell(...topics) {
    for (const listener of new Set(topics.flatMap((topic) => this.listeners.get(topic) ?? []))) {
      listener();
    }
  }

  /**
   * Show the facts of an image.
   * @param {ImageFacts} image
   */
  show(image) {
    if (this.image?.id !== image.id) this.selected = null;
    this.image = image;
    this.sequences.set(image.id, image.sequence);
    this.boxes = new Map(image.boxes.map((box) => [box.id, box]));
    if (this.selected !== null && !this.boxes.has(this.selected)) this.selected = null;
    this.tell("image", "boxes", "regions", "selected", "state", "saved");
  }

  /** @param {string|null} id */
  select(id) {
    this.selected = id;
    this.tell("selected");
  }

  /** Return the selected box. */
  get selectedBox() {
    return this.selected === null ? null : (this.boxes.get(this.selected) ?? null);
  }

  /** Return where objects count. */
  get regions() {
    return this.image?.regions ?? [];
  }

  /** Return the row of the image in the queue. */
  get row() {
    return this.queue.find((row) => row.id === this.image?.id);
  }

  /** Return what of the boxes is shown, and can be clicked. */
  get shownBoxes() {
    if (this.hidden || this.layer === "none") return [];
    const all = [...this.boxes.values()];
    return this.layer === "people" ? all.filter((box) => box.state !== "model") : all;
  }
}
