"""Tests for `gapjunction.count_intervals`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.count_intervals import (
    OFFSET,
    CountEstimate,
    EstimateSums,
    Reach,
    half_width_to,
    interval_about,
)

COUNTS = st.integers(0, 5000)


def estimate(count: int, half_width: float, passed_by: int = 0) -> CountEstimate:
    return CountEstimate(
        count=count, fitted_count=count, half_width=half_width, passed_by=passed_by
    )


def reach(**changes: float) -> Reach:
    usual = {"image": 2.0, "animal": 3.0, "within_animals": 0.0, "between_animals": 0.0}
    return Reach(**(usual | changes), num_animals=5)


def test_interval_about__any_count__is_symmetric_on_the_scale_of_roots() -> None:
    low, high = interval_about(100, 44)
    assert high == 144
    # root 10.02, 2.00 more above, and as much less below
    assert low == pytest.approx((2 * (100 + OFFSET) ** 0.5 - (144 + OFFSET) ** 0.5) ** 2, abs=1)


def test_interval_about__no_object__reaches_up_by_the_half_width_alone() -> None:
    assert interval_about(0, 4.7) == (0, 4)


@given(COUNTS, st.floats(0, 5000))
def test_interval_about__anything__holds_the_count_and_no_negative_number(
    count: int, half_width: float
) -> None:
    low, high = interval_about(count, half_width)
    assert 0 <= low <= count <= high


@given(COUNTS, COUNTS)
def test_half_width_to__any_true_count__is_the_least_that_holds_it(true: int, count: int) -> None:
    half_width = half_width_to(true, count)
    low, high = interval_about(count, half_width)
    assert low <= true <= high
    if true != count:
        low, high = interval_about(count, half_width - 1e-3)
        assert not low <= true <= high


def test_interval__another_threshold__reaches_over_both_counts() -> None:
    own = CountEstimate(count=5, fitted_count=20, half_width=6)
    low, high = own.interval
    assert low == interval_about(5, 6)[0]
    assert high == interval_about(20, 6)[1]


def test_interval__more_passed_by__reaches_up_to_it() -> None:
    assert estimate(3, 2, passed_by=80).interval[1] == 83


@pytest.mark.parametrize(("correlation", "half_width"), [(0, 5), (1, 7), (0.5, 37**0.5)])
def test_sum_of__two_counts__err_as_alike_as_they_are_said_to(
    correlation: float, half_width: float
) -> None:
    total = CountEstimate.sum_of([estimate(30, 3), estimate(40, 4, 2)], correlation)
    assert (total.count, total.fitted_count, total.passed_by) == (70, 70, 2)
    assert total.half_width == pytest.approx(half_width)


def test_scaled__half_as_many__are_as_unsure_for_their_size() -> None:
    half = CountEstimate(count=40, fitted_count=44, half_width=10, passed_by=4).scaled(20)
    assert half == CountEstimate(count=20, fitted_count=22, half_width=5, passed_by=2)


def test_total_of_animal__one_image__is_as_sure_as_that() -> None:
    assert reach().total_of_animal([estimate(30, 3)]) == estimate(30, 3)


def test_total_of_animal__several__reach_as_totals_do() -> None:
    total = reach().total_of_animal([estimate(30, 3), estimate(40, 4)])
    assert total.half_width == pytest.approx(5 * 3 / 2)


def test_total_of_animals__that_err_alike__add_up() -> None:
    animals = [estimate(30, 3), estimate(40, 4)]
    assert reach(between_animals=1).total_of_animals(animals) == estimate(70, 7)


def test_estimate_sums__counts_added_in_two_steps__have_the_total_of_all() -> None:
    counts = [
        CountEstimate(count=n, fitted_count=n + 1, half_width=n / 2, passed_by=n % 2)
        for n in range(1, 8)
    ]
    sums = EstimateSums.of(counts[:3]).plus(EstimateSums.of(counts[3:]))
    total, expected = sums.total(0.4), CountEstimate.sum_of(counts, 0.4)
    assert (total.count, total.fitted_count, total.passed_by) == (28, 35, 4)
    assert total.half_width == pytest.approx(expected.half_width)
    # By hand: the half widths are 0.5 to 3.5, their sum 14, that of their squares 35.
    assert total.half_width == pytest.approx((0.4 * 14**2 + 0.6 * 35) ** 0.5)
