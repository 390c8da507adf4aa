// Arithmetic of boxes: what lies under the pointer, and what a drag makes of it.

export const SMALLEST_PX = 1;

/**
 * Return the part of a box at a point: "in", edges of "nswe" such as "n" or "se", or null.
 * @param {Corners} corners
 * @param {number} x
 * @param {number} y
 * @param {number} outside how far outside of the box an edge still counts
 * @param {number} inside the same inside, but never more than a quarter of the box
 */
export function partAt([x1, y1, x2, y2], x, y, outside, inside) {
  if (x < x1 - outside || x > x2 + outside || y < y1 - outside || y > y2 + outside) return null;
  const marginX = Math.min(inside, (x2 - x1) / 4);
  const marginY = Math.min(inside, (y2 - y1) / 4);
  const vertical = y < y1 + marginY ? "n" : y > y2 - marginY ? "s" : "";
  const horizontal = x < x1 + marginX ? "w" : x > x2 - marginX ? "e" : "";
  return vertical + horizontal || "in";
}

/**
 * Return the box under a point and its part: the selected one if it is there, else the smallest.
 * @param {Iterable<Box>} boxes
 * @param {string|null} selected
 * @param {Point} point
 * @param {number} scale screen pixels a pixel of the image
 * @returns {{box: Box, part: string}|null}
 */
export function boxAt(boxes, selected, point, scale) {
  let best = null;
  let bestArea = Infinity;
  for (const box of boxes) {
    const isSelected = box.id === selected;
    const reach = (isSelected ? 7 : 2) / scale;
    const part = partAt(box.box, point.x, point.y, reach, 5 / scale);
    if (part === null) continue;
    if (isSelected) return { box, part };
    const [x1, y1, x2, y2] = box.box;
    const size = (x2 - x1) * (y2 - y1);
    if (size < bestArea) [best, bestArea] = [{ box, part }, size];
  }
  return best;
}

/**
 * Return the box after its part was dragged by (dx, dy); it stays in the image and keeps a size.
 * @param {Corners} corners
 * @param {string} part
 * @param {number} dx
 * @param {number} dy
 * @param {{width: number, height: number}} image
 * @returns {Corners}
 */
export function dragged([x1, y1, x2, y2], part, dx, dy, image) {
  if (part === "in") {
    const stepX = clamp(dx, -x1, image.width - x2);
    const stepY = clamp(dy, -y1, image.height - y2);
    return [x1 + stepX, y1 + stepY, x2 + stepX, y2 + stepY];
  }
  return between(
    { x: part.includes("w") ? x1 + dx : x1, y: part.includes("n") ? y1 + dy : y1 },
    { x: part.includes("e") ? x2 + dx : x2, y: part.includes("s") ? y2 + dy : y2 },
    image,
  );
}

/**
 * Return the box that two corners span, inside of the image.
 * @param {Point} a
 * @param {Point} b
 * @param {{width: number, height: number}} image
 * @returns {Corners}
 */
export function between(a, b, image) {
  const [x1, x2] = span(a.x, b.x, image.width);
  const [y1, y2] = span(a.y, b.y, image.height);
  return [x1, y1, x2, y2];
}

/** @param {Corners} corners */
export function center([x1, y1, x2, y2]) {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

/**
 * Sort boxes as they are read: by rows of 50 pixels, then from left to right.
 * @param {Iterable<Box>} boxes
 */
export function inReadingOrder(boxes) {
  /** @param {Box} box */
  const row = (box) => Math.floor(box.box[1] / 50);
  return [...boxes].sort((a, b) => row(a) - row(b) || a.box[0] - b.box[0]);
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** @param {number} a @param {number} b @param {number} length */
function span(a, b, length) {
  const low = clamp(Math.min(a, b), 0, length - SMALLEST_PX);
  return [low, clamp(Math.max(a, b), low + SMALLEST_PX, length)];
}
