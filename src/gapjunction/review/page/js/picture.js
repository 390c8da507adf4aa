// The picture: OpenSeadragon with the server's tiles, and pixels of the image on the screen.

import { imagePath, lookQuery } from "./server.js";

const BOXES_ACROSS = 25; // a box that is centered is a 25th of the view
const LARGEST_ZOOM = 40; // screen pixels a pixel of the image

export class Picture {
  /** @param {HTMLElement} place @param {() => void} moved called when the view moved */
  constructor(place, moved) {
    this.place = place;
    this.size = { width: 1, height: 1 };
    forgoInlineStyle();
    this.viewer = OpenSeadragon({
      element: place,
      drawer: "canvas",
      showNavigationControl: false,
      mouseNavEnabled: false,
      keyboardNavEnabled: false,
      animationTime: 0.25,
      springStiffness: 12,
      visibilityRatio: 0.3,
      minZoomImageRatio: 0.7,
      maxZoomPixelRatio: LARGEST_ZOOM,
      imageSmoothingEnabled: false,
      placeholderFillStyle: null,
      imageLoaderLimit: 6,
    });
    for (const name of ["update-viewport", "resize", "open"]) this.viewer.addHandler(name, moved);
  }

  /**
   * Show an image; the one before stays until all of this one is there, if it has the same size.
   * @param {ImageFacts} image
   * @param {Look[]} looks
   * @param {boolean} keepsView
   */
  show(image, looks, keepsView) {
    const query = lookQuery(looks) + (image.coarse ? "&coarse" : "");
    const { width, height, tile_size: tileSize, levels } = image;
    const world = this.viewer.world;
    this.size = { width, height };
    if (!keepsView) world.removeAll();
    this.viewer.addTiledImage({
      tileSource: {
        width,
        height,
        tileSize,
        minLevel: 0,
        maxLevel: levels - 1,
        /** @param {number} level @param {number} x @param {number} y */
        getTileUrl: (level, x, y) => imagePath(image.id, `tiles/${level}/${x}_${y}.webp?${query}`),
      },
      /** @param {{item: OsdItem}} added */
      success: ({ item }) => {
        if (!keepsView) this.#fit();
        item.addOnceHandler("fully-loaded-change", () => this.#removeBelow(item));
      },
    });
  }

  /** Show the whole image, in the room that there is now. */
  #fit() {
    const { clientWidth, clientHeight } = this.place;
    this.viewer.viewport.resize(new OpenSeadragon.Point(clientWidth, clientHeight));
    this.viewer.viewport.goHome(true);
  }

  /** Where pixels of the image are: screen = image * scale + offset. */
  get placing() {
    const bounds = this.viewer.viewport.getBounds(true);
    const scale = this.place.clientWidth / (bounds.width * this.size.width);
    const perWidth = scale * this.size.width;
    return { scale, dx: -bounds.x * perWidth, dy: -bounds.y * perWidth };
  }

  /** Return the pixel of the image under a point of the window. @param {Point} client */
  toImage(client) {
    const { left, top } = this.place.getBoundingClientRect();
    const { scale, dx, dy } = this.placing;
    return { x: (client.x - left - dx) / scale, y: (client.y - top - dy) / scale };
  }

  /** Zoom at a point of the window, or at the center. @param {number} factor @param {Point} [at] */
  zoom(factor, at) {
    const viewport = this.viewer.viewport;
    viewport.zoomBy(factor, at && this.#toView(this.toImage(at)), at !== undefined);
    viewport.applyConstraints(at !== undefined);
  }

  /** @param {number} dx screen pixels @param {number} dy */
  pan(dx, dy) {
    const viewport = this.viewer.viewport;
    viewport.panBy(viewport.deltaPointsFromPixels(new OpenSeadragon.Point(-dx, -dy), true), true);
    viewport.applyConstraints(true);
  }

  /** Center a point, near enough to see a box of this width. @param {Point} point @param {number} widthPx */
  center(point, widthPx) {
    const viewport = this.viewer.viewport;
    const wanted = Math.min(Math.max(this.size.width / (widthPx * BOXES_ACROSS), 1), viewport.getMaxZoom());
    if (viewport.getZoom(true) < wanted) viewport.zoomTo(wanted, null, true);
    viewport.panTo(this.#toView(point), true);
  }

  home() {
    this.viewer.viewport.goHome(false);
  }

  /** Return what part of the image is seen, in its pixels. */
  get seen() {
    const { left, right, top, bottom } = this.place.getBoundingClientRect();
    const [a, b] = [this.toImage({ x: left, y: top }), this.toImage({ x: right, y: bottom })];
    const { width, height } = this.size;
    return {
      x1: Math.max(Math.floor(a.x), 0),
      y1: Math.max(Math.floor(a.y), 0),
      x2: Math.min(Math.ceil(b.x), width),
      y2: Math.min(Math.ceil(b.y), height),
    };
  }

  /** @param {Point} point */
  #toView({ x, y }) {
    return new OpenSeadragon.Point(x / this.size.width, y / this.size.width);
  }

  /** @param {OsdItem} item */
  #removeBelow(item) {
    const world = this.viewer.world;
    const index = world.getIndexOfItem(item);
    for (let below = index - 1; below >= 0; below -= 1) world.removeItem(world.getItemAt(below));
  }
}

/** Keep OpenSeadragon from writing a style into the page, which the content policy refuses: style.css has it. */
function forgoInlineStyle() {
  const mark = document.createElementNS("urn:none", "style");
  mark.setAttribute("data-openseadragon-mobile-css", "");
  document.head.append(mark);
}
