"""How far groups of assets differ, within strata: ratio of means, Hedges' g, rank correlation.

A stratum holds assets that may be exchanged if the group makes no difference: those of one dataset,
which share species, staining and microscope. Values are scaled by their stratum's mean, so that a
dataset with many objects does not outvote one with few. docs/metrics.md has the formulas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from gapjunction.metrics.interval import CONFIDENCE, MIN_ASSETS, Interval

FloatArray = NDArray[np.float64]

PERFECT = 1 - 1e-9  # a correlation above it is 1 but for rounding


@dataclass(frozen=True, slots=True, eq=False)
class TwoGroups:
    """One value for each asset of two groups of a stratum, shapes (N,) and (M,)."""

    first: FloatArray
    second: FloatArray

    def __len__(self) -> int:
        """Return how many assets both have together."""
        return len(self.first) + len(self.second)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Two values for each asset of a stratum, both of shape (N,)."""

    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and its 95 % interval where there is one."""

    value: float
    interval: Interval | None


def ratio_of_means(strata: Sequence[TwoGroups]) -> Estimate | None:
    """Return mean of second / mean of first, and Welch's t interval of its logarithm.

    Of several strata it is the geometric mean, weighted by N M / (N + M). None where a mean is
    not above zero. Without an interval where a group of a stratum has a single asset, or where no
    group varies.
    """
    weights = stratum_weights(strata)
    effect, parts, freedoms = 0.0, [], []
    for weight, stratum in zip(weights, strata, strict=True):
        for sign, values in ((-1, stratum.first), (1, stratum.second)):
            mean = float(values.mean())
            if mean <= 0:
                return None
            effect += sign * weight * np.log(mean)
            if len(values) >= MIN_ASSETS:
                parts.append(weight**2 * values.var(ddof=1) / len(values) / mean**2)
                freedoms.append(len(values) - 1)
    if len(parts) < 2 * len(strata) or sum(parts) <= 0:
        return Estimate(float(np.exp(effect)), None)
    half = welch_half_width(np.array(parts), np.array(freedoms))
    return Estimate(
        float(np.exp(effect)), Interval(float(np.exp(effect - half)), float(np.exp(effect + half)))
    )


def hedges_g(strata: Sequence[TwoGroups]) -> Estimate | None:
    """Return (mean of second - mean of first) / pooled standard deviation, bias-corrected.

    The interval is that of the non-centrality of t (Steiger & Fouladi 1997), corrected as g is.
    None for fewer than two degrees of freedom, or where no group varies.
    """
    of_strata = [scaled(stratum) for stratum in strata]
    difference = sum(
        weight * (each.second.mean() - each.first.mean())
        for weight, each in zip(stratum_weights(strata), of_strata, strict=True)
    )
    groups = [values for each in of_strata for values in (each.first, each.second)]
    freedom = sum(len(values) - 1 for values in groups)
    squares = sum(float(np.sum((values - values.mean()) ** 2)) for values in groups)
    if freedom < 2 or squares <= 0:  # noqa: PLR2004 - the correction is infinite for one
        return None
    log_correction = special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)
    correction = np.exp(log_correction) / np.sqrt(freedom / 2)
    sizes = [len(each.first) * len(each.second) / len(each) for each in strata]
    error = 1 / np.sqrt(sum(sizes))  # of the difference, in standard deviations
    t = difference / np.sqrt(squares / freedom) / error
    low, high = (
        float(correction * error * special.nctdtrinc(freedom, share, t))
        for share in ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    )
    return Estimate(float(correction * error * t), Interval(low, high))


def rank_correlation(strata: Sequence[Pairs]) -> Estimate | None:
    """Return Spearman's correlation, with ranks within each stratum; None where one is constant.

    The interval is Fisher's with the standard error of Bonett & Wright 2000. It needs four
    assets, and one more for each further stratum, and there is none for a correlation of 1.
    """
    x, y = (np.concatenate(ranks) for ranks in zip(*map(centered_ranks, strata), strict=True))
    size = float(np.sqrt((x @ x) * (y @ y)))
    if size <= 0:
        return None
    rho = float(np.clip((x @ y) / size, -1, 1))
    freedom = len(x) - len(strata) - 2
    if freedom < 1 or abs(rho) >= PERFECT:
        return Estimate(rho, None)
    half = stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt((1 + rho**2 / 2) / freedom)
    middle = np.arctanh(rho)
    return Estimate(rho, Interval(float(np.tanh(middle - half)), float(np.tanh(middle + half))))


def scaled(stratum: TwoGroups) -> TwoGroups:
    """Return the values divided by the mean of all of them; zeros stay zeros."""
    mean = float(np.mean(np.concatenate([stratum.first, stratum.second]))) or 1.0
    return TwoGroups(stratum.first / mean, stratum.second / mean)


def centered_ranks(pairs: Pairs) -> tuple[FloatArray, FloatArray]:
    """Return the ranks (N,) of both values less their mean; equal values share a rank."""
    x, y = stats.rankdata(pairs.x), stats.rankdata(pairs.y)
    return x - x.mean(), y - y.mean()


def stratum_weights(strata: Sequence[TwoGroups]) -> FloatArray:
    """Return how much each stratum tells of its groups' difference: N M / (N + M), adding to 1."""
    sizes = np.array([(len(each.first), len(each.second)) for each in strata], dtype=np.float64)
    weights = sizes[:, 0] * sizes[:, 1] / sizes.sum(axis=1)
    of_all: FloatArray = weights / weights.sum()
    return of_all


def welch_half_width(parts: FloatArray, freedoms: NDArray[np.int64]) -> float:
    """Return half of Welch's 95 % interval of a sum with these variances of its parts (P,)."""
    variance = parts.sum()
    freedom = variance**2 / np.sum(parts**2 / freedoms)
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * np.sqrt(variance))
