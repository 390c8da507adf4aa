"""Light of known objects, for tests of what is measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections

FINER = 8  # steps in a pixel in which an ellipse is drawn


def ellipse_light(
    axes_px: tuple[float, float], sigma_px: float, side: int = 40, degrees: float = 0.0
) -> NDArray[np.float32]:
    """Return (side, side) light of 1000 from an ellipse in the middle, blurred, without noise."""
    at = (np.arange(side * FINER) + 0.5) / FINER - side / 2
    x, y = np.meshgrid(at, at)
    turn = np.deg2rad(degrees)
    along = x * np.cos(turn) - y * np.sin(turn)
    across = x * np.sin(turn) + y * np.cos(turn)
    inside = (2 * along / axes_px[0]) ** 2 + (2 * across / axes_px[1]) ** 2 <= 1
    blurred = ndimage.gaussian_filter(inside.astype(np.float64), sigma_px * FINER)
    light: NDArray[np.float32] = 1000 * blurred.reshape(side, FINER, side, FINER).mean(
        axis=(1, 3)
    ).astype(np.float32)
    return light


def spot_light(
    center: tuple[float, float], sigma_px: float, height: float, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return (H, W) light of a Gaussian at x, y; pixel i reaches from i to i + 1."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    distance2 = (x - center[0]) ** 2 + (y - center[1]) ** 2
    light: NDArray[np.float64] = height * np.exp(-distance2 / (2 * sigma_px**2))
    return light


def boxed(boxes: Sequence[Sequence[float]]) -> Detections:
    """Return detections of class 0 and score 1 in these boxes."""
    number = len(boxes)
    return Detections(as_boxes(boxes), np.ones(number, np.float32), np.zeros(number, np.int64))
