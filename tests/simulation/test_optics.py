"""Tests for `gapjunction.simulation.optics`."""

import numpy as np
import pytest

from gapjunction.simulation.optics import (
    Footprint,
    Optics,
    draw_illumination,
    render_deep,
    render_footprint,
)
from gapjunction.simulation.tissue import Emitters, FloatArray

OPTICS = Optics(um_per_px=0.1)
GREEN_NM = 520.0


def point(x_um: float, y_um: float, z_um: float = 0.0, weight: float = 1.0) -> Emitters:
    return Emitters(np.array([[x_um, y_um, z_um]]), np.array([weight]))


def paste(footprint: Footprint, size_px: int) -> FloatArray:
    image = np.zeros((size_px, size_px))
    image[footprint.window] = footprint.values
    return image


def middle_px(image: FloatArray, axis: int) -> float:
    """Return the mean position of an image's light; axis 0 gives x, axis 1 gives y."""
    profile = image.sum(axis=axis)
    return float(np.average(np.arange(len(profile)) + 0.5, weights=profile))


def spread_px(image: FloatArray) -> float:
    """Return the standard deviation of an image's light along x."""
    profile = image.sum(axis=0)
    distance2 = (np.arange(len(profile)) + 0.5 - middle_px(image, axis=0)) ** 2
    return float(np.sqrt(np.average(distance2, weights=profile)))


def test_sigma_um__in_focus__is_the_formula_of_zhang() -> None:
    # 0.21 * 0.520 um / 1.42
    sigma = OPTICS.sigma_um(GREEN_NM, np.zeros(1))
    assert sigma == pytest.approx(0.0769, abs=1e-4)


def test_sigma_um__far_from_focus__follows_the_light_cone() -> None:
    one, two = OPTICS.sigma_um(GREEN_NM, np.array([5.0, 10.0]))
    assert two / one == pytest.approx(2, rel=1e-3)


def test_sigma_um__above_and_below_focus__are_alike() -> None:
    above, below = OPTICS.sigma_um(GREEN_NM, np.array([0.7, -0.7]))
    assert above == below


@pytest.mark.parametrize("depth_um", [0.0, 0.3, -0.5])
def test_render_footprint__conserves_light(depth_um: float) -> None:
    footprint = render_footprint(point(6.03, 6.07, depth_um, weight=3.0), OPTICS, GREEN_NM, 128)
    assert footprint.values.sum() * OPTICS.um_per_px**2 == pytest.approx(3.0, rel=1e-5)


def test_render_footprint__width_is_that_of_the_formula_and_a_pixel() -> None:
    image = paste(render_footprint(point(6.4, 6.4, 0.2), OPTICS, GREEN_NM, 128), 128)
    # A pixel of side 1 adds the variance of a uniform distribution, 1/12.
    expected = float(np.hypot(OPTICS.sigma_um(GREEN_NM, np.array([0.2]))[0] / 0.1, 12**-0.5))
    assert spread_px(image) == pytest.approx(expected, rel=1e-3)


def test_render_footprint__at_the_border__stays_inside_the_image() -> None:
    image = paste(render_footprint(point(0.0, 12.8), OPTICS, GREEN_NM, 128), 128)
    # A quarter of the light of an emitter on the corner falls on the image.
    assert image.sum() * OPTICS.um_per_px**2 == pytest.approx(0.25, rel=1e-5)


def test_render_deep__conserves_light() -> None:
    image = render_deep(point(6.43, 6.41, 0.4, weight=2.0), OPTICS, GREEN_NM, 128)
    assert image.sum() * OPTICS.um_per_px**2 == pytest.approx(2.0, rel=1e-4)


@pytest.mark.parametrize("depth_um", [0.4, 0.8, 1.3])
def test_render_deep__agrees_with_the_exact_footprint(depth_um: float) -> None:
    cloud = point(6.43, 6.41, depth_um)
    exact = paste(render_footprint(cloud, OPTICS, GREEN_NM, 256), 256)
    by_planes = render_deep(cloud, OPTICS, GREEN_NM, 256)
    # Planes differ by a factor 1.5 in blur, so the nearest is within its square root.
    assert 1.5**-0.5 < spread_px(by_planes) / spread_px(exact) < 1.5**0.5


def test_render_deep__puts_light_where_the_emitter_is() -> None:
    image = render_deep(point(6.43, 5.21, 0.2), OPTICS, GREEN_NM, 128)
    assert middle_px(image, axis=0) == pytest.approx(64.3, abs=0.01)
    assert middle_px(image, axis=1) == pytest.approx(52.1, abs=0.01)


def test_render_deep__light_beyond_the_image__does_not_come_in_on_the_other_side() -> None:
    image = render_deep(point(-1.0, 6.4, 1.0), OPTICS, GREEN_NM, 128)
    assert image[:, 64:].max() < 1e-3 * image[:, :64].max()


def test_draw_illumination__loses_no_more_than_the_vignetting() -> None:
    optics = Optics(vignetting=(0.3, 0.3))
    light = draw_illumination(optics, 64, np.random.default_rng(0))
    assert light.min() == pytest.approx(0.7)
    assert 0.99 < light.max() <= 1
