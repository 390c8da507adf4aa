// Draws frames of boxes pixel by pixel: thousands at 30 frames a second, also without a GPU.

/** @typedef {{ink: number, width: number, pattern: Uint8Array|null}} Pen in pixels of the screen */

export class Raster {
  image = new ImageData(1, 1);
  pixels = new Uint32Array(this.image.data.buffer);

  /** Begin an empty picture. @param {number} width @param {number} height */
  clear(width, height) {
    if (this.image.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    } else this.pixels.fill(0);
  }

  /** Draw the frame of a box. @param {number} left @param {number} top @param {number} right @param {number} bottom @param {Pen} pen */
  frame(left, top, right, bottom, pen) {
    for (let line = 0; line < pen.width; line += 1) {
      this.#across(left, right, top + line, pen);
      this.#across(left, right, bottom - line, pen);
      this.#down(top, bottom, left + line, pen);
      this.#down(top, bottom, right - line, pen);
    }
  }

  /** @param {number} left @param {number} right @param {number} y @param {Pen} pen */
  #across(left, right, y, { ink, pattern }) {
    const { width, height } = this.image;
    if (y < 0 || y >= height) return;
    const [from, to, row] = [Math.max(left, 0), Math.min(right + 1, width), y * width];
    if (pattern === null) {
      if (from < to) this.pixels.fill(ink, row + from, row + to);
    } else for (let x = from; x < to; x += 1) if (pattern[(x - left) % pattern.length]) this.pixels[row + x] = ink;
  }

  /** @param {number} top @param {number} bottom @param {number} x @param {Pen} pen */
  #down(top, bottom, x, { ink, pattern }) {
    const { width, height } = this.image;
    if (x < 0 || x >= width) return;
    const to = Math.min(bottom + 1, height);
    for (let y = Math.max(top, 0); y < to; y += 1) {
      if (pattern === null || pattern[(y - top) % pattern.length]) this.pixels[y * width + x] = ink;
    }
  }
}

/**
 * Return a pen of a color such as #56B4E9, a width and dashes, on a screen of this many pixels a point.
 * @param {import("./strokes.js").Stroke} stroke
 * @param {number} ratio
 * @returns {Pen}
 */
export function penOf({ color, width, dash, alpha = 255 }, ratio) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const ink = new Uint32Array(new Uint8Array([red, green, blue, alpha]).buffer)[0] ?? 0;
  const runs = dash.map((run) => Math.max(Math.round(run * ratio), 1));
  const pattern = new Uint8Array(runs.flatMap((run, index) => Array(run).fill(1 - (index % 2))));
  return { ink, width: Math.max(Math.round(width * ratio), 1), pattern: runs.length === 0 ? null : pattern };
}
