"""What people would mark where a detector doubts: what stands out most from its surroundings.

A network trained on other images may find much and be sure of little. In color, it is right to:
lipofuscin shines in several channels, and is as bright as plaques. In a single channel, nothing but
brightness is left to tell by, and people mark what is bright beside the brightest of the image.
So the odds of what was found there grow with its brightness, the more so the more is doubted, and
not at all where the doubts are as few as in images like those that the detector learnt from. That
changes what is counted, but makes nobody surer: as much is doubted afterwards as before.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.ndimage import gaussian_filter
from scipy.special import expit

from gapjunction.calibration import logits
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.unlikeness import Signs

SMOOTHING_PX = 1.0  # against noise; the light of the smallest objects is wider
SURROUNDINGS = 3.0  # times a box's longer side
LEAST_SURROUNDINGS_PX = 21.0
BACKGROUND_PERCENT = 20.0  # of the surroundings, which may be full of other objects
BRIGHTEST_SHARE = 0.9  # of the objects to be expected, this share is dimmer than the brightest are
LEAST_SHARE = 1e-6  # of the brightest: what does not rise at all has a logarithm, too
PROBABLE = 0.5
USUAL_PROBABLE_SHARE = 0.1  # of all that is found; where less is probable, there may be no object
HALVINGS = 20  # of the range in which a factor is searched for
FEW = 2.0  # so few probable objects say little of how bright objects are


class Salience(StrictConfig):
    """How far brightness decides where a detector doubts.

    Attributes:
        usual_doubt: where no more is doubted (`Signs.doubt`), brightness changes nothing.
        odds_per_doubt: by how much the logarithm of the odds grows for each doubling of
            brightness, per doubt beyond the usual.
        even_octaves: log2 of the brightness at which odds stay, in that of the brightest.
    """

    usual_doubt: float = Field(ge=0)
    odds_per_doubt: float = Field(ge=0)
    even_octaves: float

    def weighed(self, seen: Detections, image: NDArray[np.generic], threshold: float) -> Detections:
        """Return what was seen in an image (C, H, W), with what its brightness tells.

        Scores are probabilities, of all that was seen whether it counts or not; objects count from
        `threshold` on. Order and boxes stay. An image with several channels is returned as it is.
        """
        if len(image) != 1:
            return seen
        return self.weighed_by(seen, lambda: measure_rises(seen.boxes, image[0]), threshold)

    def weighed_by(
        self, seen: Detections, measured: Callable[[], NDArray[np.float64]], threshold: float
    ) -> Detections:
        """Return what was seen in one channel, with what its brightness tells.

        `measured` returns how far each object (N,) rises, as `measure_rises` does; it is called
        where that matters.
        """
        weight = self._weight(seen.scores)
        if not weight:
            return seen
        octaves = np.log2(relative_to_brightest(measured(), seen.scores)) - self.even_octaves
        scores = _as_doubtful(logits(seen.scores) + weight * octaves, seen.scores, threshold)
        return Detections(seen.boxes, scores, seen.labels)

    def _weight(self, probabilities: NDArray[np.float32]) -> float:
        """Return by how much the log odds grow per octave, 0 or more."""
        num_probable = int((probabilities >= PROBABLE).sum())
        doubt = Signs.of(probabilities, 0).doubt - self.usual_doubt
        if doubt <= 0 or not num_probable:
            return 0.0
        share = min(num_probable / len(probabilities) / USUAL_PROBABLE_SHARE, 1.0)
        return self.odds_per_doubt * doubt * share * num_probable / (num_probable + FEW)


def _as_doubtful(
    log_odds: NDArray[np.float64], before: NDArray[np.float32], threshold: float
) -> NDArray[np.float32]:
    """Return probabilities (N,) that are doubted as much as those before.

    Log odds are drawn towards those of the threshold by one factor; what counts stays the same.
    """
    (middle,) = logits(np.array([threshold], np.float32))
    doubt = Signs.of(before, 0).doubt

    def drawn(factor: float) -> NDArray[np.float32]:
        probabilities: NDArray[np.float64] = expit(middle + factor * (log_odds - middle))
        return probabilities.astype(np.float32)

    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        factor = (low + high) / 2
        if Signs.of(drawn(factor), 0).doubt < doubt:
            high = factor
        else:
            low = factor
    return drawn(high)


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
