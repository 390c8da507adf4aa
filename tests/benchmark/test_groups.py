"""Tests for `gapjunction.benchmark.groups`."""

from collections.abc import Sequence

import numpy as np
import pytest

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.groups import (
    Comparison,
    age_trend,
    compare_groups,
    group_of,
    groups_of,
)
from gapjunction.dataset.records import AssetMetadata
from group_cases import asset, two_groups


def compare(assets: Sequence[AssetMeasures]) -> Comparison | None:
    rng = np.random.default_rng(0)
    pair = ("healthy", "epilepsy")
    return compare_groups(assets, "diagnosis", "plaques_per_image", pair, 1000, rng)


def test_groups_of__the_healthy_come_first() -> None:
    names = ["Zebra", "healthy", "epilepsy", None, " "]
    assert groups_of([asset(1, diagnosis=name) for name in names], "diagnosis") == [
        "healthy",
        "epilepsy",
        "Zebra",
    ]


def test_group_of__undefined_sex__is_unknown() -> None:
    assert group_of(asset(1, metadata=AssetMetadata(sex="Undefined")), "sex") == ""
    assert group_of(asset(1, metadata=AssetMetadata(age_months=3.5)), "age") == "3.5"


def test_compare_groups__one_dataset__says_second_by_first() -> None:
    comparison = compare(two_groups([10, 20, 30], [30, 40, 50]))
    assert comparison is not None
    assert comparison.effect.ratio is not None
    assert comparison.effect.ratio.value == pytest.approx(2)
    assert (comparison.effect.mean_first, comparison.effect.mean_second) == (20, 40)
    assert comparison.by_dataset == ()
    assert not comparison.is_between_datasets


def test_compare_groups__two_datasets__compares_within_each() -> None:
    """Mice have many more plaques than rats, and are mostly ill: no effect of the diagnosis."""
    rats = two_groups([9, 10, 11, 10], [9, 11])
    mice = two_groups([900, 1100], [900, 1000, 1100, 1000], dataset="mice")
    comparison = compare(rats + mice)
    assert comparison is not None
    assert comparison.effect.ratio is not None
    assert comparison.effect.ratio.value == pytest.approx(1)
    assert comparison.test.p_value == pytest.approx(1)
    assert [each.dataset for each in comparison.by_dataset] == ["mice", "rats"]


def test_compare_groups__dataset_with_one_asset_of_a_group__takes_no_part() -> None:
    comparison = compare(two_groups([1, 2], [3, 4]) + two_groups([9], [9, 9], dataset="mice"))
    assert comparison is not None
    assert (comparison.effect.num_first, comparison.effect.num_second) == (2, 2)


def test_compare_groups__no_dataset_has_both__is_marked() -> None:
    comparison = compare(two_groups([1, 2], []) + two_groups([], [3, 4], dataset="mice"))
    assert comparison is not None
    assert comparison.is_between_datasets


def test_compare_groups__single_asset__is_none() -> None:
    assert compare(two_groups([1], [2, 3, 4])) is None


def test_age_trend__datasets_of_different_age__correlates_within_them() -> None:
    def of_ages(ages: Sequence[float], dataset: str) -> list[AssetMeasures]:
        return [
            asset(100 - rank, dataset=dataset, metadata=AssetMetadata(age_months=age))
            for rank, age in enumerate(ages)
        ]

    assets = [*of_ages([1, 2, 3], "rats"), *of_ages([700, 800, 900], "people"), asset(1)]
    trend = age_trend(assets, "plaques_per_image", 1000, np.random.default_rng(0))
    assert trend is not None
    assert trend.num_assets == 6
    assert trend.correlation.value == pytest.approx(-1)
    assert trend.test.p_value == pytest.approx(2 / 36)


def test_age_trend__one_age__is_none() -> None:
    assets = [asset(n, metadata=AssetMetadata(age_months=3)) for n in range(5)]
    assert age_trend(assets, "plaques_per_image", 1000, np.random.default_rng(0)) is None
