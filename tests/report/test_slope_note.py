"""Tests for `gapjunction.report.slope_note`."""

import numpy as np
import pytest

from detection_study import groups_of
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite
from gapjunction.report.slope_note import slope_note

SLOPE_BOUNDS = ("difference_slope_low", "difference_slope_high")


def note_of(truth: np.ndarray, found: np.ndarray) -> str:
    stems = tuple(map(str, range(len(truth))))
    paired = PairedCounts(stems, ("puncta",), truth[:, None], found[:, None])
    return slope_note(count_suite(paired, groups_of(*range(len(truth))))["all"])


def skewed_counts() -> np.ndarray:
    return np.random.default_rng(0).lognormal(4, 1, 60).round().astype(np.int64)


def changes(middle: float, spread: float) -> np.ndarray:
    return np.random.default_rng(1).normal(middle, spread, 60)


def test_slope_note__skewed_counts_off_by_a_share__says_what_to_do() -> None:
    """Simulated counts with the slope of those of Euser et al. 2008, 0.47."""
    truth = skewed_counts()
    note = note_of(truth, (truth * changes(1.6, 0.2)).round().astype(np.int64))
    assert note.startswith("The difference changes with the count (slope +0.4")
    assert "take limits in percent of the mean, or of square roots" in note


def test_slope_note__differences_alike_for_all_counts__says_nothing() -> None:
    truth = skewed_counts()
    assert note_of(truth, truth + changes(2, 1).round().astype(np.int64)) == ""


@pytest.mark.parametrize("bounds", [(None, None), (-0.1, 0.1), (0.0, 0.2)])
def test_slope_note__slope_may_be_none__says_nothing(
    bounds: tuple[float | None, float | None],
) -> None:
    values = {"difference_slope": 0.1}
    assert slope_note(values | dict(zip(SLOPE_BOUNDS, bounds, strict=True))) == ""


def test_slope_note__nothing_tells_the_assets__says_nothing() -> None:
    assert slope_note({"difference_slope": 0.5}) == ""
