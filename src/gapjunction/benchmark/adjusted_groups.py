"""Groups of assets compared as if they were alike in covariates, such as age and sex."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure
from gapjunction.benchmark.covariates import columns_of, is_number, numbers_apart, tells_all
from gapjunction.benchmark.groups import Comparison, group_of
from gapjunction.metrics.adjusted_ratio import (
    AdjustedRatio,
    AdjustedRows,
    Obstacle,
    adjusted_ratio,
)
from gapjunction.metrics.group_effects import FloatArray
from gapjunction.metrics.holm import holm
from gapjunction.metrics.interval import MIN_ASSETS

# "zero": an asset has nothing of what is compared, and zero has no logarithm.
WhyNot = Obstacle | Literal["zero"]


@dataclass(frozen=True, slots=True)
class AdjustedComparison:
    """Two groups compared in one measure, covariates being equal.

    Attributes:
        covariates: those adjusted for; the compared factor is none of its own.
        num_first, num_second: assets that tell all covariates.
        adjusted: the ratio, or why there is none.
        apart: covariates whose values do not overlap between the groups, so that the ratio at
            equal values is an extrapolation.
        p_holm: p adjusted for all planned comparisons of this kind; None where this one is
            exploratory, or has no ratio.
    """

    factor: str
    measure: Measure
    first: str
    second: str
    covariates: tuple[str, ...]
    num_first: int
    num_second: int
    adjusted: AdjustedRatio | WhyNot
    apart: tuple[str, ...] = ()
    p_holm: float | None = None


@dataclass(frozen=True, slots=True)
class AdjustedStudy:
    """All comparisons of a study, adjusted for covariates.

    Attributes:
        covariates: what was asked for.
        numbers: those of them that are numbers; the others are categories.
    """

    covariates: tuple[str, ...]
    numbers: tuple[str, ...]
    comparisons: tuple[AdjustedComparison, ...]


def adjust_comparisons(
    assets: Sequence[AssetMeasures],
    comparisons: Sequence[Comparison],
    covariates: tuple[str, ...],
    primary: str | None,
) -> AdjustedStudy:
    """Compare the groups of each comparison anew, among the assets that tell all covariates.

    One by the only covariate itself is left out. Those by the planned factor are corrected for
    their number (Holm), all if none was planned.
    """
    numbers = tuple(name for name in covariates if is_number(assets, name))
    adjusted = [
        _adjusted(assets, each, covariates, numbers)
        for each in comparisons
        if set(covariates) - {each.factor}
    ]
    planned = [
        (number, each.adjusted.p_value)
        for number, each in enumerate(adjusted)
        if primary in (None, each.factor) and isinstance(each.adjusted, AdjustedRatio)
    ]
    corrected = holm([p_value for _, p_value in planned])
    p_holm = {number: p for (number, _), p in zip(planned, corrected, strict=True)}
    return AdjustedStudy(
        covariates,
        numbers,
        tuple(replace(each, p_holm=p_holm.get(number)) for number, each in enumerate(adjusted)),
    )


def _adjusted(
    assets: Sequence[AssetMeasures],
    comparison: Comparison,
    asked: Sequence[str],
    numbers: Sequence[str],
) -> AdjustedComparison:
    covariates = tuple(name for name in asked if name != comparison.factor)
    members = _members(assets, comparison, covariates)
    names = ["" if comparison.is_between_datasets else each.dataset for each in members]
    strata = np.unique(names, return_inverse=True)[1]
    first, second = (
        [each for each in members if group_of(each, comparison.factor) == group]
        for group in (comparison.first, comparison.second)
    )
    own_numbers = [name for name in covariates if name in numbers]
    is_enough = min(len(first), len(second)) >= MIN_ASSETS
    return AdjustedComparison(
        comparison.factor,
        comparison.measure,
        comparison.first,
        comparison.second,
        covariates,
        len(first),
        len(second),
        _ratio(members, comparison, strata, columns_of(members, covariates, numbers, strata))
        if is_enough
        else "few",
        numbers_apart(first, second, own_numbers) if is_enough else (),
    )


def _members(
    assets: Sequence[AssetMeasures], comparison: Comparison, covariates: Sequence[str]
) -> list[AssetMeasures]:
    """Return the assets of both groups, of datasets with two of each where some have them."""
    told = [
        each
        for each in assets
        if group_of(each, comparison.factor) in (comparison.first, comparison.second)
        and each.value(comparison.measure) is not None
        and tells_all(each, covariates)
    ]
    if comparison.is_between_datasets:
        return told
    sizes = Counter((each.dataset, group_of(each, comparison.factor)) for each in told)
    groups = comparison.first, comparison.second
    return [
        each for each in told if min(sizes[each.dataset, group] for group in groups) >= MIN_ASSETS
    ]


def _ratio(
    members: Sequence[AssetMeasures],
    comparison: Comparison,
    strata: NDArray[np.int64],
    columns: FloatArray,
) -> AdjustedRatio | WhyNot:
    values = np.array([each.value(comparison.measure) for each in members], dtype=np.float64)
    if values.min() <= 0:
        return "zero"
    groups = np.array([group_of(each, comparison.factor) for each in members])
    is_second = np.isin(groups, comparison.second)
    return adjusted_ratio(AdjustedRows(values, is_second, strata, columns))
