"""Tests for `gapjunction.simulation.stack.haze`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.haze import NUCLEUS_LIGHT, draw_haze
from gapjunction.simulation.stack.stack_models import STACK_MODELS, StackTissue
from gapjunction.simulation.stack.volume import Nuclei
from gapjunction.simulation.tissue import FloatArray

GRID = Grid(num_slices=6, size_px=200, um_per_px=0.1, z_step_um=0.5)
TISSUE = STACK_MODELS["human"].tissue
NO_NUCLEI = Nuclei(np.zeros((0, 3)), np.zeros(0))


def light_of(tissue: StackTissue, nuclei: Nuclei = NO_NUCLEI) -> FloatArray:
    """Return the light of all slices (slices, height, width)."""
    haze = draw_haze(tissue, GRID, nuclei, np.random.default_rng(0))
    return np.stack([haze.in_slice(index) for index in range(GRID.num_slices)])


def test_draw_haze__mean_and_spread__are_as_stated() -> None:
    tissue = replace(TISSUE, haze_sizes_um=(0.6,), haze_spread=0.3, haze_photons=10.0)
    log_light = np.log(light_of(tissue) / 10)
    assert log_light.mean() == pytest.approx(0, abs=0.02)
    assert log_light.std() == pytest.approx(0.3, rel=0.1)


def test_draw_haze__neighboring_slices__look_alike() -> None:
    light = light_of(replace(TISSUE, haze_sizes_um=(2.5,)))
    near = np.corrcoef(light[0].ravel(), light[1].ravel())[0, 1]
    assert near > 0.9


def test_draw_haze__nucleus__is_darker() -> None:
    even = replace(TISSUE, haze_spread=0.0, haze_photons=10.0)
    light = light_of(even, Nuclei(np.array([[10.0, 10.0, 1.0]]), np.array([4.0])))
    assert light[2, 100, 100] == pytest.approx(10 * NUCLEUS_LIGHT, rel=0.01)
    assert light[2, 0, 0] == pytest.approx(10)
