"""Find the objects of a slide, block by block: memory is that of two blocks, whatever the size."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import centers, clip_boxes
from gapjunction.brightness import measure_rises, reach_px
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.images.region import Region
from gapjunction.images.slide import Slide
from gapjunction.prediction.model import Model
from gapjunction.prediction.slide_view import SlideView
from gapjunction.prediction.tiled import (
    DOUBLE_IOU,
    OnTiles,
    detect_tiles,
    intensity_table,
    tiles_of,
)
from gapjunction.prediction.weighing import weighed
from gapjunction.samples.intensity import measure_intensity
from gapjunction.tiling import Tile, merge_tiles, plan_blocks

BLOCK_PX = 4096  # side of what is in memory at a time, and once more while it is being read

Block = Sequence[Tile]


class KeptBlocks(Protocol):
    """Keeps what was found in the blocks of a part, for when it is looked at again."""

    def read(self, index: int) -> list[Detections] | None:
        """Return what was found in each tile of a block, in its pixels; None if it is not kept."""

    def write(self, index: int, found: Sequence[Detections]) -> None:
        """Keep what was found in each tile of a block."""


@dataclass(frozen=True, slots=True, eq=False)
class SlidePart:
    """A part of a slide, as it is looked at.

    Attributes:
        part: in pixels of the slide.
        around: the part with what its objects reach into, in pixels of the level.
        blocks: the tiles of `around`, in its pixels, by the block that they are read with.
    """

    view: SlideView
    part: Region
    around: Region
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, view: SlideView, part: Region) -> Self:
        """Return a part, cut into blocks of tiles."""
        level = view.level
        around = part.reduced(level.factor_y, level.height, level.width)
        around = around.grown(view.settings.overlap, level.height, level.width)
        tiles = tiles_of(around.height, around.width, view.settings)
        return cls(view, part, around, tuple(plan_blocks(tiles, BLOCK_PX)))

    def read(self, indices: Sequence[int], margin_px: int = 0) -> Iterator[ImageArray | None]:
        """Yield the pixels of blocks and a margin, None where nothing is stored.

        One is read ahead.
        """

        def read(index: int) -> ImageArray | None:
            region = self.region(index, margin_px)
            return self.view.read(region) if self.view.level.is_stored(region) else None

        with ThreadPoolExecutor(max_workers=1) as pool:
            ahead: Future[ImageArray | None] | None = None
            for index, following in zip_longest(indices, indices[1:]):
                pixels = read(index) if ahead is None else ahead.result()
                if following is not None:
                    ahead = pool.submit(read, following)
                yield pixels
                del pixels  # or it would stay in memory beside the next two

    def place_of(self, index: int) -> Region:
        """Return where a block is, in pixels of the slide."""
        level, own = self.view.level, self.region(index)
        return Region(
            round(own.x0 * level.factor_x),
            round(own.y0 * level.factor_y),
            round(own.x1 * level.factor_x),
            round(own.y1 * level.factor_y),
        )

    def region(self, index: int, margin_px: int = 0) -> Region:
        """Return where a block and a margin are, in pixels of the level."""
        bounds, x, y = _bounds(self.blocks[index]), self.around.x0, self.around.y0
        own = Region(x + bounds.x0, y + bounds.y0, x + bounds.x1, y + bounds.y1)
        return own.grown(margin_px, self.view.level.height, self.view.level.width)


def see_slide(
    model: Model,
    slide: Slide,
    own: SlidePart,
    on_tiles: OnTiles | None = None,
    kept: KeptBlocks | None = None,
) -> Detections:
    """Return all that is seen in a part of a slide, in its pixels, with probabilities for scores.

    It is what `Model.see` sees of the whole level as an image, if its intensities are the same:
    the tiles are the same. Of a part, what has its middle there is returned. Blocks and tiles of
    which nothing is stored, or that show a single value, are passed over. `on_tiles` is called
    after each batch. Blocks that were `kept` are not looked at again.

    Raises:
        ImageError: if the slide cannot be read.
    """
    level = own.view.level
    merged = _merged(own, _found_in_all(model, own, on_tiles, kept))
    factors = np.array([level.factor_x, level.factor_y] * 2, np.float32)
    corner = np.array([own.around.x0, own.around.y0] * 2, np.float32)
    in_full = (merged.boxes + corner) * factors
    has = _has_middle_in(own.part, in_full)
    seen = Detections(merged.boxes[has], merged.scores[has], merged.labels[has])
    weighed = _weighed(model, own, model.config.calibration.calibrated(seen))
    clipped = clip_boxes(in_full[has], slide.full.height, slide.full.width)
    return Detections(clipped, weighed.scores, weighed.labels)


def detect_blocks(
    model: Model, own: SlidePart, indices: Sequence[int], on_batch: OnTiles | None = None
) -> Iterator[list[Detections]]:
    """Yield what is found in each tile of blocks, in its pixels, block after block.

    `on_batch` is called with how many tiles of the block are done, how many it has, and what was
    found in the last ones.

    Raises:
        ImageError: if the slide cannot be read.
    """
    view = own.view
    intensity = measure_intensity(view.sample, view.settings.least_span)
    intensities = intensity_table(view.sample.dtype, intensity)
    for index, pixels in zip(indices, own.read(indices), strict=True):
        block = own.blocks[index]
        found = [Detections.none()] * len(block)
        if pixels is None:
            yield found
            continue
        inside = _moved(block, _bounds(block))
        shown = [place for place, tile in enumerate(inside) if _shows_something(tile, pixels)]
        num_done = len(block) - len(shown)
        waiting = iter(shown)
        for batch in detect_tiles(
            model.detector, pixels, [inside[place] for place in shown], intensities, view.settings
        ):
            for each in batch:
                found[next(waiting)] = each
            num_done += len(batch)
            if on_batch is not None:
                on_batch(num_done, len(block), batch)
        del pixels
        yield found


def _found_in_all(
    model: Model, own: SlidePart, on_tiles: OnTiles | None, kept: KeptBlocks | None
) -> list[list[Detections]]:
    """Return what is found in each tile of each block, which is kept."""
    found = [kept.read(index) if kept else None for index in range(len(own.blocks))]
    waiting = [index for index, each in enumerate(found) if each is None]
    num_tiles = sum(map(len, own.blocks))
    num_done = 0

    def tell(num_of_block: int, _: int, batch: Sequence[Detections]) -> None:
        if on_tiles is not None:
            on_tiles(num_done + num_of_block, num_tiles, batch)

    for block, each in zip(own.blocks, found, strict=True):
        if each is not None:
            tell(len(block), len(block), each)
            num_done += len(block)
    for index, each in zip(waiting, detect_blocks(model, own, waiting, tell), strict=True):
        found[index] = each
        if kept:
            kept.write(index, each)
        num_done += len(each)
    return [each for each in found if each is not None]


def _merged(own: SlidePart, found: Sequence[Sequence[Detections]]) -> Detections:
    """Join what was found in tiles, in pixels of what is around the part."""
    pairs = [
        (tile, each)
        for block, of_block in zip(own.blocks, found, strict=True)
        for tile, each in zip(block, of_block, strict=True)
        if len(each)
    ]
    if not pairs:
        return Detections.none()
    tiles, detections = zip(*pairs, strict=True)
    return merge_tiles(tiles, detections, DOUBLE_IOU)


def _weighed(model: Model, own: SlidePart, seen: Detections) -> Detections:
    """Return what was seen, in pixels of what is around the part, with what brightness tells."""
    if len(own.view.channels) != 1:
        return seen
    return weighed(
        seen, lambda: _rises(own, seen.boxes), model.config, has_color=lambda: own.view.has_color
    )


def _rises(own: SlidePart, boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how far the peaks of boxes (N, 4) are above what surrounds them.

    Blocks in which they lie are read once more, with what surrounds those at their borders.
    """
    places_of, margin_px = _owners(own.blocks, boxes), reach_px(boxes)
    rises = np.zeros(len(boxes), np.float64)
    read = own.read(list(places_of), margin_px)
    for (index, places), pixels in zip(places_of.items(), read, strict=True):
        if pixels is not None:
            region = own.region(index, margin_px)
            left, top = region.x0 - own.around.x0, region.y0 - own.around.y0
            inside = boxes[places] - np.array([left, top] * 2, np.float32)
            rises[places] = measure_rises(inside, pixels[0])
    return rises


