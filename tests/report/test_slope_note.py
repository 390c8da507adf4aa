"""Tests for `gapjunction.report.slope_note`."""

from typing import Any

import numpy as np
import pytest

from detection_study import groups_of
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite
from gapjunction.report.slope_note import skew_note, slope_note


def values_of(truth: np.ndarray, found: np.ndarray) -> dict[str, Any]:
    stems = tuple(map(str, range(len(truth))))
    paired = PairedCounts(stems, ("puncta",), truth[:, None], found[:, None])
    values: dict[str, Any] = count_suite(paired, groups_of(*range(len(truth))))["all"]
    return values


def note_of(truth: np.ndarray, found: np.ndarray) -> str:
    return slope_note(values_of(truth, found))


def skewed_counts() -> np.ndarray:
    return np.random.default_rng(0).lognormal(4, 0.8, 200).round().astype(np.int64)


def changes(middle: float, spread: float) -> np.ndarray:
    return np.random.default_rng(1).normal(middle, spread, 200)


def test_slope_note__skewed_counts_off_by_a_share__gives_limits_in_percent() -> None:
    """Simulated counts with the slope of those of Euser et al. 2008, 0.47."""
    truth = skewed_counts()
    note = note_of(truth, (truth * changes(1.6, 0.2)).round().astype(np.int64))
    assert "Take limits in percent of the mean of both counts: " in note


def test_slope_note__errors_of_counting__gives_limits_of_roots() -> None:
    """Both sides are Poisson, so that roots spread alike for all means."""
    mean = skewed_counts()
    first, second = (np.random.default_rng(seed).poisson(mean) for seed in (3, 4))
    assert "Take limits of square roots: " in note_of(first, second)


def test_slope_note__differences_alike_for_all_counts__says_nothing() -> None:
    truth = skewed_counts()
    assert note_of(truth, truth + changes(2, 1).round().astype(np.int64)) == ""


def test_slope_note__nothing_tells_the_assets__says_nothing() -> None:
    assert slope_note({"difference_slope": 0.5}) == ""


@pytest.mark.parametrize(
    ("limits", "example"),
    [
        (
            {"limits_root_low": -1, "limits_root_high": 2},
            "For an image of 36 objects that is 25 to 64.",
        ),
        ({"limits_root_low": -9, "limits_root_high": 0}, "that is 0 to 36."),
        ({"limits_percent_low": -100, "limits_percent_high": 100}, "that is 12 to 108."),
        ({"limits_percent_low": -210, "limits_percent_high": 210}, "that is 0 to any number."),
    ],
)
def test_slope_note__limits__are_told_by_the_mean_count(
    limits: dict[str, float], example: str
) -> None:
    assert slope_note({"num_truth": 72, "num_images": 2, **limits}).endswith(example)


@pytest.mark.long
@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (-1, "too few objects are predicted. Limits of agreement reach as far to either side: "),
        (1, "they are too narrow above and too wide below."),
    ],
)
def test_skew_note__a_long_tail__says_to_which_side(sign: int, words: str) -> None:
    truth = 100 + skewed_counts()
    far_off = np.random.default_rng(0).exponential(3, 200).round().astype(np.int64)
    assert words in skew_note(values_of(truth, truth + sign * far_off))


def test_skew_note__differences_alike_to_both_sides__says_nothing() -> None:
    truth = skewed_counts()
    assert skew_note(values_of(truth, truth + changes(2, 1).round().astype(np.int64))) == ""


def test_skew_note__another_scale_is_given__says_nothing() -> None:
    truth = skewed_counts()
    missed = (truth * np.random.default_rng(0).exponential(0.2, 200).clip(0, 1)).round()
    values = values_of(truth, truth - missed.astype(np.int64))
    assert slope_note(values)
    assert skew_note(values) == ""
