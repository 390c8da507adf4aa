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
    const { width, height } = this.image;
    const [fromX, toX, fromY, toY] = [Math.max(-left, 0), Math.min(right + 1, width) - left, Math.max(-top, 0), Math.min(bottom + 1, height) - top];
    for (let line = 0; line < pen.width; line += 1) {
      for (const y of [top + line, bottom - line]) if (y >= 0 && y < height) this.#line(y * width + left, 1, fromX, toX, pen);
      for (const x of [left + line, right - line]) if (x >= 0 && x < width) this.#line(top * width + x, width, fromY, toY, pen);
    }
  }

  /** Draw a part of a line, `step` pixels being from one of its pixels to the next. @param {number} start @param {number} step @param {number} from @param {number} to @param {Pen} pen */
  #line(start, step, from, to, { ink, pattern }) {
    for (let at = from; at < to; at += 1) {
      if (pattern === null || pattern[at % pattern.length]) this.pixels[start + at * step] = ink;
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
