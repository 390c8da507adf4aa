// Counts at a threshold, their interval and the order of doubt, from the boxes on the page.

export const DOUBT = 0.15; // a score nearer to the threshold is doubtful, as in the queue
export const NUM_BINS = 20;

/**
 * Say whether a box counts: a person's always does, the model's from the threshold on.
 * @param {Box} box
 * @param {number} threshold
 */
export function counts(box, threshold) {
  return box.state !== "model" || box.score === null || box.score >= threshold;
}

/**
 * Return how many boxes count.
 * @param {Iterable<Box>} boxes
 * @param {number} threshold
 */
export function countAt(boxes, threshold) {
  let count = 0;
  for (const box of boxes) if (counts(box, threshold)) count += 1;
  return count;
}

/** Return the interval of a count: as wide as the server says, which knows how sure the model is. @param {number} count @param {Interval} known @returns {[number, number]} */
export function intervalAt(count, known) {
  return [Math.max(count - (known.count - known.low), 0), count + (known.high - known.count)];
}

/**
 * Return the model's boxes whose score is near the threshold, the nearest first.
 * @param {Iterable<Box>} boxes
 * @param {number} threshold
 */
export function doubtful(boxes, threshold) {
  /** @param {Box} box */
  const distance = (box) => Math.abs((box.score ?? Infinity) - threshold);
  return [...boxes]
    .filter((box) => box.state === "model" && distance(box) < DOUBT)
    .sort((a, b) => distance(a) - distance(b) || (a.id < b.id ? -1 : 1));
}

/**
 * Return how many boxes have a score in each of NUM_BINS bins from 0 to 1.
 * @param {Iterable<Box>} boxes
 */
export function scoreHistogram(boxes) {
  const bins = /** @type {number[]} */ (Array(NUM_BINS).fill(0));
  for (const { score } of boxes) {
    if (score === null) continue;
    const bin = Math.min(Math.floor(score * NUM_BINS), NUM_BINS - 1);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}
