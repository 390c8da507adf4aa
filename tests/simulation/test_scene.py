"""Tests for `gapjunction.simulation.scene` and the emitters that it is made of."""

import numpy as np
import pytest

from gapjunction.simulation.scene import build_scene
from gapjunction.simulation.tissue import Emitters, Tissue

SIDE_UM = 30.0


def test_joined__no_parts__gives_an_empty_cloud() -> None:
    assert Emitters.joined([]).points_um.shape == (0, 3)


def test_build_scene__same_seed__same_scene() -> None:
    scenes = [build_scene(Tissue(), SIDE_UM, 1.0, np.random.default_rng(3)) for _ in range(2)]
    clouds = [Emitters.joined(scene.plaques).points_um for scene in scenes]
    assert (clouds[0] == clouds[1]).all()


@pytest.mark.long
def test_build_scene__density_factor__multiplies_the_number_of_plaques() -> None:
    tissue = Tissue(field_dispersion=1e6, processes_per_cell=(1, 1), defocused_per_plaque=0.0)
    rng = np.random.default_rng(0)
    once, thrice = (
        np.mean([len(build_scene(tissue, SIDE_UM, factor, rng).plaques) for _ in range(30)])
        for factor in (1.0, 3.0)
    )
    assert thrice / once == pytest.approx(3, rel=0.15)


def test_build_scene__defocused_plaques__lie_outside_the_focus() -> None:
    tissue = Tissue(defocused_per_plaque=1.0)
    scene = build_scene(tissue, SIDE_UM, 1.0, np.random.default_rng(0))
    depth = np.abs(scene.defocused_plaques.points_um[:, 2])
    assert depth.min() >= tissue.defocus_um[0] - tissue.focus_depth_um
