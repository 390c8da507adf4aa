"""Tests for `gapjunction.simulation.distractors`."""

import numpy as np

from gapjunction.simulation.cells import place_cells
from gapjunction.simulation.distractors import draw_fibers, draw_lipofuscin
from gapjunction.simulation.tissue import Tissue

SIDE_UM = 50.0


def test_draw_lipofuscin__none_expected__gives_an_empty_cloud() -> None:
    tissue = Tissue(lipofuscin_per_cell=0.0)
    cells = place_cells(tissue, SIDE_UM, np.random.default_rng(0))
    assert len(draw_lipofuscin(tissue, cells, np.random.default_rng(1))) == 0


def test_draw_lipofuscin__clumps_hug_a_nucleus() -> None:
    tissue = Tissue(lipofuscin_per_cell=2.0)
    cells = place_cells(tissue, SIDE_UM, np.random.default_rng(0))
    points = draw_lipofuscin(tissue, cells, np.random.default_rng(1)).points_um[::50, :2]
    distances = np.hypot(*(points[:, None] - cells.centers_um).transpose(2, 0, 1)).min(axis=1)
    assert np.median(distances) < tissue.nucleus_radius_um[1] + tissue.lipofuscin_radius_um[1]


def test_draw_fibers__are_far_longer_than_any_plaque() -> None:
    tissue = Tissue(fibers_per_field=1.0)
    for seed in range(20):
        fiber = draw_fibers(tissue, SIDE_UM, np.random.default_rng(seed))
        if len(fiber):
            extent = np.hypot(*np.ptp(fiber.points_um[:, :2], axis=0))
            assert extent > 4 * tissue.plaque_length_limits_um[1]


def test_draw_fibers__none_expected__gives_an_empty_cloud() -> None:
    none = draw_fibers(Tissue(fibers_per_field=0.0), SIDE_UM, np.random.default_rng(0))
    assert len(none) == 0
