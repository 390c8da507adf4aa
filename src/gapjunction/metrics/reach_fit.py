"""Fit how far counts reach to images of animals whose counts were wrong.

Degrees of freedom count animals, and images as far as those of one animal err apart. From
`ENOUGH_ANIMALS` on no distribution is assumed (hierarchical conformal prediction; Lee, Barber &
Willett 2023).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from gapjunction.calibration import LEVEL
from gapjunction.count_intervals import Reach, half_width_to

ENOUGH_ANIMALS = 20  # the least of whose most extreme 95 % can be told
LEAST_REACH = 1e-3  # counts that were never wrong have intervals, too
# Few animals say little of how alike their images err: two more whose images err fully alike.
PRIOR_ANIMALS = 2


@dataclass(frozen=True, slots=True)
class CountError:
    """A count of an image, what it should be, and the standard deviation that its doubts tell."""

    true_count: int
    count: int
    deviation: float

    @property
    def relative(self) -> float:
        """By how many standard deviations the true count is above the count, or below."""
        size = half_width_to(self.true_count, self.count) / self.deviation
        return size if self.true_count >= self.count else -size


Animal = Sequence[CountError]  # of its images, one or more


def fit_reach(animals: Sequence[Animal]) -> Reach | None:
    """Return how far the counts of other animals' images reach, and their totals; None of none.

    The threshold that an animal is counted by must not be fitted to it.
    """
    if not animals:
        return None
    errors = [np.array([each.relative for each in own]) for own in animals]
    within = _correlation(errors)
    totals = [np.array([_total(own, within).relative]) for own in animals]
    return Reach(
        image=_reach(errors, within),
        animal=_reach(totals, within),
        within_animals=within,
        between_animals=1 / len(animals),  # by what the mean of so many animals is off
        num_animals=len(animals),
    )


def _total(images: Animal, correlation: float) -> CountError:
    """Return the error of an animal's total, relative to what its images' doubts tell."""
    deviations = np.array([each.deviation for each in images])
    alike, apart = deviations.sum() ** 2, (deviations**2).sum()
    return CountError(
        sum(each.true_count for each in images),
        sum(each.count for each in images),
        float(np.sqrt(correlation * alike + (1 - correlation) * apart)),
    )


def _correlation(errors: Sequence[NDArray[np.float64]]) -> float:
    """Return how alike the errors of an animal's images are, about 0 and not about their mean.

    What all animals err alike by is part of it: it is in the total of each.
    """
    several = [own for own in errors if len(own) > 1]
    products = [(own.sum() ** 2 - (own**2).sum()) / (len(own) * (len(own) - 1)) for own in several]
    squares = [(own**2).mean() for own in several]
    typical = float(np.mean(squares)) if squares else 0.0
    if typical == 0:
        return 1.0
    weighted = float(np.sum(products)) / typical + PRIOR_ANIMALS
    return float(np.clip(weighted / (len(several) + PRIOR_ANIMALS), 0, 1))


def _reach(errors: Sequence[NDArray[np.float64]], correlation: float) -> float:
    """Return what the errors of 95 % of other animals' images are below; animals weigh alike."""
    if len(errors) >= ENOUGH_ANIMALS:
        return max(_conformal(errors), LEAST_REACH)
    mean_square = float(np.mean([(own**2).mean() for own in errors]))
    freedom = _freedom([len(own) for own in errors], correlation)
    usual = float(student.ppf((1 + LEVEL) / 2, freedom))
    return max(usual * float(np.sqrt(mean_square)), LEAST_REACH)


def _freedom(num_images: Sequence[int], correlation: float) -> float:
    """Return the degrees of freedom of the mean over animals of mean squares, 1 or more.

    By the variance of squares of normal errors of which those of one animal have this correlation
    (Satterthwaite 1946); one is spent on the threshold.
    """
    parts = [(1 + (number - 1) * correlation**2) / number for number in num_images]
    return max(len(parts) ** 2 / sum(parts) - 1, 1.0)


def _conformal(errors: Sequence[NDArray[np.float64]]) -> float:
    """Return the least size that no more than 5 % exceed, if one more animal did so wholly."""
    sizes = np.abs(np.concatenate(errors))
    weights = np.concatenate([np.full(len(own), 1 / len(own)) for own in errors])
    order = np.argsort(sizes, kind="stable")
    held = np.cumsum(weights[order]) / (len(errors) + 1)
    return float(sizes[order][np.searchsorted(held, LEVEL - 1e-9)])
