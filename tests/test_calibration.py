"""Tests for `gapjunction.calibration`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration, count_variance, doubt_share
from gapjunction.count_intervals import Reach, interval_about
from gapjunction.detections import Detections

SCORES = np.array([0.0, 0.1, 0.5, 0.9, 1.0], np.float32)


def test_to_probabilities__default__leaves_scores_as_they_are() -> None:
    assert Calibration().to_probabilities(SCORES) == pytest.approx(SCORES, abs=1e-5)


def test_to_probabilities__intercept__multiplies_the_odds() -> None:
    doubled = Calibration(intercept=float(np.log(2)))
    # odds of 1 : 1 become 2 : 1
    assert doubled.to_probabilities(np.array([0.5], np.float32)) == pytest.approx([2 / 3])


def test_calibrated__detections__keep_boxes_labels_and_order() -> None:
    boxes = as_boxes([[i, 0, i + 4, 4] for i in range(5)])
    found = Detections(boxes, SCORES[::-1].copy(), np.arange(5))
    calibrated = Calibration(slope=0.5, intercept=-1).calibrated(found)
    assert calibrated.boxes is boxes
    assert list(calibrated.labels) == [0, 1, 2, 3, 4]
    assert np.all(np.diff(calibrated.scores) < 0)


def test_count_variance__sure_detections__is_that_of_missed_objects() -> None:
    sure = np.ones(80, np.float32)
    assert count_variance(sure, 0.2) == pytest.approx(20)  # of 100 objects 20 are missed
    assert count_variance(sure, 0.0) == 1.0


def test_count_variance__coin_flips__is_a_quarter_each() -> None:
    assert count_variance(np.full(40, 0.5, np.float32), 0.0) == pytest.approx(10)


def test_count_interval__many_images__is_two_standard_deviations_wide() -> None:
    calibration = Calibration(num_images=10_000)
    low, high = interval_about(200, calibration.half_width(np.full(400, 0.5, np.float32)))
    # 1.96 standard deviations of 10 above, and as far below on the scale of roots
    assert (low, high) == (182, 219)


def test_count_interval__shared_doubt__is_wider_by_the_doubts_and_not_by_the_count() -> None:
    calibration = Calibration(shared_doubt=0.2, num_images=10_000)
    sure = np.ones(160, np.float32)
    doubted = np.append(sure, np.full(40, 0.5, np.float32))
    # 10 of the 40 doubts vary, of 180 seen: 10 + 0.2 * 10 / 180 * 10 ** 2 = 3.33 ** 2
    assert calibration.half_width(doubted) == pytest.approx(1.96 * 3.33, abs=0.01)
    assert calibration.half_width(sure) == pytest.approx(1.96, abs=0.001)


def test_count_interval__widened__reaches_as_much_further() -> None:
    calibration, doubted = Calibration(num_images=10_000), np.full(400, 0.5, np.float32)
    widened = 1.5 * calibration.half_width(doubted)
    assert calibration.half_width(doubted, 1.5) == pytest.approx(widened)
    assert interval_about(200, calibration.half_width(doubted, 1.5)) == (173, 229)


def test_half_width__known_reach__is_so_many_standard_deviations() -> None:
    reach = Reach(image=3, animal=2, within_animals=0, between_animals=0, num_animals=5)
    calibration = Calibration(num_images=2, reach=reach)
    assert calibration.half_width(np.full(400, 0.5, np.float32)) == pytest.approx(30)


def test_known_reach__fitted_before_there_was_one__is_of_images_that_err_alike() -> None:
    reach = Calibration(num_images=4).known_reach
    assert reach.image == reach.animal == pytest.approx(3.182, abs=0.001)  # t with 3 degrees
    assert (reach.within_animals, reach.between_animals, reach.num_animals) == (1, 1, 4)


def test_doubt_share__half_of_two_in_doubt__is_a_sixth() -> None:
    assert doubt_share(np.array([1.0, 0.5], np.float32)) == pytest.approx(0.25 / 1.5)


def test_doubt_share__nothing_seen__is_none() -> None:
    assert doubt_share(np.zeros(0, np.float32)) == 0.0


def test_deviation__shared_doubts__grow_with_the_variance_and_not_with_its_root() -> None:
    flips = np.full(40, 0.5, np.float32)  # a variance of 10, half of what is seen is doubted
    assert Calibration(doubt_spread=2).deviation(flips) == pytest.approx((10 + 10**2) ** 0.5)


def test_deviation__size__is_a_share_of_what_is_expected() -> None:
    sure = np.ones(100, np.float32)
    assert Calibration(size_spread=0.05).deviation(sure) == pytest.approx((1 + 5**2) ** 0.5)


@given(st.integers(0, 500), st.floats(0, 50), st.integers(0, 100))
def test_count_interval__anything__holds_the_count_and_no_negative_number(
    count: int, shared_doubt: float, num_images: int
) -> None:
    calibration = Calibration(shared_doubt=shared_doubt, num_images=num_images)
    low, high = interval_about(count, calibration.half_width(np.full(count, 0.9, np.float32)))
    assert 0 <= low <= count <= high


def test_count_interval__few_images__is_wider() -> None:
    probabilities = np.full(100, 0.8, np.float32)
    widths = [
        np.subtract(*interval_about(80, Calibration(num_images=n).half_width(probabilities))[::-1])
        for n in (2, 3, 10, 100)
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def test_after__two_calibrations__do_what_one_after_the_other_does() -> None:
    first, second = Calibration(slope=1.5, intercept=-0.3), Calibration(slope=0.7, intercept=0.4)
    scores = np.array([0.1, 0.5, 0.8], np.float32)
    together = second.after(first).to_probabilities(scores)
    assert together == pytest.approx(second.to_probabilities(first.to_probabilities(scores)))
