"""Compare groups of assets: by species, diagnosis, sex, localization, age or any further column.

Assets are compared within their dataset, as datasets differ in more than one thing at a time; the
datasets together then give one effect and one test. docs/metrics.md has the formulas.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure
from gapjunction.dataset.records import AssetMetadata
from gapjunction.metrics.group_effects import (
    Estimate,
    Pairs,
    TwoGroups,
    hedges_g,
    rank_correlation,
    ratio_of_means,
)
from gapjunction.metrics.group_permutation import permutation_test
from gapjunction.metrics.heterogeneity import Heterogeneity, heterogeneity
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.permutation import PermutationTest, correlation_test
from gapjunction.metrics.study_planning import Planning, plan

AGE = "age"
NAMED_FACTORS = ("species", "diagnosis", "sex", "localization")
FACTORS = (*NAMED_FACTORS, AGE)  # those of the format; any further column may be one as well

# Where a group has one of these names, ratios say how many times its value the other group has.
REFERENCES = ("healthy", "control", "controls", "sham", "wild type", "wt")
UNKNOWN_GROUPS = ("", "undefined", "unknown")
MIN_ASSETS_FOR_TREND = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """How far two groups differ in one dataset, or in all that take part ("").

    Attributes:
        num_first, num_second: assets.
        mean_first, mean_second: mean over these assets.
        ratio: second / first, with its 95 % interval; None where a mean is not above zero.
        hedges_g: difference in standard deviations, with its interval; None where not defined.
    """

    dataset: str
    num_first: int
    num_second: int
    mean_first: float
    mean_second: float
    ratio: Estimate | None
    hedges_g: Estimate | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups compared in one measure.

    Attributes:
        is_between_datasets: True where no dataset has both groups, so that whatever else the
            datasets differ in is part of the effect.
        effect: of all assets that take part.
        by_dataset: the effect in each dataset, where several take part.
        num_blocks: blocks that have both groups, where groups are compared within blocks.
        heterogeneity: how far the datasets' ratios differ; None for one dataset.
        planning: what a study of this size can find; None where nothing varies.
        p_holm: p adjusted for all planned comparisons and trends of the report; None where this
            one is exploratory.
    """

    factor: str
    measure: Measure
    first: str
    second: str
    is_between_datasets: bool
    effect: Effect
    by_dataset: tuple[Effect, ...]
    test: PermutationTest
    num_blocks: int = 0
    heterogeneity: Heterogeneity | None = None
    planning: Planning | None = None
    p_holm: float | None = None


@dataclass(frozen=True, slots=True)
class AgeTrend:
    """How far a measure rises or falls with age, by rank, within the datasets."""

    measure: Measure
    datasets: tuple[str, ...]
    num_assets: int
    correlation: Estimate
    test: PermutationTest
    p_holm: float | None = None


def group_of(asset: AssetMeasures, factor: str) -> str:
    """Return the group that an asset belongs to, "" where its metadata do not tell."""
    return value_of(asset.metadata, factor)


def value_of(metadata: AssetMetadata, column: str) -> str:
    """Return what metadata tell in a column, as text; "" where they do not."""
    if column == AGE:
        age = metadata.age_months
        return "" if age is None else f"{age:g}"
    told = getattr(metadata, column) if column in NAMED_FACTORS else metadata.further.get(column)
    name = str(told or "").strip()
    return "" if name.casefold() in UNKNOWN_GROUPS else name


def groups_of(assets: Sequence[AssetMeasures], factor: str) -> list[str]:
    """Return the groups of a factor, that to compare with first, the others by name."""
    names = {group_of(asset, factor) for asset in assets} - {""}
    return sorted(names, key=lambda name: (name.casefold() not in REFERENCES, name.casefold()))


def further_factors(assets: Sequence[AssetMeasures]) -> list[str]:
    """Return the further columns by which at least two groups of two assets differ."""
    columns = dict.fromkeys(name for asset in assets for name in asset.metadata.further)
    return [name for name in columns if _num_groups_to_compare(assets, name) > 1]


def compare_groups(
    assets: Sequence[AssetMeasures],
    factor: str,
    measure: Measure,
    groups: tuple[str, str],
    num_drawn: int,
    rng: np.random.Generator,
) -> Comparison | None:
    """Compare two groups within the datasets that have both, else between datasets."""
    strata = {
        name: two_groups_of(
            [each for each in assets if each.dataset == name], factor, measure, groups
        )
        for name in sorted({each.dataset for each in assets})
    }
    within = {name: each for name, each in strata.items() if _is_comparable(each)}
    is_between = not within
    if is_between:
        together = two_groups_of(assets, factor, measure, groups)
        if not _is_comparable(together):
            return None
        within = {"": together}
    used = list(within.values())
    return Comparison(
        factor,
        measure,
        *groups,
        is_between_datasets=is_between,
        effect=_effect("", used),
        by_dataset=tuple(_effect(name, [each]) for name, each in within.items())
        if len(used) > 1
        else (),
        test=permutation_test(used, num_drawn, rng),
        heterogeneity=heterogeneity(used),
        planning=plan(used),
    )


def age_trend(
    assets: Sequence[AssetMeasures], measure: Measure, num_drawn: int, rng: np.random.Generator
) -> AgeTrend | None:
    """Correlate a measure with age within the datasets that have enough assets; None without."""
    strata: dict[str, Pairs] = {}
    for name in sorted({each.dataset for each in assets}):
        pairs = [
            (each.metadata.age_months, each.value(measure))
            for each in assets
            if each.dataset == name
        ]
        known = np.array([pair for pair in pairs if None not in pair], dtype=np.float64)
        if len(known) >= MIN_ASSETS_FOR_TREND and len(set(known[:, 0])) > 1:
            strata[name] = Pairs(known[:, 0], known[:, 1])
    if not strata:
        return None
    used = list(strata.values())
    correlation = rank_correlation(used)
    if correlation is None:
        return None
    test = correlation_test(used, num_drawn, rng)
    return AgeTrend(measure, tuple(strata), sum(len(each.x) for each in used), correlation, test)


def two_groups_of(
    assets: Sequence[AssetMeasures], factor: str, measure: Measure, groups: tuple[str, str]
) -> TwoGroups:
    """Return the values of two groups; assets without one are left out."""

    def values_of(group: str) -> np.ndarray:
        return _values(assets, measure, lambda asset: group_of(asset, factor) == group)

    return TwoGroups(values_of(groups[0]), values_of(groups[1]))


def _num_groups_to_compare(assets: Sequence[AssetMeasures], factor: str) -> int:
    sizes = Counter(group_of(asset, factor) for asset in assets)
    return sum(number >= MIN_ASSETS for group, number in sizes.items() if group)


def _values(
    assets: Sequence[AssetMeasures], measure: Measure, is_wanted: Callable[[AssetMeasures], bool]
) -> np.ndarray:
    values = [asset.value(measure) for asset in assets if is_wanted(asset)]
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _is_comparable(stratum: TwoGroups) -> bool:
    return min(len(stratum.first), len(stratum.second)) >= MIN_ASSETS


def _effect(dataset: str, strata: Sequence[TwoGroups]) -> Effect:
    first = np.concatenate([each.first for each in strata])
    second = np.concatenate([each.second for each in strata])
    return Effect(
        dataset,
        len(first),
        len(second),
        float(first.mean()),
        float(second.mean()),
        ratio_of_means(strata),
        hedges_g(strata),
    )
