"""All comparisons of one report at once, with p-values adjusted for their number."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gapjunction.benchmark.adjusted_groups import AdjustedStudy, adjust_comparisons
from gapjunction.benchmark.asset_measures import AssetMeasures, Measure, measures_to_compare
from gapjunction.benchmark.blocked_groups import blocks_of, compare_in_blocks
from gapjunction.benchmark.groups import (
    AGE,
    FACTORS,
    MIN_ASSETS_FOR_TREND,
    AgeTrend,
    Comparison,
    age_trend,
    compare_groups,
    further_factors,
    group_of,
    groups_of,
)
from gapjunction.benchmark.question import Question
from gapjunction.benchmark.section_signs import names_animals
from gapjunction.metrics.clustering import Clustering, clustering
from gapjunction.metrics.holm import holm
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.paired_effects import MIN_BLOCKS


@dataclass(frozen=True, slots=True)
class GroupStudy:
    """All groups and their comparisons, those by the planned factor first.

    Attributes:
        measures: those that are compared.
        factors: those that were asked for and that some asset's metadata tell.
        not_compared: what could not be compared and why, as sentences.
        primary: the factor that was planned, if one was named.
        block: the column of blocks within which groups are compared; None: without blocks.
        clustering: how far images of an asset resemble one another; None where it is not known.
        adjusted: the comparisons adjusted for covariates; None where none were asked for.
        units: what an asset is, where it is not plain: a warning, or what was joined.
    """

    assets: tuple[AssetMeasures, ...]
    measures: tuple[Measure, ...]
    factors: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    trends: tuple[AgeTrend, ...]
    not_compared: tuple[str, ...]
    primary: str | None = None
    block: str | None = None
    units: tuple[str, ...] = ()
    clustering: Clustering | None = None
    adjusted: AdjustedStudy | None = None


def study_groups(
    assets: Sequence[AssetMeasures], question: Question, num_drawn: int, seed: int
) -> GroupStudy:
    """Compare all pairs of groups of each factor in every measure, and test all trends of age.

    The comparisons by the planned factor are corrected for their number (Holm), the others are not.

    Where there are too many arrangements to test all, `num_drawn` are drawn for each test.
    """
    measures = measures_to_compare(assets)
    known = _known(assets, question)
    rng = np.random.default_rng(seed)
    comparisons = _comparisons(assets, question, measures, num_drawn, rng)
    trends = [
        trend
        for measure in measures
        if AGE in known and (trend := age_trend(assets, measure, num_drawn, rng))
    ]
    of_age = question.primary in (None, AGE)
    planned = [each for each in comparisons if question.primary in (None, each.factor)]
    tests = [each.test for each in (*planned, *(trends if of_age else ()))]
    adjusted = holm([test.p_value for test in tests])
    p_holm = {id(test): p for test, p in zip(tests, adjusted, strict=True)}
    return GroupStudy(
        tuple(assets),
        measures,
        known,
        tuple(replace(each, p_holm=p_holm.get(id(each.test))) for each in comparisons),
        tuple(replace(each, p_holm=p_holm.get(id(each.test))) for each in trends),
        (
            *_not_compared(assets, question, comparisons, trends),
            *_not_asked(assets, question),
        ),
        question.primary,
        question.block,
        clustering=_clustering(assets, known),
        adjusted=adjust_comparisons(assets, comparisons, question.covariates, question.primary)
        if question.covariates
        else None,
    )


def _known(assets: Sequence[AssetMeasures], question: Question) -> tuple[str, ...]:
    """Return the factors asked for that some asset tells; blocks are no factor."""
    return tuple(
        factor
        for factor in question.factors
        if factor != question.block and any(group_of(asset, factor) for asset in assets)
    )


def _comparisons(
    assets: Sequence[AssetMeasures],
    question: Question,
    measures: Sequence[Measure],
    num_drawn: int,
    rng: np.random.Generator,
) -> list[Comparison]:
    """Compare all pairs of groups, within blocks if the question names them."""
    blocks = None if question.block is None else blocks_of(assets, question.block)
    comparisons = []
    for factor in question.factors:
        if factor in (AGE, question.block):
            continue
        for pair in combinations(groups_of(assets, factor), 2):
            for measure in measures:
                comparison = (
                    compare_groups(assets, factor, measure, pair, num_drawn, rng)
                    if blocks is None
                    else compare_in_blocks(blocks, factor, measure, pair, num_drawn, rng)
                )
                if comparison is not None:
                    comparisons.append(comparison)
    return comparisons


def _clustering(assets: Sequence[AssetMeasures], factors: Sequence[str]) -> Clustering | None:
    """Return how far images of an asset resemble one another, in groups of the first factor."""
    groups: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    for asset in assets:
        if not asset.image_values:
            continue
        group = group_of(asset, factors[0]) if factors and factors[0] != AGE else ""
        groups[asset.dataset, group].append(np.array(asset.image_values, dtype=np.float64))
    return clustering(list(groups.values()))


def _not_asked(assets: Sequence[AssetMeasures], question: Question) -> list[str]:
    """Return a sentence that names further columns that could be compared by."""
    used = (*question.factors, question.block)
    others = [
        each for each in further_factors(assets) if each not in used and not names_animals(each)
    ]
    if not others:
        return []
    return [f"Further columns to compare by: {', '.join(others)} (--primary {others[0]})."]


def _not_compared(
    assets: Sequence[AssetMeasures],
    question: Question,
    comparisons: Sequence[Comparison],
    trends: Sequence[AgeTrend],
) -> list[str]:
    """Return a sentence for every factor or pair of groups without a comparison."""
    sentences = []
    compared = {(each.factor, each.first, each.second) for each in comparisons}
    few = (
        f"one of the two has fewer than {MIN_ASSETS} assets"
        if question.block is None
        else f"fewer than {MIN_BLOCKS} blocks ({question.block}) have both"
    )
    for factor in _known(assets, question):
        if factor == AGE:
            if not trends:
                sentences.append(
                    f"Age: no dataset has {MIN_ASSETS_FOR_TREND} assets whose ages and values "
                    "differ."
                )
            continue
        groups = groups_of(assets, factor)
        if len(groups) == 1:
            sentences.append(f"{_title(factor)}: all assets that tell it are {groups[0]}.")
        sentences += [
            f"{_title(factor)}: {first} and {second} are not compared, as {few}."
            for first, second in combinations(groups, 2)
            if (factor, first, second) not in compared
        ]
    return sentences


def _title(factor: str) -> str:
    return factor.capitalize() if factor in FACTORS else factor