def _owners(blocks: Sequence[Block], boxes: NDArray[np.float32]) -> dict[int, NDArray[np.intp]]:
    """Return the blocks that some boxes have their middle in, each with the places of its own."""
    x, y = centers(boxes).T
    is_free = np.ones(len(boxes), np.bool_)
    owners: dict[int, NDArray[np.intp]] = {}
    for index, block in enumerate(blocks):
        cores = np.array([tile.core for tile in block])
        (x0, y0), (x1, y1) = cores[:, :2].min(axis=0), cores[:, 2:].max(axis=0)
        (places,) = np.nonzero(is_free & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
        is_free[places] = False
        if len(places):
            owners[index] = places
    return owners


def _bounds(block: Block) -> Region:
    """Return the smallest region that holds all tiles of a block."""
    return Region(
        min(tile.x0 for tile in block),
        min(tile.y0 for tile in block),
        max(tile.x1 for tile in block),
        max(tile.y1 for tile in block),
    )


def _moved(block: Block, bounds: Region) -> list[Tile]:
    """Return the tiles in pixels of their block."""
    x, y = bounds.x0, bounds.y0
    return [
        replace(tile, x0=tile.x0 - x, y0=tile.y0 - y, x1=tile.x1 - x, y1=tile.y1 - y)
        for tile in block
    ]


def _shows_something(tile: Tile, pixels: ImageArray) -> bool:
    own = tile.crop(pixels)
    return bool((own != own[:, :1, :1]).any())


def _has_middle_in(part: Region, boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    x, y = centers(boxes).T
    has: NDArray[np.bool_] = (x >= part.x0) & (x < part.x1) & (y >= part.y0) & (y < part.y1)
    return has
