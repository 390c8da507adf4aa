"""All comparisons of one report at once, with p-values adjusted for their number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure, measures_to_compare
from gapjunction.benchmark.groups import (
    MIN_ASSETS_FOR_TREND,
    AgeTrend,
    Comparison,
    Factor,
    age_trend,
    compare_groups,
    group_of,
    groups_of,
)
from gapjunction.metrics.bootstrap import MIN_ASSETS
from gapjunction.metrics.permutation import holm


@dataclass(frozen=True, slots=True)
class GroupStudy:
    """All groups and their comparisons.

    Attributes:
        measures: those that are compared.
        factors: those that were asked for and that some asset's metadata tell.
        not_compared: what could not be compared and why, as sentences.
    """

    assets: tuple[AssetMeasures, ...]
    measures: tuple[Measure, ...]
    factors: tuple[Factor, ...]
    comparisons: tuple[Comparison, ...]
    trends: tuple[AgeTrend, ...]
    not_compared: tuple[str, ...]


def study_groups(
    assets: Sequence[AssetMeasures], factors: Sequence[Factor], num_drawn: int, seed: int
) -> GroupStudy:
    """Compare all pairs of groups of each factor in every measure, and test all trends of age.

    Where there are too many arrangements to test all, `num_drawn` are drawn for each test.
    """
    measures = measures_to_compare(assets)
    known = tuple(each for each in factors if any(group_of(asset, each) for asset in assets))
    rng = np.random.default_rng(seed)
    comparisons = [
        comparison
        for factor in known
        if factor != "age"
        for pair in combinations(groups_of(assets, factor), 2)
        for measure in measures
        if (comparison := compare_groups(assets, factor, measure, pair, num_drawn, rng))
    ]
    trends = [
        trend
        for measure in measures
        if "age" in known and (trend := age_trend(assets, measure, num_drawn, rng))
    ]
    p_values = [each.test.p_value for each in comparisons] + [each.test.p_value for each in trends]
    adjusted = holm(p_values)
    of_trends = adjusted[len(comparisons) :]
    return GroupStudy(
        tuple(assets),
        measures,
        known,
        tuple(replace(c, p_holm=p) for c, p in zip(comparisons, adjusted, strict=False)),
        tuple(replace(t, p_holm=p) for t, p in zip(trends, of_trends, strict=True)),
        tuple(_not_compared(assets, known, comparisons, trends)),
    )


def _not_compared(
    assets: Sequence[AssetMeasures],
    factors: Sequence[Factor],
    comparisons: Sequence[Comparison],
    trends: Sequence[AgeTrend],
) -> list[str]:
    """Return a sentence for every factor or pair of groups without a comparison."""
    sentences = []
    compared = {(each.factor, each.first, each.second) for each in comparisons}
    for factor in factors:
        if factor == "age":
            if not trends:
                few = f"no dataset has {MIN_ASSETS_FOR_TREND} assets whose ages and values differ"
                sentences.append(f"Age: {few}.")
            continue
        groups = groups_of(assets, factor)
        if len(groups) == 1:
            sentences.append(f"{factor.capitalize()}: all assets that tell it are {groups[0]}.")
        few = f"one of the two has fewer than {MIN_ASSETS} assets"
        sentences += [
            f"{factor.capitalize()}: {first} and {second} are not compared, as {few}."
            for first, second in combinations(groups, 2)
            if (factor, first, second) not in compared
        ]
    return sentences
