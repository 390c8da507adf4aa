"""In what size a detector sees objects best, in images whose pixel size is not known."""

from collections.abc import Iterable, Sequence

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


def estimate_scale(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[NDArray[np.uint8] | NDArray[np.uint16]],
    device: torch.device,
) -> float:
    """Return the factor to show images (C, H, W) with, so that objects are seen best.

    Objects that are too large for a detector are seen in parts or not at all, and whole in a
    reduced image. The largest scale counts at which hardly less is seen than at the best one.
    """
    seen = probability_seen(detector, config, images, device, SCALES)
    if seen.max() < LEAST_SEEN:
        return 1.0
    is_enough = seen * CLEARLY_MORE >= seen.max()
    return SCALES[int(np.argmax(is_enough))]


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
    seen = np.zeros(len(scales))
    for image in images:
        part = middle_part(image, SIDE_PX)
        for place, scale in enumerate(scales):
            settings = PredictionSettings.of(config, device, scale=scale)
            found = config.calibration.calibrated(detect_image(detector, part, settings))
            seen[place] += found.scored_at_least(config.score_threshold).scores.sum()
    return seen


def middle_part(
    image: NDArray[np.uint8] | NDArray[np.uint16], side_px: float
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the middle of an image (C, H, W), at most `side_px` high and wide."""
    side = round(side_px)
    height, width = image.shape[-2:]
    y0, x0 = max(height - side, 0) // 2, max(width - side, 0) // 2
    return image[:, y0 : y0 + side, x0 : x0 + side]
