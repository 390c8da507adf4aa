"""Find the objects of a slide, block by block: memory is that of two blocks, whatever the size."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import centers, clip_boxes
from gapjunction.detections import Detections
from gapjunction.images.microscope_files import as_picture
from gapjunction.images.pictures import ImageArray
from gapjunction.images.region import Region
from gapjunction.images.slide import Slide, SlideLevel
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.tiled import (
    DOUBLE_IOU,
    OnTiles,
    PredictionSettings,
    detect_tiles,
    intensity_table,
    tiles_of,
)
from gapjunction.salience import measure_rises
from gapjunction.samples.intensity import measure_intensity, without_color
from gapjunction.samples.slide_sample import sampled
from gapjunction.tiling import Tile, merge_tiles, plan_blocks

BLOCK_PX = 4096  # side of what is in memory at a time, and once more while it is being read


@dataclass(frozen=True, slots=True, eq=False)
class SlideView:
    """How a slide is looked at.

    Attributes:
        level: the size it is read in.
        channels: those of its pixels that are looked at.
        scale: the factor that this level is shown with.
        settings: for that level.
        sample: pixels (C, H, W) of these channels, whose intensities are those of the whole.
    """

    level: SlideLevel
    channels: tuple[int, ...]
    scale: float
    settings: PredictionSettings
    sample: ImageArray

    @classmethod
    def of(
        cls, model: Model, image: ListedImage, slide: Slide, scale: float, least_span: float
    ) -> "SlideView":
        """Return the view of an image, shown with the factor `scale` as images are.

        Its intensities are those of the whole slide, also where a region of it is predicted.

        Raises:
            ImageError: if the slide cannot be read.
        """
        level = slide.level_for(scale)
        sample = as_shown(sampled(level))
        channels = _looked_at(sample, image.channel)
        own_scale = scale * level.factor_y
        settings = model.settings(own_scale, least_span)
        return cls(level, channels, own_scale, settings, _shown(sample, channels))

    def read(self, region: Region) -> ImageArray:
        """Return the pixels (C, H, W) of a region that are looked at."""
        return _shown(as_shown(self.level.read(region)), self.channels)


def see_slide(
    model: Model, slide: Slide, view: SlideView, part: Region, on_tiles: OnTiles | None = None
) -> Detections:
    """Return all that is seen in a part of a slide, in its pixels, with probabilities for scores.

    It is what `Model.see` sees of the whole level as an image, if its intensities are the same:
    the tiles are the same. Of a part, what has its middle there is returned. Blocks and tiles of
    which nothing is stored, or that show a single value, are passed over. `on_tiles` is called
    after each batch.

    Raises:
        ImageError: if the slide cannot be read.
    """
    level = view.level
    around = part.reduced(level.factor_y, level.height, level.width)
    around = around.grown(view.settings.overlap, level.height, level.width)
    tiles, found = _detected(model, view, around, on_tiles)
    merged = merge_tiles(tiles, found, DOUBLE_IOU) if tiles else Detections.none()
    factors = np.array([level.factor_x, level.factor_y] * 2, np.float32)
    corner = np.array([around.x0, around.y0] * 2, np.float32)
    in_full = (merged.boxes + corner) * factors
    is_own = _has_middle_in(part, in_full)
    own = Detections(merged.boxes[is_own], merged.scores[is_own], merged.labels[is_own])
    probable = _weighed(model, view, around, model.config.calibration.calibrated(own))
    clipped = clip_boxes(in_full[is_own], slide.full.height, slide.full.width)
    return Detections(clipped, probable.scores, probable.labels)


def _weighed(model: Model, view: SlideView, around: Region, seen: Detections) -> Detections:
    """Return what was seen in a region, in its pixels, with what its brightness tells."""
    salience = model.config.salience
    if salience is None or len(view.channels) != 1:
        return seen
    return salience.weighed_by(
        seen, lambda: _rises(view, around, seen.boxes), model.config.score_threshold
    )


def _rises(view: SlideView, around: Region, boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how far the peaks of boxes (N, 4) of a region are above what surrounds them.

    Blocks in which they lie are read once more.
    """
    planned = tiles_of(around.height, around.width, view.settings)
    own = _owners(plan_blocks(planned, BLOCK_PX), boxes)
    rises = np.zeros(len(boxes), np.float64)
    for (_, places), (block, pixels) in zip(
        own, _blocks(view, around, [block for block, _ in own]), strict=True
    ):
        bounds = _bounds(block)
        if pixels is not None:
            inside = boxes[places] - np.array([bounds.x0, bounds.y0] * 2, np.float32)
            rises[places] = measure_rises(inside, pixels[0])
    return rises


