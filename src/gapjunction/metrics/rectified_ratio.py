"""The ratio of two groups that a detector counted, corrected by images that a person annotated.

A detector that misses more in one group than in another makes a ratio out of nothing. Counting all
images by it, and some of them by a person as well, is double sampling (Cochran 1977): what it finds
of what is there is known from the latter. docs/metrics.md has the formulas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.group_effects import (
    Estimate,
    FloatArray,
    TwoGroups,
    stratum_weights,
    welch_half_width,
)
from gapjunction.metrics.interval import MIN_ASSETS, Interval
from gapjunction.metrics.jackknife import jackknife_interval


@dataclass(frozen=True, slots=True, eq=False)
class DoublySampled:
    """Objects of each asset of a group (N,), by image or by area.

    Attributes:
        counted: by the detector, in all images.
        annotated, found: by a person and by the detector in the annotated images alone; NaN for an
            asset without any.
    """

    counted: FloatArray
    annotated: FloatArray
    found: FloatArray

    @property
    def is_annotated(self) -> NDArray[np.bool_]:
        """Which assets have annotated images (N,)."""
        known: NDArray[np.bool_] = ~np.isnan(self.annotated)
        return known


def rectified_ratio(strata: Sequence[tuple[DoublySampled, DoublySampled]]) -> Estimate | None:
    """Return the ratio of what is there, second / first, with its 95 % interval.

    The mean of a group is mean counted x mean annotated / mean found, and strata are weighed as in
    `ratio_of_means`. None where a group has fewer than two assets with annotated images, or none
    of its objects was counted, annotated or found.
    """
    if not all(_is_enough(group) for stratum in strata for group in stratum):
        return None
    groups = [TwoGroups(first.counted, second.counted) for first, second in strata]
    effect, parts, freedoms = 0.0, [], []
    for weight, stratum in zip(stratum_weights(groups), strata, strict=True):
        for sign, group in zip((-1, 1), stratum, strict=True):
            effect += sign * weight * _log_mean(group)
            for variance, freedom in _variances(group):
                parts.append(weight**2 * variance)
                freedoms.append(freedom)
    ratio = float(np.exp(effect))
    if sum(parts) <= 0:
        return Estimate(ratio, None)
    factor = float(np.exp(welch_half_width(np.array(parts), np.array(freedoms))))
    return Estimate(ratio, Interval(ratio / factor, ratio * factor))


def share_found(found: FloatArray, annotated: FloatArray) -> Estimate | None:
    """Return all found / all annotated, with the jackknife's 95 % interval over assets (N,).

    It is above 1 where more is found than there is. None where nothing is annotated.
    """
    if annotated.sum() <= 0:
        return None
    rest = annotated.sum() - annotated
    without = np.divide(found.sum() - found, rest, out=np.full(len(rest), np.nan), where=rest > 0)
    value = float(found.sum() / annotated.sum())
    return Estimate(value, jackknife_interval(value, without, "log"))


def _is_enough(group: DoublySampled) -> bool:
    known = group.is_annotated
    return bool(
        known.sum() >= MIN_ASSETS
        and group.counted.sum() > 0
        and group.annotated[known].sum() > 0
        and group.found[known].sum() > 0
    )


def _log_mean(group: DoublySampled) -> float:
    known = group.is_annotated
    share = group.found[known].mean() / group.annotated[known].mean()
    return float(np.log(group.counted.mean() / share))


def _variances(group: DoublySampled) -> list[tuple[float, int]]:
    """Return the variance of `_log_mean` with its degrees of freedom, by linearization.

    Assets with annotated images and those without are two parts, each with a freedom of its own.
    """
    known = group.is_annotated
    annotated, found = group.annotated[known], group.found[known]
    num_assets, num_known = len(known), len(annotated)
    influence = (group.counted / group.counted.mean() - 1) / num_assets
    influence[known] += (annotated / annotated.mean() - found / found.mean()) / num_known
    of_known = float(np.sum(influence[known] ** 2)) * num_known / (num_known - 1)
    if num_known == num_assets:
        return [(of_known, num_known - 1)]
    of_others = float(np.sum(influence[~known] ** 2)) * num_assets / (num_assets - 1)
    return [(of_known, num_known - 1), (of_others, num_assets - num_known)]
