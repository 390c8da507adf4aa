"""How bright objects are beside the brightest of their image, and what that says of them.

People mark what is bright beside the brightest, whatever else there is to see. A network tells
objects by their looks, and has no scale for that: a model that was trained on annotations learns
from them how much brightness says besides its scores. In color it says nothing, as lipofuscin is
as bright as plaques.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.ndimage import gaussian_filter
from scipy.special import expit

from gapjunction.calibration import logits
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

SMOOTHING_PX = 1.0  # against noise; the light of the smallest objects is wider
SURROUNDINGS = 3.0  # times a box's longer side
LEAST_SURROUNDINGS_PX = 21.0
BACKGROUND_PERCENT = 20.0  # of the surroundings, which may be full of other objects
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
    """Return how far the peaks of boxes (N, 4) of a channel (H, W) are above what surrounds them.

    In grey values; below 0 where the surroundings are brighter.
    """
    return np.array([_rise(channel, box) for box in boxes.tolist()], np.float64)


def _rise(channel: NDArray[np.generic], box: list[float]) -> float:
    """Return how far the brightest about the center of a box is above what surrounds the box."""
    height, width = channel.shape
    x0, y0, x1, y1 = box
    x = min(max(int((x0 + x1) / 2), 0), width - 1)
    y = min(max(int((y0 + y1) / 2), 0), height - 1)
    reach = int(max(SURROUNDINGS * max(x1 - x0, y1 - y0), LEAST_SURROUNDINGS_PX) / 2)
    left, top = max(x - reach, 0), max(y - reach, 0)
    around = channel[top : y + reach + 1, left : x + reach + 1].astype(np.float32)
    smooth = gaussian_filter(around, SMOOTHING_PX)
    x, y = x - left, y - top
    middle = smooth[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
    return float(middle.max()) - float(np.percentile(smooth, BACKGROUND_PERCENT))
