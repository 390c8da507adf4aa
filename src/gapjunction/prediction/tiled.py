"""Find the objects of one image, tile by tile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from gapjunction.boxes import area, clip_boxes
from gapjunction.detections import Detections
from gapjunction.models.detector import Detector
from gapjunction.samples.intensity import IntensityRange, measure_intensity, normalize
from gapjunction.tiling import Tile, merge_tiles, plan_tiles

LOWEST_SCORE = 0.05  # of a network; what scores less is as good as never an object
DOUBLE_IOU = 0.5  # boxes of two tiles that overlap more are one object
SIDE_MULTIPLE = 32  # px; detectors take tiles whose sides are multiples of it

# Takes the number of tiles done, that of all, and what was found in each tile of a batch.
OnTiles = Callable[[int, int, Sequence[Detections]], None]


@dataclass(frozen=True, slots=True)
class PredictionSettings:
    """How an image is cut up, and what is kept.

    Attributes:
        tile_size: side of a tile in px, a multiple of 32.
        overlap: px that neighbouring tiles share: no less than the largest object's side.
        min_score: detections with a lower score are dropped.
        batch_size: tiles that go through the network together.
        device: where the detector is.
        magnification: tiles are shown to the detector enlarged by this factor.
    """

    tile_size: int
    overlap: int
    min_score: float
    batch_size: int = 4
    device: torch.device | str = "cpu"
    magnification: int = 1


def detect_image(
    detector: Detector,
    image: NDArray[np.uint8] | NDArray[np.uint16],
    settings: PredictionSettings,
    on_tiles: OnTiles | None = None,
) -> Detections:
    """Return what is in an image (C, H, W), in image pixels, best first.

    Only one batch of tiles is held as floats at a time. The intensity range is measured once,
    on the whole image, so that a tile looks the same whatever else it shows. `on_tiles` is
    called after each batch.
    """
    height, width = image.shape[-2:]
    tiles = plan_tiles(height, width, settings.tile_size, settings.overlap)
    intensity = measure_intensity(image)
    found: list[Detections] = []
    for first in range(0, len(tiles), settings.batch_size):
        batch = tiles[first : first + settings.batch_size]
        pixels = _stack_tiles(batch, image, intensity).to(settings.device)
        found += _detect_enlarged(detector, pixels, settings)
        if on_tiles is not None:
            on_tiles(len(found), len(tiles), found[first:])
    return _cut_to_image(merge_tiles(tiles, found, DOUBLE_IOU), height, width)


def _detect_enlarged(
    detector: Detector, tiles: Tensor, settings: PredictionSettings
) -> list[Detections]:
    """Return what is in each tile, in pixels of the tile before it was enlarged."""
    factor = settings.magnification
    if factor == 1:
        return detector.detect(tiles, settings.min_score)
    enlarged = functional.interpolate(tiles, scale_factor=factor, mode="bilinear")
    return [
        Detections(found.boxes / np.float32(factor), found.scores, found.labels)
        for found in detector.detect(enlarged, settings.min_score)
    ]


def _stack_tiles(
    tiles: Sequence[Tile], image: NDArray[np.uint8] | NDArray[np.uint16], intensity: IntensityRange
) -> Tensor:
    """Return normalised tiles (B, 3, S, S'), filled up with background to allowed sides."""
    height = _round_up(max(tile.y1 - tile.y0 for tile in tiles))
    width = _round_up(max(tile.x1 - tile.x0 for tile in tiles))
    batch = np.zeros((len(tiles), 3, height, width), np.float32)
    for row, tile in zip(batch, tiles, strict=True):
        pixels = normalize(tile.crop(image), intensity)
        row[:, : pixels.shape[1], : pixels.shape[2]] = pixels
    return torch.from_numpy(batch)


def _cut_to_image(found: Detections, height: int, width: int) -> Detections:
    """Return the detections with boxes cut at the image border; none is left without area."""
    cut = Detections(clip_boxes(found.boxes, height, width), found.scores, found.labels)
    return cut[area(cut.boxes) > 0]


def _round_up(side: int) -> int:
    return -(-side // SIDE_MULTIPLE) * SIDE_MULTIPLE
