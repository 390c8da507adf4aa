"""Tests for `gapjunction.metrics.paired_effects`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.paired_effects import paired_ratio


def block(first: list[float], second: list[float]) -> TwoGroups:
    return TwoGroups(np.array(first), np.array(second))


@pytest.mark.parametrize("seed", range(5))
def test_paired_ratio__pairs__is_scipys_paired_t_interval_of_logs(seed: int) -> None:
    one, other = np.random.default_rng(seed).uniform(5, 30, (2, 6))
    ratio = paired_ratio([block([a], [b]) for a, b in zip(one, other, strict=True)])
    ends = stats.ttest_rel(np.log(other), np.log(one)).confidence_interval(0.95)
    assert ratio is not None
    assert ratio.interval is not None
    assert np.log(ratio.value) == pytest.approx(np.log(other / one).mean())
    assert np.log(ratio.interval.low) == pytest.approx(ends.low)
    assert np.log(ratio.interval.high) == pytest.approx(ends.high)


def test_paired_ratio__blocks_of_several__count_the_same() -> None:
    large = block([1, 3, 2, 2, 2], [8, 8, 8])
    ratio = paired_ratio([large, block([5], [5])])
    assert ratio is not None
    assert ratio.value == pytest.approx(2)


def test_paired_ratio__block_without_objects__is_none() -> None:
    assert paired_ratio([block([0], [5]), block([5], [5])]) is None


@pytest.mark.parametrize("number", [1, 3])
def test_paired_ratio__one_block_or_equal_ratios__has_no_interval(number: int) -> None:
    ratio = paired_ratio([block([2], [6])] * number)
    assert ratio is not None
    assert ratio.value == pytest.approx(3)
    assert ratio.interval is None
