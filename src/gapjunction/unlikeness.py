"""How unlike the images of a calibration another one is: by what a detector doubts and passes by.

Two signs tell that a count may be far off: much of what is seen is doubted, or many spots stand out
from their ground that the detector takes for nothing. Each is measured by what nearly all of the
calibration images stay below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gapjunction.config import StrictConfig

# Of the calibration images.
SHARE_BELOW_DOUBT, SHARE_BELOW_BOTH = 0.975, 0.95
USUAL = 1.0  # few images like those of the calibration are more unlike
# What images may show anyway, as a few easy ones say little of others: a fifth of what is seen is
# doubted, and there are three times as many spots as objects.
FEW = 3.0  # doubts of so few objects, or none, say little of the rest
LEAST_DOUBT, LEAST_PASSED_BY = 0.2, float(np.log(3))


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells that a count may be far off.

    Attributes:
        doubt: sum of p (1 - p) by that of p, and of `FEW` more: 0 where all is sure; below 1.
        passed_by: log of how many times more spots stand out than objects are expected.
    """

    doubt: float
    passed_by: float

    @classmethod
    def of(cls, probabilities: NDArray[np.float32], num_spots: int) -> Self:
        """Return the signs in an image: of all detections (N,), and of spots that stand out."""
        exact = probabilities.astype(np.float64)
        expected, doubted = float(exact.sum()), float((exact * (1 - exact)).sum())
        passed_by = float(np.log((num_spots + 1) / (expected + 1)))
        return cls(doubted / (expected + FEW), passed_by)


class KnownSigns(StrictConfig):
    """What nearly all images of a calibration stay below, sign by sign.

    Attributes:
        num_images: images it was fitted to.
    """

    doubt: float = Field(gt=0)
    passed_by: float = Field(gt=0)
    num_images: int = Field(ge=0)

    def unlikeness(self, signs: Signs) -> float:
        """Return how unlike the known images one is: 0 or more; 95 % of these have 1 or less."""
        return max(signs.doubt / self.doubt, signs.passed_by / self.passed_by)

    def has_passed_by(self, signs: Signs) -> bool:
        """Tell whether more spots were passed by than in the known images."""
        return signs.passed_by > self.passed_by


def fit_known_signs(signs: Sequence[Signs]) -> KnownSigns:
    """Return what these images stay below, but for the highest few; of one image, or more."""
    doubts, passed_by = np.array([(each.doubt, each.passed_by) for each in signs]).T
    doubt = np.quantile(doubts, SHARE_BELOW_DOUBT)
    most = np.quantile(passed_by[doubts <= doubt], SHARE_BELOW_BOTH / SHARE_BELOW_DOUBT)
    return KnownSigns(
        doubt=max(float(doubt), LEAST_DOUBT),
        passed_by=max(float(most), LEAST_PASSED_BY),
        num_images=len(signs),
    )
