"""Tests for `gapjunction.metrics.suited_limits`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.limits_of_agreement import limits_of_agreement
from gapjunction.metrics.suited_limits import (
    LimitScale,
    clear_skewness,
    spread_slope,
    suited_limits,
)

NUM_IMAGES = 200
ASSETS = np.arange(NUM_IMAGES)


def true_means() -> np.ndarray:
    return np.random.default_rng(0).lognormal(3.5, 0.8, NUM_IMAGES)


def changes(seed: int, middle: float, spread: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(middle, spread, NUM_IMAGES)


def poisson(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(true_means()).astype(np.float64)


def scale_of(true: np.ndarray, found: np.ndarray, assets: np.ndarray = ASSETS) -> LimitScale:
    suited = suited_limits(true, found, assets)
    assert suited is not None
    return suited.scale


def test_suited_limits__errors_alike_for_all_counts__are_in_objects() -> None:
    true = true_means()
    found = true + changes(1, 0, 1)
    suited = suited_limits(true, found, ASSETS)
    assert suited is not None
    assert suited.scale == "objects"
    assert suited.limits == limits_of_agreement(found - true, ASSETS)


def test_suited_limits__two_poisson_counts__are_of_roots() -> None:
    first, second = poisson(1), poisson(2)
    suited = suited_limits(first, second, ASSETS)
    assert suited is not None
    assert suited.scale == "root"
    difference = np.sqrt(second + 3 / 8) - np.sqrt(first + 3 / 8)
    assert suited.limits == limits_of_agreement(difference, ASSETS)


def test_suited_limits__errors_that_are_shares__are_in_percent() -> None:
    true = true_means()
    assert scale_of(true * changes(1, 1, 0.2), true * changes(2, 1, 0.2)) == "percent"


def test_suited_limits__shares_of_few_objects__are_of_roots() -> None:
    """Of five objects one is 20 percent, of two 50."""
    true = np.random.default_rng(0).poisson(5, NUM_IMAGES).astype(np.float64)
    assert scale_of(true, np.round(1.5 * true)) == "root"


def test_suited_limits__one_asset__tells_nothing_and_stays_with_objects() -> None:
    true = np.array([1.0, 10, 100])
    assert scale_of(true, 2 * true, np.zeros(3, np.int64)) == "objects"


def test_suited_limits__all_are_found_twice__is_percent_without_the_empty_image() -> None:
    """Twice as many are two thirds of the mean more."""
    true = np.append(true_means(), 0)
    found = 2 * true + np.append(changes(1, 0, 0.01), 0)
    suited = suited_limits(true, found, np.arange(NUM_IMAGES + 1))
    assert suited is not None
    assert suited.scale == "percent"
    assert (suited.limits.low, suited.limits.high) == pytest.approx((200 / 3, 200 / 3), abs=0.5)


def test_suited_limits__one_image__is_none() -> None:
    assert suited_limits(np.ones(1), np.ones(1), np.zeros(1, np.int64)) is None


def test_spread_slope__rest_of_the_line_doubles__is_its_slope() -> None:
    """Means 10 and 20; differences -1 and 1, and -2 and 2, around a line at 0."""
    mean, difference = np.array([10.0, 10, 20, 20]), np.array([-1.0, 1, -2, 2])
    assert spread_slope(mean - difference / 2, mean + difference / 2) == pytest.approx(0.1)


def test_spread_slope__one_mean__is_none() -> None:
    assert spread_slope(np.array([5.0, 5]), np.array([5.0, 5])) is None


def test_clear_skewness__a_long_tail__is_that_of_scipy() -> None:
    difference = -np.random.default_rng(0).exponential(3, NUM_IMAGES)
    assert clear_skewness(difference, ASSETS) == pytest.approx(stats.skew(difference))


def test_clear_skewness__symmetric_differences__is_none() -> None:
    assert clear_skewness(np.random.default_rng(0).normal(0, 3, NUM_IMAGES), ASSETS) is None


@pytest.mark.parametrize("difference", [[], [1.0], [2.0, 2, 2]])
def test_clear_skewness__nothing_varies__is_none(difference: list[float]) -> None:
    assert clear_skewness(np.array(difference), np.arange(len(difference))) is None
