"""How uncertain a number is, by drawing assets again and again (Efron & Tibshirani 1993).

Images of one asset resemble one another, so that the asset is what is drawn, with all its images.
"""

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """Assets drawn again and again.

    Attributes:
        num_assets: how many there are, and are drawn each time.
        weights: how often each image counts in each resample (num_resamples, num_images).
    """

    num_assets: int
    weights: NDArray[np.float64]

    @classmethod
    def draw(cls, asset_of_image: NDArray[np.int64], num_resamples: int, seed: int) -> "Resamples":
        """Draw assets; the asset of each image (num_images,) is numbered from 0."""
        weights = draw_image_weights(asset_of_image, num_resamples, np.random.default_rng(seed))
        return cls(int(asset_of_image.max(initial=-1)) + 1, weights)

    def intervals(
        self,
        metrics_of: Callable[[NDArray[np.int64]], Mapping[str, float | int | None]],
        names: Sequence[str],
    ) -> dict[str, float | None]:
        """Return `<name>_low` and `<name>_high` of metrics; nothing for a single asset.

        Args:
            metrics_of: returns the metrics of images; one that was drawn twice is given twice.
            names: the metrics that get an interval; it is None where they never have a value.
        """
        if self.num_assets < MIN_ASSETS:
            return {}
        resampled = np.full((len(names), len(self.weights)), np.nan)
        for column, weights in enumerate(self.weights.astype(np.int64)):
            values = metrics_of(np.repeat(np.arange(len(weights)), weights))
            resampled[:, column] = [np.nan if values[n] is None else values[n] for n in names]
        bounds: dict[str, float | None] = {}
        for name, values_of in zip(names, resampled, strict=True):
            interval = interval_of(values_of)
            bounds[f"{name}_low"] = None if interval is None else interval.low
            bounds[f"{name}_high"] = None if interval is None else interval.high
        return bounds


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
