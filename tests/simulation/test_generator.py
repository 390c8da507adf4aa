"""Tests for `gapjunction.simulation.generator` and the two imaging models."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.dataset.records import AssetMetadata
from gapjunction.simulation.generator import (
    DIAGNOSES,
    Subject,
    draw_subject,
    expect_photons,
    photograph,
    simulate_image,
)
from gapjunction.simulation.imaging_model import (
    DENSITY_BY_DIAGNOSIS,
    HUMAN,
    RAT,
    STAININGS,
    ImagingModel,
)
from gapjunction.simulation.scene import Scene
from gapjunction.simulation.tissue import Emitters

SIZE_PX = 128
CYAN_RED_BLUE, GREY, GREEN_RED = STAININGS
NOTHING = Emitters.joined([])


def subject(staining: int = 0) -> Subject:
    return Subject(AssetMetadata(), STAININGS[staining], density_factor=1.0, light_factor=1.0)


def disc(depth_um: float = 0.0, concentration: float = 1.0) -> Emitters:
    """Return a plaque of 0.6 um in the middle of the image."""
    rng = np.random.default_rng(0)
    reach, turn = 0.3 * np.sqrt(rng.random(400)), rng.uniform(0, 2 * np.pi, 400)
    middle = SIZE_PX * RAT.optics.um_per_px / 2
    x, y = middle + reach * np.cos(turn), middle + reach * np.sin(turn)
    weights = np.full(400, concentration * np.pi * 0.3**2 / 400)
    return Emitters(np.stack([x, y, np.full(400, depth_um)], axis=1), weights)


def scene(*plaques: Emitters, lipofuscin: Emitters = NOTHING) -> Scene:
    side_um = SIZE_PX * RAT.optics.um_per_px
    return Scene(side_um, plaques, NOTHING, NOTHING, NOTHING, NOTHING, lipofuscin, NOTHING)


def labeled_snr(model: ImagingModel) -> float:
    """Return the median clearness of the annotations of a few images."""
    found = [simulate_image(model, subject(), 256, np.random.default_rng(n)).snr for n in range(3)]
    return float(np.median(np.concatenate(found)))


def test_simulate_image__same_seed__same_pixels_and_boxes() -> None:
    first, second = (
        simulate_image(RAT, subject(), SIZE_PX, np.random.default_rng(5)) for _ in range(2)
    )
    assert (first.pixels == second.pixels).all()
    assert first.boxes.tolist() == second.boxes.tolist()


def test_simulate_image__another_seed__other_pixels() -> None:
    first, second = (
        simulate_image(RAT, subject(), SIZE_PX, np.random.default_rng(seed)) for seed in (5, 6)
    )
    assert (first.pixels != second.pixels).any()


@pytest.mark.parametrize("model", [RAT, HUMAN])
def test_simulate_image__nothing_below_the_threshold_is_marked(model: ImagingModel) -> None:
    image = simulate_image(model, subject(), 256, np.random.default_rng(1))
    assert len(image.boxes) > 0
    # Unmarked specks add a little noise after the threshold was applied.
    assert image.snr.min() > 0.95 * model.visibility.min_snr


@pytest.mark.long
def test_simulate_image__human__is_harder_than_rat() -> None:
    assert labeled_snr(HUMAN) < 0.6 * labeled_snr(RAT)


def test_simulate_image__distractors_only__marks_nothing_in_a_busy_image() -> None:
    tissue = replace(
        HUMAN.tissue, plaques_per_um2=0.0, lipofuscin_per_cell=3.0, fibers_per_field=4.0
    )
    model = replace(HUMAN, tissue=tissue)
    image = simulate_image(model, subject(), 256, np.random.default_rng(0))
    assert image.pixels.max() > 200
    assert image.boxes.shape == (0, 4)


def test_photograph__plaque_in_focus__is_marked_where_it_shines() -> None:
    image = photograph(RAT, subject(1), scene(disc()), SIZE_PX, np.random.default_rng(0))
    (x0, y0, x1, y1), *_ = image.boxes
    bright = np.argwhere(image.pixels[..., 0] > 0.5 * image.pixels[..., 0].max())
    assert len(image.boxes) == 1
    assert ((bright + 0.5 > [y0, x0]) & (bright + 0.5 < [y1, x1])).all()
    # 0.6 um are 5.8 px; the point spread function adds about one.
    assert 5.5 < x1 - x0 < 8


def test_photograph__plaque_out_of_focus__is_not_marked() -> None:
    image = photograph(RAT, subject(), scene(disc(1.5)), SIZE_PX, np.random.default_rng(0))
    assert len(image.boxes) == 0


def test_photograph__plaque_inside_lipofuscin__is_not_marked() -> None:
    clump = disc(concentration=3.0)
    hidden = scene(disc(), lipofuscin=clump)
    assert len(photograph(RAT, subject(), hidden, SIZE_PX, np.random.default_rng(0)).boxes) == 0


def test_photograph__lipofuscin__shines_in_all_colors_and_a_plaque_does_not() -> None:
    clump = photograph(RAT, subject(2), scene(lipofuscin=disc()), SIZE_PX, np.random.default_rng(0))
    plaque = photograph(RAT, subject(2), scene(disc()), SIZE_PX, np.random.default_rng(0))
    red_of_clump, green_of_clump, _ = clump.pixels.reshape(-1, 3).max(axis=0).astype(float)
    red_of_plaque, green_of_plaque, _ = plaque.pixels.reshape(-1, 3).max(axis=0).astype(float)
    assert red_of_clump > 0.8 * green_of_clump
    assert red_of_plaque < 0.3 * green_of_plaque


def test_photograph__one_channel__is_grey() -> None:
    image = photograph(RAT, subject(1), scene(disc()), SIZE_PX, np.random.default_rng(0))
    assert (image.pixels == image.pixels[..., :1]).all()


def test_expect_photons__doubtful_plaque__is_left_out_and_a_faint_speck_stays() -> None:
    light = np.ones((SIZE_PX, SIZE_PX))
    empty = expect_photons(RAT, scene(), light).rest[0].sum()
    added = []
    for concentration in (0.02, 0.1, 1.0):
        field = expect_photons(RAT, scene(disc(concentration=concentration)), light)
        added.append((len(field.plaques), bool(field.rest[0].sum() > empty + 1)))
    assert added == [(0, True), (0, False), (1, False)]


def test_draw_subject__diagnosis__multiplies_the_density_by_the_stated_effect() -> None:
    rng = np.random.default_rng(0)
    subjects = [draw_subject(RAT.subjects, index, rng) for index in range(400)]
    logs = {
        name: np.mean([np.log(s.density_factor) for s in subjects if s.metadata.diagnosis == name])
        for name in DIAGNOSES
    }
    effect = np.exp(logs["epilepsy"] - logs["healthy"])
    assert effect == pytest.approx(DENSITY_BY_DIAGNOSIS["epilepsy"], rel=0.04)


def test_draw_subject__six_assets__balance_diagnosis_and_staining() -> None:
    rng = np.random.default_rng(0)
    subjects = [draw_subject(HUMAN.subjects, index, rng) for index in range(6)]
    pairs = {(s.metadata.diagnosis, s.staining.name) for s in subjects}
    assert len(pairs) == 6
    assert {s.metadata.species for s in subjects} == {"human"}