def _owners(
    blocks: Sequence[Sequence[Tile]], boxes: NDArray[np.float32]
) -> list[tuple[Sequence[Tile], NDArray[np.intp]]]:
    """Return the blocks that some boxes have their middle in, each with the places of its own."""
    x, y = centers(boxes).T
    is_free = np.ones(len(boxes), np.bool_)
    owners: list[tuple[Sequence[Tile], NDArray[np.intp]]] = []
    for block in blocks:
        cores = np.array([tile.core for tile in block])
        (x0, y0), (x1, y1) = cores[:, :2].min(axis=0), cores[:, 2:].max(axis=0)
        (places,) = np.nonzero(is_free & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
        is_free[places] = False
        if len(places):
            owners.append((block, places))
    return owners


def as_shown(pixels: Any) -> ImageArray:
    """Return pixels (C, H, W) with 1 or 3 channels: beside two, blue is dark."""
    picture: ImageArray = as_picture(pixels)
    return picture


def _detected(
    model: Model, view: SlideView, around: Region, on_tiles: OnTiles | None
) -> tuple[list[Tile], list[Detections]]:
    """Return tiles of a region in which something was found, in its pixels, and what it was."""
    planned = tiles_of(around.height, around.width, view.settings)
    intensity = measure_intensity(view.sample, view.settings.least_span)
    intensities = intensity_table(view.sample.dtype, intensity)
    tiles: list[Tile] = []
    found: list[Detections] = []
    num_done = 0
    for block, pixels in _blocks(view, around, plan_blocks(planned, BLOCK_PX)):
        num_done += len(block)
        if pixels is None:
            continue
        inside = _moved(block, _bounds(block))
        shown = [place for place, tile in enumerate(inside) if _shows_something(tile, pixels)]
        seen: list[Detections] = []
        for batch in detect_tiles(
            model.detector, pixels, [inside[place] for place in shown], intensities, view.settings
        ):
            seen += batch
            if on_tiles is not None:
                on_tiles(num_done - len(shown) + len(seen), len(planned), batch)
        for place, own in zip(shown, seen, strict=True):
            if len(own):
                tiles.append(block[place])
                found.append(own)
    return tiles, found


def _blocks(
    view: SlideView, around: Region, blocks: Sequence[Sequence[Tile]]
) -> Iterator[tuple[Sequence[Tile], ImageArray | None]]:
    """Yield blocks with their pixels, None where nothing is stored; one is read ahead."""

    def read(block: Sequence[Tile]) -> ImageArray | None:
        bounds = _bounds(block)
        region = Region(
            around.x0 + bounds.x0,
            around.y0 + bounds.y0,
            around.x0 + bounds.x1,
            around.y0 + bounds.y1,
        )
        return view.read(region) if view.level.is_stored(region) else None

    with ThreadPoolExecutor(max_workers=1) as pool:
        ahead: Future[ImageArray | None] = pool.submit(read, blocks[0])
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            pixels = ahead.result()
            if following is not None:
                ahead = pool.submit(read, following)
            yield block, pixels
            del pixels  # or it would stay in memory beside the next two


def _bounds(block: Sequence[Tile]) -> Region:
    """Return the smallest region that holds all tiles of a block."""
    return Region(
        min(tile.x0 for tile in block),
        min(tile.y0 for tile in block),
        max(tile.x1 for tile in block),
        max(tile.y1 for tile in block),
    )


def _moved(block: Sequence[Tile], bounds: Region) -> list[Tile]:
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


def _looked_at(sample: ImageArray, channel: int | None) -> tuple[int, ...]:
    """Return the channels of a slide to look at: of a single hue, the brightest alone."""
    if len(sample) == 1:
        return (0,)
    grey = without_color(sample)
    if len(grey) == 1:
        alike = (index for index, own in enumerate(sample) if np.array_equal(own, grey[0]))
        return (next(alike),)
    return tuple(range(len(sample))) if channel is None else (channel,)


def _shown(pixels: ImageArray, channels: tuple[int, ...]) -> ImageArray:
    return pixels if len(channels) == len(pixels) else pixels[list(channels)]
