// What the page uses of OpenSeadragon 6, typed.

interface OsdPoint { x: number; y: number }
interface OsdRect { x: number; y: number; width: number; height: number }
interface OsdViewport {
  zoomBy(factor: number, point?: OsdPoint, immediately?: boolean): OsdViewport;
  panBy(delta: OsdPoint, immediately?: boolean): OsdViewport;
  panTo(center: OsdPoint, immediately?: boolean): OsdViewport;
  zoomTo(zoom: number, point?: OsdPoint | null, immediately?: boolean): OsdViewport;
  goHome(immediately?: boolean): void;
  getBounds(current?: boolean): OsdRect;
  getZoom(current?: boolean): number;
  getMaxZoom(): number;
  resize(size: OsdPoint): void;
  deltaPointsFromPixels(delta: OsdPoint, current?: boolean): OsdPoint;
  applyConstraints(immediately?: boolean): OsdViewport;
}
interface OsdViewer {
  viewport: OsdViewport;
  world: {
    removeAll(): void;
    getIndexOfItem(item: OsdItem): number;
    getItemAt(index: number): OsdItem;
    removeItem(item: OsdItem): void;
  };
  addHandler(name: string, handler: () => void): void;
  addTiledImage(options: object): void;
}
interface OsdItem { addOnceHandler(name: string, handler: () => void): void }

declare const OpenSeadragon: {
  (options: object): OsdViewer;
  Point: new (x: number, y: number) => OsdPoint;
};
