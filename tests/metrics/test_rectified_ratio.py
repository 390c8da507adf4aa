"""Tests for `gapjunction.metrics.rectified_ratio`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.group_effects import Estimate, TwoGroups, ratio_of_means
from gapjunction.metrics.rectified_ratio import DoublySampled, rectified_ratio, share_found

NAN = float("nan")


def sampled(counted: list[float], annotated: list[float], found: list[float]) -> DoublySampled:
    return DoublySampled(np.array(counted), np.array(annotated), np.array(found))


def random_group(seed: int, num_assets: int) -> DoublySampled:
    counted, annotated, found = np.random.default_rng(seed).uniform(5, 50, (3, num_assets))
    return DoublySampled(counted, annotated, found)


def all_annotated(seed: int, num_assets: int) -> DoublySampled:
    group = random_group(seed, num_assets)
    return DoublySampled(group.found, group.annotated, group.found)


def numbers(estimate: Estimate | None) -> list[float]:
    """Return an estimate's value and the ends of its interval."""
    assert estimate is not None
    assert estimate.interval is not None
    return [estimate.value, estimate.interval.low, estimate.interval.high]


def test_rectified_ratio__half_is_missed_in_one_group__is_that_of_what_is_there() -> None:
    """Both have 10 on average; of the second, a half is found."""
    first = sampled([8, 12], [10, 10], [10, 10])
    second = sampled([4, 6], [10, 10], [5, 5])
    ratio = rectified_ratio([(first, second)])
    assert numbers(ratio)[0] == pytest.approx(1)


def test_rectified_ratio__all_is_annotated__is_the_ratio_of_annotations() -> None:
    first, second = all_annotated(0, 4), all_annotated(1, 6)
    expected = ratio_of_means([TwoGroups(first.annotated, second.annotated)])
    assert numbers(rectified_ratio([(first, second)])) == pytest.approx(numbers(expected))


@pytest.mark.parametrize("seed", range(10))
def test_rectified_ratio__images_of_all_assets__is_welchs_interval_of_what_each_adds(
    seed: int,
) -> None:
    first, second = random_group(seed, 4), random_group(seed + 100, 7)
    added = [
        each.counted / each.counted.mean()
        + each.annotated / each.annotated.mean()
        - each.found / each.found.mean()
        for each in (first, second)
    ]
    welch = stats.ttest_ind(added[1], added[0], equal_var=False).confidence_interval(0.95)
    value, low, high = numbers(rectified_ratio([(first, second)]))
    assert np.log([low / value, high / value]) == pytest.approx([welch.low, welch.high])


def test_rectified_ratio__same_stratum_twice__narrows_the_interval() -> None:
    stratum = random_group(0, 4), random_group(1, 4)
    once, twice = (numbers(rectified_ratio([stratum] * number)) for number in (1, 2))
    assert twice[0] == pytest.approx(once[0])
    assert twice[2] / twice[1] < once[2] / once[1]


def test_rectified_ratio__asset_without_annotated_images__counts_in_the_mean_of_all() -> None:
    first = sampled([10, 10, 40], [10, 10, NAN], [10, 10, NAN])
    second = sampled([20, 20], [20, 20], [20, 20])
    assert numbers(rectified_ratio([(first, second)]))[0] == pytest.approx(1)


def test_rectified_ratio__fewer_assets_annotated__is_wider() -> None:
    second = random_group(1, 8)
    some = np.arange(8) < 4
    first = random_group(0, 8)
    fewer = DoublySampled(
        first.counted,
        np.where(some, first.annotated, np.nan),
        np.where(some, first.found, np.nan),
    )
    _, low, high = numbers(rectified_ratio([(first, second)]))
    _, low_of_fewer, high_of_fewer = numbers(rectified_ratio([(fewer, second)]))
    assert high_of_fewer / low_of_fewer > high / low


@pytest.mark.parametrize(
    "group",
    [
        sampled([5, 6], [5, NAN], [5, NAN]),
        sampled([5, 6], [0, 0], [1, 0]),
        sampled([5, 6], [5, 6], [0, 0]),
        sampled([0, 0], [5, 6], [1, 0]),
    ],
)
def test_rectified_ratio__too_little_to_correct_by__is_none(group: DoublySampled) -> None:
    assert rectified_ratio([(random_group(0, 4), group)]) is None


def test_rectified_ratio__nothing_varies__has_no_interval() -> None:
    same = sampled([5, 5], [6, 6], [4, 4])
    assert rectified_ratio([(same, same)]) == Estimate(1, None)


def test_share_found__totals__are_divided_and_each_asset_left_out() -> None:
    value, low, high = numbers(share_found(np.array([8.0, 4, 6]), np.array([10.0, 10, 10])))
    without = np.log([10 / 20, 14 / 20, 12 / 20])
    half = stats.t.ppf(0.975, 2) * np.sqrt(2 * np.mean((without - without.mean()) ** 2))
    assert value == pytest.approx(0.6)
    assert np.log([low / value, high / value]) == pytest.approx([-half, half])


def test_share_found__nothing_annotated__is_none() -> None:
    assert share_found(np.array([1.0, 2]), np.zeros(2)) is None


def test_share_found__one_asset_has_all_annotations__has_no_interval() -> None:
    assert share_found(np.array([1.0, 2]), np.array([0.0, 4])) == Estimate(0.75, None)
