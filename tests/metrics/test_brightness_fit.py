"""Tests for `gapjunction.metrics.brightness_fit`."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from gapjunction.metrics.brightness_fit import fit_brightness
from gapjunction.metrics.judged_scores import JudgedScores

NUM_IMAGES, NUM_OBJECTS = 30, 60
EACH_AN_ANIMAL = [[index] for index in range(NUM_IMAGES)]


def drawn(odds_per_octave: float) -> tuple[list[JudgedScores], list[NDArray[np.float64]]]:
    """Return images in which scores tell something, and brightness as much as is said."""
    rng = np.random.default_rng(0)
    judged, octaves = [], []
    for _ in range(NUM_IMAGES):
        odds, brighter = rng.normal(0, 1, NUM_OBJECTS), rng.normal(-1, 1, NUM_OBJECTS)
        is_right = rng.random(NUM_OBJECTS) < expit(odds + odds_per_octave * (brighter + 1))
        scores = expit(odds).astype(np.float32)
        judged.append(JudgedScores(scores, is_right, int(is_right.sum())))
        octaves.append(brighter)
    return judged, octaves


def test_fit_brightness__it_tells_much__is_as_it_was_drawn() -> None:
    brightness = fit_brightness(*drawn(1.5), EACH_AN_ANIMAL)

    assert brightness is not None
    assert brightness.slope == pytest.approx(1, abs=0.15)
    assert brightness.odds_per_octave == pytest.approx(1.5, abs=0.15)
    assert brightness.intercept == pytest.approx(1.5, abs=0.2)


def test_fit_brightness__it_tells_nothing__is_none() -> None:
    assert fit_brightness(*drawn(0), EACH_AN_ANIMAL) is None


def test_fit_brightness__one_animal__is_none_as_no_other_judges() -> None:
    assert fit_brightness(*drawn(1.5), [list(range(NUM_IMAGES))]) is None


def test_fit_brightness__nothing_found__is_none() -> None:
    nothing = JudgedScores(np.zeros(0, np.float32), np.zeros(0, np.bool_), 0)
    assert fit_brightness([nothing] * 3, [np.zeros(0)] * 3, [[0], [1], [2]]) is None
