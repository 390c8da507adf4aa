"""Tests for `gapjunction.simulation.stack.volume`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.stack_models import STACK_MODELS
from gapjunction.simulation.stack.volume import (
    BEYOND_UM,
    NUCLEUS_LIGHT,
    Nuclei,
    build_volume,
    draw_haze,
)

GRID = Grid(num_slices=6, size_px=200, um_per_px=0.1, z_step_um=0.5)
TISSUE = STACK_MODELS["human"].tissue
NO_NUCLEI = Nuclei(np.zeros((0, 3)), np.zeros(0))


def test_build_volume__plaques__lie_in_the_block_and_outside_nuclei() -> None:
    dense = replace(TISSUE, nuclei_per_um3=0.003)
    volume = build_volume(dense, GRID, 5.0, np.random.default_rng(0))
    centers = np.array([plaque.points_um.mean(axis=0) for plaque in volume.plaques])
    assert len(centers) > 20
    assert len(volume.nuclei.radii_um) > 2
    # Emitters are drawn, so that their mean is a little beside the center.
    assert (centers[:, :2] > -0.5).all()
    assert (centers[:, :2] < GRID.side_um + 0.5).all()
    assert (np.abs(centers[:, 2] - GRID.depth_um / 2) < GRID.depth_um / 2 + BEYOND_UM + 0.5).all()
    shrunk = replace(volume.nuclei, radii_um=volume.nuclei.radii_um - 0.5)
    assert not any(shrunk.contain(center) for center in centers)


def test_build_volume__density__multiplies_the_number_of_plaques() -> None:
    few, many = (
        sum(len(build_volume(TISSUE, GRID, factor, rng).plaques) for _ in range(10))
        for factor, rng in ((1.0, np.random.default_rng(0)), (4.0, np.random.default_rng(1)))
    )
    expected = TISSUE.plaques_per_um3 * GRID.side_um**2 * (GRID.depth_um + 2 * BEYOND_UM) * 10
    assert few == pytest.approx(expected, abs=4 * expected**0.5)
    assert many == pytest.approx(4 * expected, abs=4 * (4 * expected) ** 0.5)


def test_build_volume__plaques__are_flat_plates_in_all_directions() -> None:
    volume = build_volume(TISSUE, GRID, 10.0, np.random.default_rng(0))
    spreads = [
        np.linalg.svd(plaque.points_um - plaque.points_um.mean(axis=0), compute_uv=False)
        for plaque in volume.plaques
    ]
    assert all(spread[2] < 1e-9 * spread[0] for spread in spreads)
    rises = [np.ptp(plaque.points_um[:, 2]) for plaque in volume.plaques]
    assert min(rises) < 0.2
    assert max(rises) > 0.5


def test_draw_haze__mean_and_spread__are_as_stated() -> None:
    tissue = replace(TISSUE, haze_sizes_um=(0.6,), haze_spread=0.3, haze_photons=10.0)
    log_light = np.log(draw_haze(tissue, GRID, NO_NUCLEI, np.random.default_rng(0)) / 10)
    assert log_light.mean() == pytest.approx(0, abs=0.02)
    assert log_light.std() == pytest.approx(0.3, rel=0.1)


def test_draw_haze__neighboring_slices__look_alike() -> None:
    tissue = replace(TISSUE, haze_sizes_um=(2.5,))
    haze = draw_haze(tissue, GRID, NO_NUCLEI, np.random.default_rng(0))
    near = np.corrcoef(haze[0].ravel(), haze[1].ravel())[0, 1]
    assert near > 0.9


def test_draw_haze__nucleus__is_darker() -> None:
    even = replace(TISSUE, haze_spread=0.0, haze_photons=10.0)
    nucleus = Nuclei(np.array([[10.0, 10.0, 1.0]]), np.array([4.0]))
    haze = draw_haze(even, GRID, nucleus, np.random.default_rng(0))
    assert haze[2, 100, 100] == pytest.approx(10 * NUCLEUS_LIGHT, rel=0.01)
    assert haze[2, 0, 0] == pytest.approx(10)
