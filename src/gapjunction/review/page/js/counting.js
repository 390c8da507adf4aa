// Counts at a threshold, their interval and the order of doubt, from the boxes on the page.

const SCORE_MARGIN = 1e-6;
export const DOUBT = 0.15; // a score this near to the threshold is doubtful
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

/**
 * Return the interval of a count, as `Calibration.count_interval` does; only what no person has
 * looked at is in doubt.
 * @param {number} count
 * @param {Iterable<Box>} boxes
 * @param {Calibration} calibration
 * @returns {[number, number]}
 */
export function countInterval(count, boxes, calibration) {
  const { slope, intercept, missed_share: missed } = calibration;
  let sum = 0;
  let coinFlips = 0;
  for (const { state, score } of boxes) {
    if (state !== "model" || score === null) continue;
    const kept = Math.min(Math.max(score, SCORE_MARGIN), 1 - SCORE_MARGIN);
    const probability = 1 / (1 + Math.exp(-(slope * Math.log(kept / (1 - kept)) + intercept)));
    sum += probability;
    coinFlips += probability * (1 - probability);
  }
  const variance = Math.max(coinFlips + (missed * sum) / Math.max(1 - missed, SCORE_MARGIN), 1);
  const shared = (coinFlips / Math.max(sum, SCORE_MARGIN)) * variance ** 2;
  const spread = Math.sqrt(calibration.dispersion * variance + calibration.shared_doubt * shared);
  const half = calibration.quantile * spread;
  return [Math.max(Math.floor(count - half), 0), Math.ceil(count + half)];
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
    .filter((box) => box.state === "model" && distance(box) <= DOUBT)
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
