"""How bright objects are beside the brightest of their image, and what that says of them.

People mark what is bright beside the brightest, whatever else there is to see. A network tells
objects by their looks, and has no scale for that: a model that was trained on annotations learns
from them how much brightness says besides its scores. In color it says nothing, as lipofuscin is
as bright as plaques.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import expit

from gapjunction.calibration import logits
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

# Standard deviations of the two Gaussians whose difference tells how far an object rises.
NARROW_PX = 1.0  # against noise; the light of the smallest objects is wider
WIDE, LEAST_WIDE_PX = 0.4, 6.0  # WIDE times a box's longer side
TRUNCATED = 3.0  # standard deviations
BRIGHTEST_SHARE = 0.9  # of the objects to be expected, this share is dimmer than the brightest are
LEAST_SHARE = 1e-6  # of the brightest: what does not rise at all has a logarithm, too


class Brightness(StrictConfig):
    """What the brightness of objects says besides their probabilities.

    Attributes:
        slope, odds_per_octave, intercept: log odds = slope * logit(probability) +
            odds_per_octave * log2(brightness in that of the brightest) + intercept.
    """

    slope: float = Field(default=1.0, gt=0)
    odds_per_octave: float = 0.0
    intercept: float = 0.0

    def weighed(self, seen: Detections, octaves: NDArray[np.float64]) -> Detections:
        """Return what was seen, with probabilities by which brightness has its say.

        `seen` has probabilities for scores, `octaves` (N,) are those of `rises_in_octaves`.
        """
        odds = self.slope * logits(seen.scores) + self.odds_per_octave * octaves + self.intercept
        probabilities: NDArray[np.float64] = expit(odds)
        return Detections(seen.boxes, probabilities.astype(np.float32), seen.labels)

    def then(self, slope: float, intercept: float) -> "Brightness":
        """Return what gives slope * logit + intercept of what this one gives."""
        return self.but(
            slope=slope * self.slope,
            odds_per_octave=slope * self.odds_per_octave,
            intercept=slope * self.intercept + intercept,
        )


def rises_in_octaves(
    rises: NDArray[np.float64], probabilities: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return log2 of how bright objects (N,) are in that of the brightest.

    `rises` are those of `measure_rises`.
    """
    if not len(rises):
        return rises
    octaves: NDArray[np.float64] = np.log2(relative_to_brightest(rises, probabilities))
    return octaves


def relative_to_brightest(
    rises: NDArray[np.float64], probabilities: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how bright objects (N,) are beside the brightest, above 0.

    One in ten of the objects that are to be expected, by their probabilities, is brighter than 1.
    """
    rises = np.maximum(rises, max(rises.max() * LEAST_SHARE, np.finfo(np.float32).tiny))
    order = np.argsort(rises, kind="stable")
    expected = np.cumsum(probabilities[order], dtype=np.float64)
    brightest = int(np.searchsorted(expected, BRIGHTEST_SHARE * expected[-1]))
    relative: NDArray[np.float64] = rises / rises[order[brightest]]
    return relative


def measure_rises(boxes: NDArray[np.float32], channel: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return how far the peaks of boxes (N, 4) of a channel (H, W) rise above what surrounds them.

    In grey values: the greatest difference of Gaussians (Marr and Hildreth 1980, "Theory of edge
    detection") about the center of a box; below 0 where the surroundings are brighter.
    """
    return np.array([_rise(channel, box) for box in boxes.tolist()], np.float64)


def reach_px(boxes: NDArray[np.float32]) -> int:
    """Return how far from their centers boxes (N, 4) have surroundings, at most."""
    longest = float((boxes[:, 2:] - boxes[:, :2]).max(initial=0.0))
    return int(TRUNCATED * _wide_px(longest))


def _rise(channel: NDArray[np.generic], box: list[float]) -> float:
    height, width = channel.shape
    x0, y0, x1, y1 = box
    x = min(max(int((x0 + x1) / 2), 0), width - 1)
    y = min(max(int((y0 + y1) / 2), 0), height - 1)
    wide_px = _wide_px(max(x1 - x0, y1 - y0))
    reach = int(TRUNCATED * wide_px)
    steps = np.arange(-reach, reach + 1)
    # Beyond its border an image goes on as it ends.
    rows, columns = np.clip(y + steps, 0, height - 1), np.clip(x + steps, 0, width - 1)
    around = channel[np.ix_(rows, columns)].astype(np.float64)
    around -= around[reach, reach]  # even light is 0, to the last digit
    return float((_smoothed(around, NARROW_PX) - _smoothed(around, wide_px)).max())


def _wide_px(side_px: float) -> float:
    return max(WIDE * side_px, LEAST_WIDE_PX)


def _smoothed(around: NDArray[np.float64], sigma_px: float) -> NDArray[np.float64]:
    """Return Gaussian means about the middle pixel and its neighbors (3, 3) of a square."""
    places = np.arange(len(around)) - len(around) // 2
    weights = np.exp(-((places[:, None] - np.arange(-1, 2)) ** 2) / (2 * sigma_px**2))
    weights /= weights.sum(axis=0)
    means: NDArray[np.float64] = weights.T @ around @ weights
    return means
