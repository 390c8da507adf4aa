"""How uncertain a number is, by drawing assets again and again (Efron & Tibshirani 1993).

Images of one asset resemble one another, so that the asset is what is drawn, with all its images.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
MIN_ASSETS = 2  # one asset says nothing about others


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds that hold the true value in 95 % of studies like this one."""

    low: float
    high: float


def draw_image_weights(
    asset_of_image: NDArray[np.int64], num_resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return how often each image counts in each resample: (num_resamples, num_images).

    As many assets are drawn as there are, with replacement; assets are numbered from 0.
    """
    num_assets = int(asset_of_image.max(initial=-1)) + 1
    if num_assets == 0:
        return np.zeros((num_resamples, 0))
    chances = np.full(num_assets, 1 / num_assets)
    drawn = rng.multinomial(num_assets, chances, size=num_resamples)
    return drawn[:, asset_of_image].astype(np.float64)


def interval_of(resampled: NDArray[np.float64]) -> Interval | None:
    """Return the 2.5th and 97.5th percentile of a metric's values (num_resamples,).

    Resamples in which it is not defined (NaN) are left out; None if it never is.
    """
    defined = resampled[~np.isnan(resampled)]
    if not len(defined):
        return None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(defined, [tail, 100 - tail])
    return Interval(float(low), float(high))


def two_sided_p(differences: NDArray[np.float64]) -> float | None:
    """Return how often a paired difference (num_resamples,) falls on the rarer side of 0, twice.

    The observed sample counts as one resample more, so that p is never 0 (Davison & Hinkley
    1997). Differences that are not defined (NaN) are left out; None if none is.
    """
    defined = differences[~np.isnan(differences)]
    if not len(defined):
        return None
    rarer = min(int((defined <= 0).sum()), int((defined >= 0).sum()))
    return min(2 * (rarer + 1) / (len(defined) + 1), 1.0)
