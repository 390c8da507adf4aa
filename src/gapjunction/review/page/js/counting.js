// Counts, their interval and the order of doubt, from the boxes, the threshold and the regions.

import { center } from "./geometry.js";

/** @typedef {{threshold: number, regions: Region[]}} Rule what says which boxes count */

export const DOUBT = 0.15; // a score nearer to the threshold is doubtful, as in the queue
export const NUM_BINS = 20;

/** Say whether a box counts: where objects count, a person's always does. @param {Box} box @param {Rule} rule */
export function counts(box, { threshold, regions }) {
  const isSure = box.state !== "model" || box.score === null || box.score >= threshold;
  return isSure && isWithin(box, regions);
}

/** Return how many boxes count. @param {Iterable<Box>} boxes @param {Rule} rule */
export function countAt(boxes, rule) {
  return [...boxes].filter((box) => counts(box, rule)).length;
}

/** Return the interval of a count: as wide as the server says, which knows how sure the model is. @param {number} count @param {Interval} known @returns {[number, number]} */
export function intervalAt(count, known) {
  return [Math.max(count - (known.count - known.low), 0), count + (known.high - known.count)];
}

/** Return the model's boxes whose score is near the threshold, the nearest first. @param {Iterable<Box>} boxes @param {Rule} rule */
export function doubtful(boxes, { threshold, regions }) {
  const distance = (/** @type {Box} */ box) => Math.abs((box.score ?? Infinity) - threshold);
  return [...boxes]
    .filter((box) => box.state === "model" && distance(box) < DOUBT && isWithin(box, regions))
    .sort((a, b) => distance(a) - distance(b) || (a.id < b.id ? -1 : 1));
}

/** Return how many boxes have a score in each of NUM_BINS bins from 0 to 1. @param {Iterable<Box>} boxes */
export function scoreHistogram(boxes) {
  const bins = /** @type {number[]} */ (Array(NUM_BINS).fill(0));
  for (const { score } of boxes) {
    if (score === null) continue;
    const bin = Math.min(Math.floor(score * NUM_BINS), NUM_BINS - 1);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

/** Say whether the center of a box is in a region, if there is any, and in no exclusion. @param {Box} box @param {Region[]} regions */
function isWithin(box, regions) {
  if (regions.length === 0) return true;
  const at = center(box.box);
  const included = regions.filter(({ kind }) => kind === "include");
  const isIn = included.length === 0 || included.some((region) => holds(region, at));
  return isIn && !regions.some((region) => region.kind === "exclude" && holds(region, at));
}

/** Say whether a polygon holds a point, by how often a line to the right leaves it. @param {Region} region @param {Point} point */
function holds({ points }, { x, y }) {
  let isInside = false;
  let before = points[points.length - 1];
  for (const at of points) {
    if (before !== undefined && at[1] > y !== before[1] > y) {
      const crossing = at[0] + ((y - at[1]) * (before[0] - at[0])) / (before[1] - at[1]);
      if (x < crossing) isInside = !isInside;
    }
    before = at;
  }
  return isInside;
}
