"""Limits of agreement on the scale that suits counts: objects, square roots, or percent.

Where images with more objects have larger differences, limits in objects are too wide for some
images and too narrow for others (Bland & Altman 1999).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gapjunction.count_intervals import OFFSET
from gapjunction.metrics.counts import difference_slope
from gapjunction.metrics.group_effects import Pairs, rank_correlation
from gapjunction.metrics.interval import MIN_ASSETS, Interval
from gapjunction.metrics.jackknife import jackknife_interval, without_each
from gapjunction.metrics.limits_of_agreement import (
    AgreementLimits,
    AssetNumbers,
    FloatArray,
    limits_of_agreement,
)

LimitScale = Literal["objects", "root", "percent"]
ENOUGH_FOR_PERCENT = 10  # objects of the average image: of fewer, one is more than 10 percent


@dataclass(frozen=True, slots=True)
class SuitedLimits:
    """Limits of agreement and the scale that they are on."""

    scale: LimitScale
    limits: AgreementLimits


def suited_limits(
    true: FloatArray, found: FloatArray, asset_of_image: AssetNumbers
) -> SuitedLimits | None:
    """Return limits of found - true, counts (N,), on the scale that suits them.

    The scales are objects, square roots (their difference), and percent of the mean of both counts,
    of images that have objects on a side. A scale does not suit where the slope of the difference
    on the mean, or that of the size of what its line leaves over, has an interval over assets that
    leaves out 0, the latter above 0. Where objects do not, roots are taken; percent only where
    roots do not either, percents change less with the count, and there are enough objects for
    them. None for fewer than two images.

    Args:
        true: the count of one side in each image (N,).
        found: that of the other.
        asset_of_image: numbered from 0 (N,).
    """
    scale = _suited_scale(true, found, asset_of_image)
    difference = differences_on(scale, true, found)
    known = ~np.isnan(difference)
    limits = limits_of_agreement(difference[known], asset_of_image[known])
    return None if limits is None else SuitedLimits(scale, limits)


def differences_on(scale: LimitScale, true: FloatArray, found: FloatArray) -> FloatArray:
    """Return found - true, counts (N,), on a scale; NaN in percent where both are 0."""
    if scale == "objects":
        return found - true
    if scale == "root":
        return root_of(found) - root_of(true)
    mean = (true + found) / 2
    percent: FloatArray = np.full(len(mean), np.nan)
    return np.divide(100 * (found - true), mean, out=percent, where=mean > 0)


def clear_skewness(difference: FloatArray, asset_of_image: AssetNumbers) -> float | None:
    """Return the skewness of differences (N,), below 0 for a long lower tail, where it is clear.

    That is where its jackknife interval over assets leaves out 0. The interval is not told: of
    long tails it holds the true skewness in as few as 72 % of simulated studies. None elsewhere.
    """
    skewness = _skewness(difference)
    if skewness is None:
        return None
    without = without_each(
        asset_of_image, lambda rows: {"skewness": _skewness(difference[rows])}, ["skewness"]
    )
    interval = jackknife_interval(skewness, without["skewness"], "plain")
    return None if interval is None or interval.low <= 0 <= interval.high else skewness


def root_of(counts: FloatArray) -> FloatArray:
    """Return the roots of counts (N,) + 3/8: of Poisson counts they vary alike (Anscombe 1948)."""
    roots: FloatArray = np.sqrt(counts + OFFSET)
    return roots


def spread_slope(true: FloatArray, found: FloatArray) -> float | None:
    """Return how much wider differences spread around their line for each object more.

    It is the slope of the size of what the regression of found - true on the mean leaves over, on
    the mean. None for less than two images, or where all have one mean.
    """
    slope = difference_slope(true, found)
    if slope is None:
        return None
    mean = (true + found) / 2
    x = mean - mean.mean()
    return float(x @ _rest(mean, found - true) / (x @ x))


def _skewness(values: FloatArray) -> float | None:
    """Return the third moment by the cube of the standard deviation; None where nothing varies."""
    apart = values - values.mean() if len(values) else values
    spread = float(np.sqrt(np.mean(apart**2))) if len(values) else 0.0
    return float(np.mean((apart / spread) ** 3)) if spread > 0 else None


def _rest(mean: FloatArray, difference: FloatArray) -> FloatArray:
    """Return the size of what the regression of differences on means, (N,) each, leaves over."""
    x = mean - mean.mean()
    rest: FloatArray = np.abs(difference - difference.mean() - (x @ difference / (x @ x)) * x)
    return rest


def _suited_scale(true: FloatArray, found: FloatArray, asset_of_image: AssetNumbers) -> LimitScale:
    if not _changes(true, found, asset_of_image):
        return "objects"
    if not _changes(root_of(true), root_of(found), asset_of_image):
        return "root"
    return "percent" if _are_percents_more_even(true, found) else "root"


def _are_percents_more_even(true: FloatArray, found: FloatArray) -> bool:
    """Tell whether percents change less with the count, in mean and spread, than roots do."""
    mean = (true + found) / 2
    has_objects = mean > 0
    if mean.mean() < ENOUGH_FOR_PERCENT or np.ptp(mean[has_objects]) == 0:
        return False
    percent = differences_on("percent", true, found)[has_objects]
    of_percents = _unevenness(mean[has_objects], percent)
    roots = (root_of(true) + root_of(found)) / 2
    return of_percents < _unevenness(roots, differences_on("root", true, found))


def _unevenness(mean: FloatArray, difference: FloatArray) -> float:
    """Return how far differences change with the mean, from 0 to 1, by rank.

    It is the larger one of two: what share of them goes with the mean, and how closely the size of
    what a line leaves over does.
    """
    of_spread = _rank_correlation(mean, _rest(mean, difference))
    return max(_rank_correlation(mean, difference) ** 2, abs(of_spread))


def _rank_correlation(first: FloatArray, second: FloatArray) -> float:
    found = rank_correlation([Pairs(first, second)])
    return 0.0 if found is None else found.value


def _changes(true: FloatArray, found: FloatArray, asset_of_image: AssetNumbers) -> bool:
    """Tell whether differences, or their spread, clearly change with the mean."""
    of_difference = _interval(difference_slope, true, found, asset_of_image)
    of_spread = _interval(spread_slope, true, found, asset_of_image)
    changes = of_difference is not None and not of_difference.low <= 0 <= of_difference.high
    return changes or (of_spread is not None and of_spread.low > 0)


def _interval(
    slope_of: Callable[[FloatArray, FloatArray], float | None],
    true: FloatArray,
    found: FloatArray,
    asset_of_image: AssetNumbers,
) -> Interval | None:
    slope = slope_of(true, found)
    if slope is None or len(np.unique(asset_of_image)) < MIN_ASSETS:
        return None
    without = without_each(
        asset_of_image, lambda rows: {"slope": slope_of(true[rows], found[rows])}, ["slope"]
    )
    return jackknife_interval(slope, without["slope"], "plain")
