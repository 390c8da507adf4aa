"""Tests for `gapjunction.simulation.random.randomization`."""

import numpy as np
import pytest

from gapjunction.simulation.imaging_model import ImagingModel
from gapjunction.simulation.random.randomization import draw_model, draw_staining
from gapjunction.simulation.random.yardstick import measure_plaques

MODELS = [draw_model(np.random.default_rng(seed)) for seed in range(400)]
STAININGS = [draw_staining(np.random.default_rng(seed)) for seed in range(400)]


def drawn(name: str) -> list[float]:
    """Return one number of all models, by its dotted name."""
    values = []
    for model in MODELS:
        value: object = model
        for part in name.split("."):
            value = getattr(value, part)
        assert isinstance(value, float)
        values.append(value)
    return values


def test_draw_model__same_seed__same_model() -> None:
    assert draw_model(np.random.default_rng(3)) == MODELS[3]
    assert MODELS[3] != MODELS[4]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("optics.um_per_px", 0.05, 0.3),
        ("optics.numerical_aperture", 0.6, 1.45),
        ("camera.offset_grey", 0, 25),
        ("tissue.border_fraction", 0, 1),
        ("tissue.neighbor_fraction", 0, 0.5),
        ("tissue.off_line_um", 0.03, 0.5),
        ("tissue.plaque_brightness_sd", 0.15, 0.8),
        ("visibility.doubtful", 0, 0.25),
    ],
)
def test_draw_model__range__is_kept_and_filled(name: str, low: float, high: float) -> None:
    values, reach = drawn(name), 0.05 * (high - low)
    assert low <= min(values) < low + reach
    assert high - reach < max(values) <= high


def test_draw_model__rules_of_marking__stay() -> None:
    assert {model.visibility.min_snr for model in MODELS} == {6.0}
    assert {model.visibility.box_level for model in MODELS} == {0.3}


def test_draw_model__about_one_in_twelve__has_no_plaque() -> None:
    assert 0.04 < np.mean([density == 0 for density in drawn("tissue.plaques_per_um2")]) < 0.13


def test_draw_model__number_of_plaques__spans_two_orders_of_magnitude() -> None:
    expected = [
        model.tissue.plaques_per_um2 * (512 * model.optics.um_per_px) ** 2
        for model in MODELS
        if model.tissue.plaques_per_um2
    ]
    assert min(expected) < 15
    assert max(expected) > 300


def test_draw_model__plaques__fit_into_three_to_forty_pixels() -> None:
    for model in MODELS:
        plaques = measure_plaques(model)
        assert 1.5 < plaques.width_px <= 40
        assert 3 < plaques.length_px <= 40


def test_draw_model__light__reaches_from_starved_to_plenty() -> None:
    peaks = [measure_plaques(model).peak_photons for model in MODELS]
    assert min(peaks) < 25
    assert max(peaks) > 1000


def test_draw_model__median_plaque__is_bright_enough_to_be_marked() -> None:
    for model in MODELS:
        peak = measure_plaques(model).peak_photons
        assert peak * model.camera.gain_grey_per_photon > model.visibility.min_grey


def test_draw_model__plaques_out_of_focus__are_clearly_so() -> None:
    def spread_px(model: ImagingModel, depth_um: float) -> float:
        sigma_um = model.optics.sigma_um(model.emission_nm[0], np.array([depth_um]))[0]
        return float(sigma_um / model.optics.um_per_px)

    for model in MODELS:
        in_focus = spread_px(model, 0.0)
        assert spread_px(model, model.tissue.focus_depth_um) < 1.5 * in_focus
        assert spread_px(model, model.tissue.defocus_um[0]) > 2.5 * in_focus


def test_draw_staining__connexin__always_shows_in_full() -> None:
    assert all(max(staining.colors[0]) == 1 for staining in STAININGS)
    assert all(min(color) >= 0 for staining in STAININGS for color in staining.colors)


def test_draw_staining__channels__are_one_to_three_and_often_one_grey() -> None:
    numbers = {len(staining.colors) for staining in STAININGS}
    grey = [staining.colors == ((1.0, 1.0, 1.0),) for staining in STAININGS]
    assert numbers == {1, 2, 3}
    assert 0.2 < np.mean(grey) < 0.5


def test_draw_staining__connexin_and_gfap__sometimes_share_a_color() -> None:
    shared = [
        float(np.minimum(staining.colors[0], staining.colors[1]).max())
        for staining in STAININGS
        if len(staining.colors) > 1
    ]
    assert min(shared) == 0
    assert max(shared) == 1


def test_draw_model__dark__shows_the_even_light_as_black_or_nearly() -> None:
    for seed in range(40):
        model = draw_model(np.random.default_rng(seed), is_dark=True)
        base = model.background_photons + model.plaque_photons * (
            model.tissue.neuropil_concentration
        )
        grey = model.camera.gain_grey_per_photon * base + model.camera.offset_grey
        noise = float(model.camera.noise_photons(np.array(base)))
        assert grey <= model.camera.gain_grey_per_photon * noise + 1e-6
        assert model.visibility.doubtful >= 0.5
