"""In what size a detector sees objects best, in images whose pixel size is not known."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import TileDetector
from gapjunction.prediction.tiled import PredictionSettings, detect_image

SCALES = (1.0, 0.5, 0.25)
# An object of usual size is seen at several scales. A smaller one has to show clearly more.
CLEARLY_MORE = 1.25
LEAST_SEEN = 5.0  # objects, by their probabilities; fewer say nothing about their size
SIDE_PX = 768  # the middle of an image, so large, is looked at
# Share of what is seen in reduced images that is doubted. Large objects are clear: nuclei had 0.08
# to 0.13 (real ones), clumps of granules in fields without any plaque 0.18 and more (simulated).
MOST_DOUBTED = 0.15


def estimate_scale(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[NDArray[np.uint8] | NDArray[np.uint16]],
    device: torch.device,
) -> float:
    """Return the factor to show images (C, H, W) with, so that objects are seen best.

    Objects that are too large for a detector are seen in parts or not at all, and whole in a
    reduced image. The largest scale counts at which hardly less is seen than at the best one;
    a reduced one only where what is seen there is clear.
    """
    looks = _looks(detector, config, images, device, SCALES)
    seen = np.array([_counted(own, config) for own in looks])
    if seen.max() < LEAST_SEEN:
        return 1.0
    is_clear = np.array([_doubted_share(own) <= MOST_DOUBTED for own in looks])
    is_clear[0] = True
    is_enough = seen * CLEARLY_MORE >= seen[is_clear].max()
    return SCALES[int(np.argmax(is_enough & is_clear))]


def probability_seen(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[NDArray[np.uint8] | NDArray[np.uint16]],
    device: torch.device,
    scales: Sequence[float],
) -> NDArray[np.float64]:
    """Return what is seen in the middles of images (C, H, W) shown at each of the scales.

    It is the sum of the probabilities of all objects that would be counted, in all images
    together; 0 where there is no image.
    """
    looks = _looks(detector, config, images, device, scales)
    return np.array([_counted(own, config) for own in looks])


def _looks(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[NDArray[np.uint8] | NDArray[np.uint16]],
    device: torch.device,
    scales: Sequence[float],
) -> list[NDArray[np.float64]]:
    """Return the probabilities (N,) of all that is seen in the middles of images at each scale."""
    looks: list[list[NDArray[np.float32]]] = [[] for _ in scales]
    for image in images:
        part = middle_part(image, SIDE_PX)
        for own, scale in zip(looks, scales, strict=True):
            settings = PredictionSettings.of(config, device, scale=scale)
            found = config.calibration.calibrated(detect_image(detector, part, settings))
            own.append(found.scores)
    return [np.concatenate([np.zeros(0), *own]) for own in looks]


def _counted(probabilities: NDArray[np.float64], config: DetectorConfig) -> float:
    return float(probabilities[probabilities >= config.score_threshold].sum())


def _doubted_share(probabilities: NDArray[np.float64]) -> float:
    total = float(probabilities.sum())
    return float((probabilities * (1 - probabilities)).sum()) / total if total else 1.0


def middle_part(
    image: NDArray[np.uint8] | NDArray[np.uint16], side_px: float
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the middle of an image (C, H, W), at most `side_px` high and wide."""
    side = round(side_px)
    height, width = image.shape[-2:]
    y0, x0 = max(height - side, 0) // 2, max(width - side, 0) // 2
    return image[:, y0 : y0 + side, x0 : x0 + side]


def parts_beside_middle(
    image: NDArray[np.uint8] | NDArray[np.uint16], side_px: float
) -> Iterator[NDArray[np.uint8] | NDArray[np.uint16]]:
    """Yield the rest of an image (C, H, W) in parts of the size of its middle, nearest first.

    Those at the border are smaller.
    """
    side = round(side_px)
    middle = tuple(max(size - side, 0) // 2 for size in image.shape[-2:])
    sizes_and_starts = zip(image.shape[-2:], middle, strict=True)
    tops, lefts = (range(-(-start % side), size, side) for size, start in sizes_and_starts)
    places = [place for place in product(tops, lefts) if place != middle]
    places.sort(key=lambda place: np.hypot(*np.subtract(place, middle)))
    for y0, x0 in places:
        yield image[:, max(y0, 0) : y0 + side, max(x0, 0) : x0 + side]
