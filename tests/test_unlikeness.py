"""Tests for `gapjunction.unlikeness`."""

import numpy as np
import pytest

from gapjunction.unlikeness import (
    LEAST_DOUBT,
    LEAST_PASSED_BY,
    KnownSigns,
    Signs,
    fit_known_signs,
)

KNOWN = KnownSigns(doubt=0.4, passed_by=2.0, num_images=10)


def test_of__sure_objects_as_many_as_spots__has_no_sign() -> None:
    signs = Signs.of(np.ones(7, np.float32), 7)
    assert signs.doubt == 0
    assert signs.passed_by == pytest.approx(0)


def test_of__coin_flips__are_a_quarter_each_of_all_and_a_few_more() -> None:
    assert Signs.of(np.full(6, 0.5, np.float32), 3).doubt == pytest.approx(1.5 / (3 + 3))


def test_of__spots_and_nothing_seen__are_passed_by() -> None:
    signs = Signs.of(np.zeros(0, np.float32), 9)
    assert signs.doubt == 0
    assert signs.passed_by == pytest.approx(np.log(10))


@pytest.mark.parametrize(
    ("doubt", "passed_by", "expected"),
    [(0.4, -1.0, 1.0), (0.1, 3.0, 1.5), (0.8, 3.0, 2.0), (0.0, -5.0, 0.0)],
)
def test_unlikeness__two_signs__is_that_of_the_stronger_one(
    doubt: float, passed_by: float, expected: float
) -> None:
    assert KNOWN.unlikeness(Signs(doubt, passed_by)) == pytest.approx(expected)


def test_fit_known_signs__many_images__leaves_one_in_twenty_above() -> None:
    rng = np.random.default_rng(0)
    signs = [Signs(*each) for each in rng.uniform((0, 0), (1, 6), (400, 2))]
    known = fit_known_signs(signs)
    above = np.mean([known.unlikeness(each) > 1 for each in signs])
    assert known.num_images == 400
    assert 0.03 < above <= 0.05


def test_fit_known_signs__easy_images__allow_for_harder_ones() -> None:
    known = fit_known_signs([Signs(0.0, -1.0)])
    assert (known.doubt, known.passed_by) == (LEAST_DOUBT, LEAST_PASSED_BY)
