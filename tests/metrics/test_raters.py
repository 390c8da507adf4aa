"""Tests for `gapjunction.metrics.raters`."""

import numpy as np
import pytest

from gapjunction.metrics.interval import Interval
from gapjunction.metrics.raters import icc_agreement, rater_agreement

# Six targets, four judges: Shrout & Fleiss 1979, table 2.
RATINGS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    np.float64,
)


def test_icc_agreement__four_judges__is_that_of_the_paper() -> None:
    """ICC(2,1) there, 0.29."""
    assert icc_agreement(RATINGS) == pytest.approx(0.29, abs=0.005)


def test_icc_agreement__order_of_raters__makes_no_difference() -> None:
    assert icc_agreement(RATINGS[:, ::-1]) == pytest.approx(icc_agreement(RATINGS))


@pytest.mark.parametrize("counts", [np.zeros((0, 3)), np.ones((1, 3)), np.full((4, 3), 5.0)])
def test_icc_agreement__nothing_to_tell_images_apart__is_none(counts: np.ndarray) -> None:
    assert icc_agreement(counts) is None


def test_rater_agreement__reproducibility__is_done_by_hand() -> None:
    """Variances within images: 1 and 4; 1.96 root (2 times their mean)."""
    found = rater_agreement(np.array([[1.0, 2, 3], [2, 4, 6]]), None)
    assert (found.num_raters, found.num_images) == (3, 2)
    assert found.reproducibility == pytest.approx(1.96 * np.sqrt(2 * 2.5))


def test_rater_agreement__assets__have_an_interval_that_unknown_ones_have_not() -> None:
    known, unknown = (rater_agreement(RATINGS, each) for each in (np.arange(6), None))
    assert known.icc is not None
    assert unknown.icc is not None
    assert isinstance(known.icc.interval, Interval)
    assert known.icc.interval.low < known.icc.value < known.icc.interval.high
    assert unknown.icc.interval is None


def test_rater_agreement__no_images__says_nothing() -> None:
    found = rater_agreement(np.zeros((0, 3)), None)
    assert (found.icc, found.reproducibility) == (None, None)
