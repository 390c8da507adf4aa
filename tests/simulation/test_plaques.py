"""Tests for `gapjunction.simulation.plaques`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.cells import place_cells
from gapjunction.simulation.plaques import defocus, draw_count, draw_plaques, expected_plaques
from gapjunction.simulation.tissue import Emitters, Tissue

SIDE_UM = 40.0


def draw(tissue: Tissue, num_plaques: int, side_um: float = SIDE_UM) -> list[Emitters]:
    rng = np.random.default_rng(0)
    return draw_plaques(tissue, num_plaques, side_um, place_cells(tissue, side_um, rng), rng)


def longest_um(plaque: Emitters) -> float:
    plane = plaque.points_um[:, :2]
    return float(np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1)).max())


def test_expected_plaques__grows_with_area_and_density() -> None:
    tissue = Tissue(plaques_per_um2=0.02)
    assert expected_plaques(tissue, 50, 1.0) == pytest.approx(50)
    assert expected_plaques(tissue, 100, 1.5) == pytest.approx(300)


def test_draw_count__has_the_mean_and_the_spread_of_a_negative_binomial() -> None:
    tissue, rng = Tissue(field_dispersion=5.0), np.random.default_rng(0)
    counts = np.array([draw_count(tissue, 40.0, rng) for _ in range(4000)])
    assert counts.mean() == pytest.approx(40, rel=0.03)
    # Variance mean + mean^2 / shape.
    assert counts.var() == pytest.approx(40 + 40**2 / 5, rel=0.1)


def test_draw_plaques__gives_as_many_as_asked_for() -> None:
    assert [len(draw(Tissue(), num)) for num in (0, 1, 17)] == [0, 1, 17]


def test_draw_plaques__lengths_stay_within_the_limits() -> None:
    tissue = Tissue(plaque_length_sd=2.0)
    lengths = [longest_um(plaque) for plaque in draw(tissue, 150)]
    low, high = tissue.plaque_length_limits_um
    # A bent plaque is a little longer than its chord; a random filling a little shorter.
    assert min(lengths) > 0.7 * low
    assert max(lengths) < 1.1 * high


def test_draw_plaques__lie_near_the_focal_plane() -> None:
    tissue = Tissue(focus_depth_um=0.2)
    depths = np.concatenate([plaque.points_um[:, 2] for plaque in draw(tissue, 80)])
    assert 0.1 < np.abs(depths).max() <= 0.2


def test_draw_plaques__neighbors_only__form_one_row() -> None:
    tissue = replace(Tissue(), neighbor_fraction=1.0, neighbor_gap_um=(0.5, 0.5))
    centers = np.array([plaque.points_um[:, :2].mean(axis=0) for plaque in draw(tissue, 6)])
    steps = np.hypot(*np.diff(centers, axis=0).T)
    assert steps.max() < 0.5 + tissue.plaque_length_limits_um[1]


def test_draw_plaques__image_too_small_for_any_border__still_places_them() -> None:
    assert len(draw(Tissue(cell_spacing_um=80.0), 5, side_um=1.0)) == 5


def test_defocus__moves_every_emitter_by_one_depth() -> None:
    plaque = Emitters(np.zeros((3, 3)), np.ones(3))
    moved = defocus(Tissue(defocus_um=(1.5, 1.5)), plaque, np.random.default_rng(0))
    assert np.abs(moved.points_um[:, 2]).tolist() == [1.5, 1.5, 1.5]
    assert moved.points_um[:, :2].tolist() == plaque.points_um[:, :2].tolist()


def test_draw_plaques__annular__have_a_hole_in_the_middle() -> None:
    tissue = Tissue(annular_fraction=1.0, plaque_width_um=(0.7, 0.7), plaque_length_sd=0.0)
    for plaque in draw(tissue, 20):
        middle = plaque.points_um[:, :2] - plaque.points_um[:, :2].mean(axis=0)
        # The smallest hole is 0.4 of a plaque of 0.7 um; a bend of the ring moves its middle.
        assert np.hypot(*middle.T).min() > 0.05


def test_draw_plaques__some_annular__others_are_full() -> None:
    def num_full(share: float) -> int:
        tissue = Tissue(annular_fraction=share, plaque_width_um=(0.7, 0.7), plaque_length_sd=0.0)
        middles = [p.points_um[:, :2] - p.points_um[:, :2].mean(axis=0) for p in draw(tissue, 40)]
        return sum(float(np.hypot(*middle.T).min()) < 0.06 for middle in middles)

    assert num_full(0.0) == 40
    assert 10 < num_full(0.5) < 30
