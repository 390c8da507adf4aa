"""Tests for `gapjunction.simulation.stack.volume`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.stack_models import STACK_MODELS
from gapjunction.simulation.stack.volume import (
    BEYOND_UM,
    build_volume,
)

GRID = Grid(num_slices=6, size_px=200, um_per_px=0.1, z_step_um=0.5)
TISSUE = STACK_MODELS["human"].tissue


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
