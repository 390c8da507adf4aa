"""Tests for `gapjunction.simulation.cells`."""

import numpy as np
import pytest

from gapjunction.simulation.cells import (
    MARGIN_UM,
    STEP_UM,
    fill_cytoplasm,
    fill_nuclei,
    fill_processes,
    place_cells,
)
from gapjunction.simulation.tissue import Tissue

SIDE_UM = 50.0


def test_place_cells__reach_beyond_the_image_on_all_sides() -> None:
    centers = place_cells(Tissue(), SIDE_UM, np.random.default_rng(0)).centers_um
    assert (centers.min(axis=0) < 0).all()
    assert (centers.max(axis=0) > SIDE_UM).all()


def test_place_cells__borders_in_the_image__run_between_cells() -> None:
    cells = place_cells(Tissue(), SIDE_UM, np.random.default_rng(0))
    points = np.concatenate(cells.borders)
    points = points[((points > 0) & (points < SIDE_UM)).all(axis=1)]
    distances = np.sort(np.hypot(*(points[:, None] - cells.centers_um).transpose(2, 0, 1)), axis=1)
    # A straight border is as far from its two nearest cells; waves shift it a little.
    assert np.median(distances[:, 1] - distances[:, 0]) < 1.5


def test_place_cells__borders__end_where_the_cells_do() -> None:
    for seed in range(20):
        cells = place_cells(Tissue(), SIDE_UM, np.random.default_rng(seed))
        diagonal_um = np.hypot(*np.ptp(cells.centers_um, axis=0))
        assert max(len(border) for border in cells.borders) < diagonal_um / STEP_UM + 4


def test_place_cells__processes__start_at_a_cell() -> None:
    cells = place_cells(Tissue(), SIDE_UM, np.random.default_rng(0))
    trunks = np.array([line[0, :2] for line in cells.processes[::2]])
    nearest = np.hypot(*(trunks[:, None] - cells.centers_um).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 0.5


def test_fill_processes__twice_the_concentration__is_twice_the_light() -> None:
    dim, bright = Tissue(process_concentration=0.5), Tissue(process_concentration=1.0)
    cells = place_cells(dim, SIDE_UM, np.random.default_rng(0))
    light = [
        fill_processes(tissue, cells, np.random.default_rng(1)).weights.sum()
        for tissue in (dim, bright)
    ]
    assert light[1] == pytest.approx(2 * light[0])


def test_fill_nuclei__weight_is_their_area_times_concentration() -> None:
    tissue = Tissue(nucleus_radius_um=(3.0, 3.0), nucleus_concentration=0.5)
    cells = place_cells(tissue, SIDE_UM, np.random.default_rng(0))
    nuclei = fill_nuclei(tissue, cells, np.random.default_rng(1))
    assert nuclei.weights.sum() == pytest.approx(len(cells.radii_um) * np.pi * 9 * 0.5)


def test_fill_cytoplasm__neuropil_alone__is_even() -> None:
    tissue = Tissue(cytoplasm_concentration=0.0, neuropil_concentration=0.2)
    cells = place_cells(tissue, SIDE_UM, np.random.default_rng(0))
    cloud = fill_cytoplasm(tissue, cells, SIDE_UM, np.random.default_rng(1))
    assert cloud.weights.sum() == pytest.approx(0.2 * (SIDE_UM + 2 * MARGIN_UM) ** 2)
    left = cloud.weights[cloud.points_um[:, 0] < SIDE_UM / 2].sum()
    assert left == pytest.approx(cloud.weights.sum() / 2, rel=0.05)
