"""Tests for `gapjunction.simulation.random.shapes`."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, label

from gapjunction.simulation.random.shapes import (
    draw_blob,
    draw_compact_clump,
    draw_disc,
    draw_granular_clump,
    draw_granular_ring,
    draw_nucleus,
    draw_ringed_disc,
    draw_streak,
)
from gapjunction.simulation.tissue import FloatArray

RADIUS = 15.0
GRAIN = 1.5

Draw = Callable[[np.random.Generator], FloatArray]

ROUND: dict[str, Draw] = {
    "disc": lambda rng: draw_disc(RADIUS, 1.0, rng),
    "ringed disc": lambda rng: draw_ringed_disc(RADIUS, 1.0, rng),
    "blob": lambda rng: draw_blob(RADIUS, 2.0, rng),
    "granular clump": lambda rng: draw_granular_clump(RADIUS, GRAIN, rng),
    "granular ring": lambda rng: draw_granular_ring(RADIUS, GRAIN, rng),
    "compact clump": lambda rng: draw_compact_clump(RADIUS, rng),
    "nucleus": lambda rng: draw_nucleus(RADIUS, (3.0, 4.0), rng),
}
ALL: dict[str, Draw] = {**ROUND, "streak": lambda rng: draw_streak(100.0, 3.0, rng)}


def many(name: str, num: int = 12) -> list[FloatArray]:
    return [ALL[name](np.random.default_rng(seed)) for seed in range(num)]


def extent(patch: FloatArray, level: float) -> int:
    """Return the longer side of the smallest box around all that is brighter than `level`."""
    rows, columns = np.nonzero(patch > level)
    return int(max(np.ptp(rows), np.ptp(columns))) + 1


@pytest.mark.parametrize("name", ALL)
def test_patch__brightest_pixel_is_one_and_the_edge_is_dark(name: str) -> None:
    for patch in many(name):
        rim = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])
        assert patch.max() == 1
        assert patch.min() >= 0
        assert rim.max() < 0.01


@pytest.mark.parametrize("name", ALL)
def test_patch__same_seed__same_light_and_another_seed_another(name: str) -> None:
    first, second = many(name, 2)
    assert (first == ALL[name](np.random.default_rng(0))).all()
    assert first.shape != second.shape or (first != second).any()


@pytest.mark.parametrize("name", ROUND)
def test_round_patch__is_about_as_large_as_asked_for(name: str) -> None:
    for patch in many(name):
        assert RADIUS < extent(patch, 0.3) < 3.5 * RADIUS


def test_draw_disc__is_flat_and_a_blob_is_not() -> None:
    disc, blob = many("disc")[0], many("blob")[0]
    assert (disc > 0.9).sum() > 0.7 * (disc > 0.5).sum()
    assert (blob > 0.9).sum() < 0.3 * (blob > 0.5).sum()


@pytest.mark.parametrize("name", ["granular clump", "granular ring"])
def test_granules__no_bright_one_lies_apart(name: str) -> None:
    for patch in many(name):
        # Bright parts are at most about two granules apart.
        _, num_apart = label(binary_dilation(patch > 0.35, iterations=4))
        assert num_apart == 1


def test_draw_streak__is_long_and_thin() -> None:
    for patch in many("streak"):
        lit = int((patch > 0.5).sum())
        # 3 px wide; an arc of 100 px may end near its start, and dim parts do not reach half.
        assert extent(patch, 0.5) > 25
        assert lit < 5 * extent(patch, 0.5)
