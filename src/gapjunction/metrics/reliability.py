"""Are scores probabilities? How many detections of each score are right, against the score."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_BINS = 10
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Detections by score, in ten bins of the same width; empty bins are NaN.

    Attributes:
        low: the lower end of each bin (10,); the last bin holds a score of 1, too.
        number: detections in each.
        mean_score: of these.
        share_right: of these.
    """

    low: FloatArray
    number: NDArray[np.int64]
    mean_score: FloatArray
    share_right: FloatArray

    @property
    def error(self) -> float | None:
        """The expected calibration error: how far share and score differ in a detection's bin.

        The mean over detections; None without any. It is above 0 by chance alone.
        """
        if not self.number.sum():
            return None
        is_used = self.number > 0
        difference = np.abs(self.mean_score - self.share_right)[is_used]
        return float(difference @ self.number[is_used] / self.number.sum())


def reliability_of(scores: NDArray[np.float32], is_right: NDArray[np.bool_]) -> Reliability:
    """Sort detections into bins of their score (N,), from 0 to 1, and look which are right (N,)."""
    exact = scores.astype(np.float64)
    bins = np.minimum((exact * NUM_BINS).astype(np.int64), NUM_BINS - 1)
    number = np.bincount(bins, minlength=NUM_BINS).astype(np.int64)
    return Reliability(
        np.arange(NUM_BINS) / NUM_BINS,
        number,
        _mean(bins, exact, number),
        _mean(bins, is_right.astype(np.float64), number),
    )


def _mean(bins: NDArray[np.int64], values: FloatArray, number: NDArray[np.int64]) -> FloatArray:
    """Return the mean of the values (N,) in each bin, NaN where it is empty."""
    sums = np.bincount(bins, values, NUM_BINS)
    mean: FloatArray = np.where(number > 0, sums / np.maximum(number, 1), np.nan)
    return mean
