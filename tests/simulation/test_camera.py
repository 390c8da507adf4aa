"""Tests for `gapjunction.simulation.camera`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.camera import Camera, compose, expose

PLAIN = Camera(gain_grey_per_photon=1.0, read_noise_photons=0.0, offset_grey=0.0)


def test_expose__shot_noise__has_the_variance_of_its_mean() -> None:
    picture = expose(np.full((400, 400), 50.0), PLAIN, np.random.default_rng(0)).astype(float)
    assert picture.mean() == pytest.approx(50, abs=0.1)
    assert picture.var() == pytest.approx(50, rel=0.02)


def test_expose__read_noise__adds_its_variance() -> None:
    camera = Camera(gain_grey_per_photon=1.0, read_noise_photons=3.0, offset_grey=0.0)
    picture = expose(np.full((400, 400), 50.0), camera, np.random.default_rng(0)).astype(float)
    # 50 of the photons, 9 of the read-out, 1/12 of rounding to whole grey values.
    assert picture.var() == pytest.approx(59.1, rel=0.02)


def test_expose__excess_noise__multiplies_the_shot_noise() -> None:
    camera = replace(PLAIN, excess_noise=1.5)
    picture = expose(np.full((400, 400), 50.0), camera, np.random.default_rng(0)).astype(float)
    assert picture.mean() == pytest.approx(50, abs=0.15)
    assert picture.var() == pytest.approx(75.1, rel=0.02)
    assert camera.noise_photons(np.array(50.0)) == pytest.approx(75**0.5)


def test_expose__excess_noise_without_light__stays_dark() -> None:
    picture = expose(np.zeros((8, 8)), replace(PLAIN, excess_noise=1.5), np.random.default_rng(0))
    assert (picture == 0).all()


def test_expose__gain_and_offset__scale_and_shift() -> None:
    camera = Camera(gain_grey_per_photon=2.0, read_noise_photons=0.0, offset_grey=7.0)
    picture = expose(np.zeros((8, 8)), camera, np.random.default_rng(0))
    assert (picture == 7).all()
    bright = expose(np.full((400, 400), 40.0), camera, np.random.default_rng(0))
    assert bright.mean() == pytest.approx(87, abs=0.3)


def test_expose__too_much_light__saturates_and_does_not_wrap() -> None:
    picture = expose(np.full((8, 8), 5000.0), PLAIN, np.random.default_rng(0))
    assert (picture == 255).all()


def test_expose__differences_far_below_a_photon__change_no_pixel() -> None:
    photons = np.round(np.random.default_rng(1).uniform(0, 90, (256, 256)), 3)
    first = expose(photons, Camera(), np.random.default_rng(0))
    second = expose(photons + 0.0004, Camera(), np.random.default_rng(0))
    assert (first == second).all()


def test_headroom_photons__is_where_a_pixel_reaches_255() -> None:
    assert Camera(gain_grey_per_photon=2.0, offset_grey=5.0).headroom_photons() == 125


def test_shown_photons__light_up_to_saturation__is_what_shows() -> None:
    camera = Camera(gain_grey_per_photon=2.0, offset_grey=5.0)
    shown = camera.shown_photons(np.array([10.0, 200.0]), np.array([25.0, 25.0]))
    assert shown.tolist() == [10, 100]


def test_shown_photons__black_above_the_rest__hides_what_it_takes_to_rise_above_it() -> None:
    camera = Camera(gain_grey_per_photon=2.0, offset_grey=-60.0)
    shown = camera.shown_photons(np.array([5.0, 40.0, 40.0]), np.array([10.0, 10.0, 35.0]))
    assert shown.tolist() == [0, 20, 40]


def test_noise_photons__joins_shot_and_read_noise() -> None:
    camera = Camera(read_noise_photons=3.0)
    assert camera.noise_photons(np.array([16.0])) == pytest.approx(5.0)


def test_compose__adds_colors_and_clips() -> None:
    channels = np.array([[[100]], [[200]]], np.uint8)
    colors = np.array([[0.5, 1.0, 1.0], [0.0, 0.0, 1.0]])
    assert compose(channels, colors).tolist() == [[[50, 100, 255]]]


def test_compose__one_white_channel__is_grey() -> None:
    grey = compose(np.array([[[0, 128, 255]]], np.uint8), np.ones((1, 3)))
    assert grey.tolist() == [[[0, 0, 0], [128, 128, 128], [255, 255, 255]]]
