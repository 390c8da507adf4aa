"""Limits of agreement on the scale that suits counts: objects, square roots, or percent.

Where images with more objects have larger differences, limits in objects are too wide for some
images and too narrow for others (Bland & Altman 1999).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gapjunction.metrics.counts import difference_slope
from gapjunction.metrics.interval import MIN_ASSETS, Interval
from gapjunction.metrics.jackknife import jackknife_interval, without_each
from gapjunction.metrics.limits_of_agreement import (
    AgreementLimits,
    AssetNumbers,
    FloatArray,
    limits_of_agreement,
)

LimitScale = Literal["objects", "root", "percent"]


@dataclass(frozen=True, slots=True)
class SuitedLimits:
    """Limits of agreement and the scale that they are on."""

    scale: LimitScale
    limits: AgreementLimits


def suited_limits(
    true: FloatArray, found: FloatArray, asset_of_image: AssetNumbers
) -> SuitedLimits | None:
    """Return limits of found - true, counts (N,), on the first scale that suits them.

    The scales are objects, square roots (their difference), and percent of the mean of both counts,
    of images that have objects on a side. A scale does not suit where the slope of the difference
    on the mean, or that of the size of what its line leaves over, has an interval over assets that
    leaves out 0, the latter above 0. Percent is the last resort. None for fewer than two images.

    Args:
        true: the count of one side in each image (N,).
        found: that of the other.
        asset_of_image: numbered from 0 (N,).
    """
    on_scales: tuple[tuple[LimitScale, FloatArray, FloatArray], ...] = (
        ("objects", true, found),
        ("root", np.sqrt(true), np.sqrt(found)),
    )
    for scale, x, y in on_scales:
        if not _changes(x, y, asset_of_image):
            return _suited(scale, y - x, asset_of_image)
    mean = (true + found) / 2
    has_objects = mean > 0
    percent = 100 * (found - true)[has_objects] / mean[has_objects]
    return _suited("percent", percent, asset_of_image[has_objects])


def spread_slope(true: FloatArray, found: FloatArray) -> float | None:
    """Return how much wider differences spread around their line for each object more.

    It is the slope of the size of what the regression of found - true on the mean leaves over, on
    the mean. None for less than two images, or where all have one mean.
    """
    slope = difference_slope(true, found)
    if slope is None:
        return None
    mean, difference = (true + found) / 2, found - true
    x = mean - mean.mean()
    rest = np.abs(difference - difference.mean() - slope * x)
    return float(x @ rest / (x @ x))


def _suited(
    scale: LimitScale, difference: FloatArray, asset_of_image: AssetNumbers
) -> SuitedLimits | None:
    limits = limits_of_agreement(difference, asset_of_image)
    return None if limits is None else SuitedLimits(scale, limits)


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
