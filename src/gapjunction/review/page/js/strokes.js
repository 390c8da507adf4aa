// How boxes are drawn: a color of Okabe and Ito and a line of its own for each state.

import { counts } from "./counting.js";

/** @typedef {{color: string, width: number, dash: number[], title: string, alpha?: number}} Stroke */

/** @type {Record<string, Stroke>} */
export const STROKES = {
  below: { color: "#d8d8d8", width: 1, dash: [1, 3], alpha: 190, title: "slice below" },
  doubted: { color: "#56B4E9", width: 1, dash: [4, 3], alpha: 190, title: "not counted" },
  model: { color: "#56B4E9", width: 1, dash: [], title: "model" },
  accepted: { color: "#009E73", width: 2, dash: [], title: "accepted" },
  person: { color: "#E69F00", width: 2, dash: [], title: "drawn" },
  changed: { color: "#D55E00", width: 2, dash: [9, 2], title: "changed" },
  linked: { color: "#F0E442", width: 2, dash: [], title: "same plaque" },
  fresh: { color: "#CC79A7", width: 2, dash: [], title: "just changed" },
  other: { color: "#CC79A7", width: 2, dash: [8, 2, 2, 2], title: "by another" },
};

const NOBODY = ["model", "dataset"]; // by whom boxes are that no annotator has touched here

/**
 * Return the name of the stroke of a box.
 * @param {Box} box
 * @param {import("./review.js").Review} review
 */
export function strokeOf(box, review) {
  const { state, by } = box;
  const { annotator } = review.session;
  if (state === "model") return counts(box, review) ? "model" : "doubted";
  return by === annotator || NOBODY.includes(by) ? state : "other";
}
