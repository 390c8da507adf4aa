"""Find the objects of one image, tile by tile."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gapjunction.boxes import area, centers, clip_boxes
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import TileDetector
from gapjunction.samples.grey_shown import GreyShown, num_grey_channels
from gapjunction.samples.intensity import (
    IntensityRange,
    measure_intensity,
    normalize,
    without_color,
)
from gapjunction.tiling import SEAM_MARGIN, Tile, merge_tiles, plan_tiles

LOWEST_SCORE = 0.05  # of a network; what scores less is as good as never an object
DOUBLE_IOU = 0.5  # boxes of two tiles that overlap more are one object
SIDE_MULTIPLE = 32  # px; detectors take tiles whose sides, as they see them, are multiples of it
BRIGHT_PERCENTILE = 75
# A detector without a limit of objects takes larger tiles than it learnt from: less of the image
# is seen twice. One of this size needs about 0.3 GB.
LARGEST_TILE_PX = 1024
LARGEST_REDUCED_TILE_PX = 4096  # of the image, where it is shown reduced
GPU_BATCH_SIZE = 4

Image = NDArray[np.uint8] | NDArray[np.uint16]
# Takes the number of tiles done, that of all, and what was found in each tile of a batch.
OnTiles = Callable[[int, int, Sequence[Detections]], None]


@dataclass(frozen=True, slots=True)
class PredictionSettings:
    """How an image is cut up, and what is kept.

    Attributes:
        tile_size: side of the largest tile in px of the image.
        overlap: px that neighboring tiles share: no less than the largest object's side.
        min_score: detections with a lower score are dropped.
        batch_size: tiles that go through the network together.
        device: where the detector is.
        magnification: tiles are shown to the detector enlarged by this factor; below 1, reduced.
        grey_shown: in which channels the detector is shown grey images.
        least_span: of the intensities, as `measure_intensity` takes it.
    """

    tile_size: int
    overlap: int
    min_score: float
    batch_size: int = 4
    device: torch.device | str = "cpu"
    magnification: float = 1.0
    grey_shown: GreyShown = "in_all_channels"
    least_span: float = 0.0

    @classmethod
    def of(
        cls,
        config: DetectorConfig,
        device: torch.device,
        batch_size: int | None = None,
        scale: float = 1.0,
    ) -> Self:
        """Return the settings for a detector.

        Objects `1 / scale` times as large as those it was trained for are shown in their size:
        tiles and overlap then change with them. A detector with a limit of objects sees tiles
        no larger than it was trained for. On a CPU, one tile after the other is as fast as
        several together and takes less memory.
        """
        magnification = config.magnification * scale
        seen_px = config.tile_size * config.magnification
        if config.network.max_detections is None:
            seen_px = max(seen_px, LARGEST_TILE_PX)
        tile_size = min(int(seen_px / magnification), LARGEST_REDUCED_TILE_PX)
        objects_px = math.ceil((config.overlap - 2 * SEAM_MARGIN) / scale)
        return cls(
            tile_size=tile_size,
            overlap=min(objects_px + 2 * SEAM_MARGIN, tile_size // 2),
            min_score=LOWEST_SCORE,
            batch_size=batch_size or (1 if device.type == "cpu" else GPU_BATCH_SIZE),
            device=device,
            magnification=magnification,
            grey_shown=config.network.grey_shown,
        )


def detect_image(
    detector: TileDetector,
    image: Image,
    settings: PredictionSettings,
    on_tiles: OnTiles | None = None,
) -> Detections:
    """Return what is in an image (C, H, W), in image pixels, best first.

    Only one batch of tiles is held as floats at a time. The intensity range is measured once,
    on the whole image, so that a tile looks the same whatever else it shows; an image of a single
    hue is taken as grey. `on_tiles` is called after each batch.
    """
    height, width = image.shape[-2:]
    tiles = tiles_of(height, width, settings)
    image = without_color(image)
    intensities = intensity_table(image.dtype, measure_intensity(image, settings.least_span))
    found: list[Detections] = []
    for batch in detect_tiles(detector, image, tiles, intensities, settings):
        found += batch
        if on_tiles is not None:
            on_tiles(len(found), len(tiles), batch)
    return _cut_to_image(merge_tiles(tiles, found, DOUBLE_IOU), height, width)


def tiles_of(height: int, width: int, settings: PredictionSettings) -> list[Tile]:
    """Return the tiles that an image is cut up into, row by row."""
    side_multiple = max(round(SIDE_MULTIPLE / settings.magnification), 1)
    return plan_tiles(height, width, settings.tile_size, settings.overlap, side_multiple)


def detect_tiles(
    detector: TileDetector,
    image: Image,
    tiles: Sequence[Tile],
    intensities: NDArray[np.float32],
    settings: PredictionSettings,
) -> Iterator[list[Detections]]:
    """Yield what is in tiles of an image (C, H, W), in pixels of each, batch by batch.

    `intensities` are what `intensity_table` makes of the whole image's range.
    """
    for first in range(0, len(tiles), settings.batch_size):
        batch = tiles[first : first + settings.batch_size]
        pixels = _stack_tiles(batch, image, intensities, settings)
        yield _detect_enlarged(detector, pixels.to(settings.device), settings)


def _detect_enlarged(
    detector: TileDetector, tiles: Tensor, settings: PredictionSettings
) -> list[Detections]:
    """Return what is in each tile, in pixels of the tile before it was enlarged."""
    factor = settings.magnification
    if factor == 1:
        return detector.detect(tiles, settings.min_score)
    enlarged = functional.interpolate(
        tiles, scale_factor=factor, mode="bilinear", antialias=factor < 1
    )
    height, width = (side // SIDE_MULTIPLE * SIDE_MULTIPLE for side in enlarged.shape[-2:])
    return [
        Detections(found.boxes / np.float32(factor), found.scores, found.labels)
        for found in detector.detect(enlarged[..., :height, :width], settings.min_score)
    ]


def intensity_table(dtype: np.dtype[Any], intensity: IntensityRange) -> NDArray[np.float32]:
    """Return what each grey value becomes, (3, 256) or (3, 65536): looking up beats computing."""
    levels = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    shape = len(intensity.spans), 1, len(levels)
    as_image: Image = np.broadcast_to(levels, shape)
    return normalize(as_image, intensity)[:, 0]


def _stack_tiles(
    tiles: Sequence[Tile],
    image: Image,
    intensities: NDArray[np.float32],
    settings: PredictionSettings,
) -> Tensor:
    """Return normalized tiles (B, 3, S, S'), filled up with background.

    Enlarged, their sides are multiples of `SIDE_MULTIPLE`, or a few px more.
    """
    height = _filled_side(max(tile.y1 - tile.y0 for tile in tiles), settings.magnification)
    width = _filled_side(max(tile.x1 - tile.x0 for tile in tiles), settings.magnification)
    num_channels = num_grey_channels(settings.grey_shown) if len(image) == 1 else len(image)
    batch = np.zeros((len(tiles), 3, height, width), np.float32)
    for row, tile in zip(batch, tiles, strict=True):
        pixels = tile.crop(image)
        for index, channel in enumerate(row[:num_channels]):
            shown = intensities[index][pixels[index % len(pixels)]]
            channel[:] = _filled_up(shown, height, width)
    return torch.from_numpy(batch)


def _filled_up(channel: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Return a channel (H, W) with noise below and to the right of it: the mirror image of its own.

    Against a smooth filling, bright noise at the border would stand out like a plaque. What is
    bright in the mirror image is left out: together with it, a plaque would look like another.
    """
    own_height, own_width = channel.shape
    if (own_height, own_width) == (height, width):
        return channel
    missing = [(0, height - own_height), (0, width - own_width)]
    mirrored = np.pad(channel, missing, mode="symmetric")
    middle, bright = np.percentile(channel, (50, BRIGHT_PERCENTILE))
    filled = np.where(mirrored > bright, np.float32(middle), mirrored)
    filled[:own_height, :own_width] = channel
    return filled


def _cut_to_image(found: Detections, height: int, width: int) -> Detections:
    """Return the detections whose middle is in the image, with boxes cut at its border."""
    middles = centers(found.boxes)
    is_inside = ((middles >= 0) & (middles < (width, height))).all(axis=1)
    cut = Detections(clip_boxes(found.boxes, height, width), found.scores, found.labels)
    return cut[is_inside & (area(cut.boxes) > 0)]


def _filled_side(side: int, magnification: float) -> int:
    """Return the side to fill a tile up to, so that it becomes an allowed one when enlarged."""
    allowed = math.ceil(side * magnification / SIDE_MULTIPLE) * SIDE_MULTIPLE
    filled = math.ceil(allowed / magnification)
    return filled if math.floor(filled * magnification) >= allowed else filled + 1
