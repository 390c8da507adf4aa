"""Tests for `gapjunction.metrics.reliability`."""

import numpy as np
import pytest

from gapjunction.metrics.reliability import reliability_of


def test_reliability_of__worked_by_hand() -> None:
    scores = np.array([0.05, 0.92, 0.98, 1.0], np.float32)
    found = reliability_of(scores, np.array([False, True, True, False]))
    assert found.number.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert found.low[-1] == 0.9
    assert (found.mean_score[0], found.share_right[0]) == pytest.approx((0.05, 0))
    assert (found.mean_score[9], found.share_right[9]) == pytest.approx((2.9 / 3, 2 / 3))
    assert np.isnan(found.share_right[1])
    assert found.error == pytest.approx((0.05 + 0.9) / 4)


def test_reliability_of__scores_are_probabilities__error_is_small() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(40_000).astype(np.float32)
    right = rng.random(40_000) < scores
    assert (reliability_of(scores, right).error or 1) < 0.01
    halved = reliability_of(scores / np.float32(2), right)
    assert halved.error == pytest.approx(0.25, abs=0.01)


def test_reliability_of__nothing_found__has_no_error() -> None:
    assert reliability_of(np.zeros(0, np.float32), np.zeros(0, np.bool_)).error is None
