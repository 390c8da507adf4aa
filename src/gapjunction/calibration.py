"""What scores and counts mean: the probability that a detection is right, and count intervals.

A network's scores rank its detections, but a score of 0.5 need not be right half of the time.
Platt scaling (Platt 1999) makes probabilities of them, with two numbers that are fitted to images
with annotations. An image's count then has a variance: each detection is right or not, and some
objects are missed. What is doubted in an image is often of one kind and right, or wrong, together:
then the error grows with the variance and not with its root (Williams 1982), and more so where much
of what is seen is doubted. What is missed of a tissue is a share of what is there.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import t as student

from gapjunction.config import StrictConfig
from gapjunction.count_intervals import Reach
from gapjunction.detections import Detections

SCORE_MARGIN = 1e-6  # scores nearer to 0 or 1 are taken to be as near as this
LEVEL = 0.95  # share of images whose true count an interval should hold


class Calibration(StrictConfig):
    """How scores of one detector become probabilities, and counts intervals.

    Attributes:
        slope, intercept: probability = sigmoid(slope * logit(score) + intercept).
        missed_share: share of annotated objects without any detection.
        dispersion: variance of the counts' errors, relative to what the probabilities say, of
            models that were fitted before `shared_doubt` was; 1 since.
        shared_doubt: how far the doubts of an image are right or wrong together, of models that
            were fitted before `doubt_spread` was; 0 since.
        doubt_spread: how far they are; 0: not at all.
        size_spread: by what share of themselves counts err beside that.
        num_images: images it was fitted to; few make intervals wide.
        reach: how far counts err, in what the doubts tell; None of models that were fitted before
            it was: their images are taken for animals that err alike.
    """

    slope: float = Field(default=1.0, gt=0)
    intercept: float = 0.0
    missed_share: float = Field(default=0.0, ge=0, le=1)
    dispersion: float = Field(default=1.0, gt=0)
    shared_doubt: float = Field(default=0.0, ge=0)
    doubt_spread: float = Field(default=0.0, ge=0)
    size_spread: float = Field(default=0.0, ge=0)
    num_images: int = Field(default=0, ge=0)
    reach: Reach | None = None

    @property
    def known_reach(self) -> Reach:
        """How far counts err; fitted to fewer than two images, it is as that of two."""
        if self.reach is not None:
            return self.reach
        usual = float(student.ppf((1 + LEVEL) / 2, max(self.num_images - 1, 1)))
        return Reach(
            image=usual,
            animal=usual,
            within_animals=1.0,
            between_animals=1.0,
            num_animals=max(self.num_images, 1),
        )

    def to_probabilities(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability that a detection with such a score (N,) is right."""
        line = self.slope * logits(scores) + self.intercept
        return (1 / (1 + np.exp(-line))).astype(np.float32)

    def after(self, first: "Calibration") -> "Calibration":
        """Return the calibration that does what `first` does, and then what this one does."""
        return self.but(
            slope=self.slope * first.slope,
            intercept=self.slope * first.intercept + self.intercept,
        )

    def calibrated(self, found: Detections) -> Detections:
        """Return detections whose scores are probabilities; their order stays."""
        return Detections(found.boxes, self.to_probabilities(found.scores), found.labels)

    def deviation(self, probabilities: NDArray[np.float32]) -> float:
        """Return what the doubts of an image tell of its count: the standard deviation, 1 or more.

        `probabilities` are those of all detections of the image, counted or not.
        """
        (deviation,) = self.deviations([probabilities]).tolist()
        return float(deviation)

    def deviations(self, images: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
        """Return `deviation` of each of some images (N,)."""
        alone = np.array([count_variance(each, self.missed_share) for each in images], np.float64)
        doubt = np.array([doubt_share(each) for each in images], np.float64)
        expected = np.array([each.sum(dtype=np.float64) for each in images], np.float64)
        together = self.shared_doubt * doubt * alone**2 + (self.doubt_spread * doubt * alone) ** 2
        spread = self.dispersion * alone + together + (self.size_spread * expected) ** 2
        return np.sqrt(spread)

    def half_width(self, probabilities: NDArray[np.float32], widened: float = 1.0) -> float:
        """Return how far the true count of an image may lie above the one found.

        `probabilities` are as in `deviation`; it is larger by the factor `widened`.
        """
        return widened * self.known_reach.image * self.deviation(probabilities)


def logits(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return log(p / (1 - p)) of scores (N,), which may be 0 or 1."""
    kept = np.clip(scores.astype(np.float64), SCORE_MARGIN, 1 - SCORE_MARGIN)
    odds: NDArray[np.float64] = np.log(kept / (1 - kept))
    return odds


def count_variance(probabilities: NDArray[np.float32], missed_share: float) -> float:
    """Return the variance of an image's count if every detection is right on its own account.

    Missed objects are as a Poisson variable. It is at least 1: no count is surer than that.
    """
    exact = probabilities.astype(np.float64)
    expected_missed = missed_share * float(exact.sum()) / max(1 - missed_share, SCORE_MARGIN)
    return max(float((exact * (1 - exact)).sum()) + expected_missed, 1.0)


def doubt_share(probabilities: NDArray[np.float32]) -> float:
    """Return how much of what is seen is doubted: 0 if all is sure, or nothing is seen; below 1.

    It is the sum of p (1 - p), the variance of coin flips, by that of p.
    """
    exact = probabilities.astype(np.float64)
    return float((exact * (1 - exact)).sum() / max(exact.sum(), SCORE_MARGIN))
