"""Tests for `gapjunction.simulation.stack.confocal`."""

import numpy as np
import pytest

from gapjunction.simulation.stack.confocal import Confocal, Grid, render_in_slices
from gapjunction.simulation.tissue import Emitters

OPTICS = Confocal()
GRID = Grid(num_slices=9, size_px=64, um_per_px=0.1, z_step_um=0.25)


def point(x: float, y: float, z: float) -> Emitters:
    return Emitters(np.array([[x, y, z]]), np.array([1.0]))


def test_sigma__without_widening__is_that_of_the_published_formulas() -> None:
    plain = Confocal(
        numerical_aperture=1.2,
        refractive_index=1.5,
        emission_nm=600,
        lateral_widening=1,
        axial_widening=1,
    )
    # cos a = 0.6 and 1 / (n k) = 0.063662 um; the brackets by hand: 0.333263 and 0.221175.
    assert plain.lateral_sigma_um == pytest.approx(0.063662 / 0.333263**0.5, rel=1e-3)
    ratio = 5 * 7**0.5 * (1 - 0.464758) / (6 * 0.221175) ** 0.5
    assert plain.axial_sigma_um == pytest.approx(0.063662 * ratio, rel=1e-3)


def test_sigma__low_aperture__is_that_of_the_paraxial_limit() -> None:
    plain = Confocal(numerical_aperture=0.1, lateral_widening=1, axial_widening=1)
    # Zhang et al.: sqrt(2) / (k NA) and 2 sqrt(6) n / (k NA^2), with k in vacuum.
    per_k = 0.519 / (2 * np.pi)
    assert plain.lateral_sigma_um == pytest.approx(2**0.5 * per_k / 0.1, rel=0.01)
    assert plain.axial_sigma_um == pytest.approx(24**0.5 * 1.518 * per_k / 0.01, rel=0.01)


def test_sigma__in_tissue__is_a_tenth_of_a_micrometer_and_four() -> None:
    assert 0.08 < OPTICS.lateral_sigma_um < 0.12
    assert 0.3 <= OPTICS.axial_sigma_um <= 0.4


def test_render_in_slices__in_focus__keeps_all_light() -> None:
    parts = render_in_slices(point(3.2, 3.2, 1.0), OPTICS, GRID)
    assert parts[4].values.sum() == pytest.approx(1 / 0.1**2, rel=1e-3)


def test_render_in_slices__off_focus__falls_like_a_gaussian() -> None:
    parts = render_in_slices(point(3.2, 3.2, 1.0), OPTICS, GRID)
    expected = np.exp(-0.5 * (0.25 / OPTICS.axial_sigma_um) ** 2)
    assert parts[5].values.sum() / parts[4].values.sum() == pytest.approx(expected)
    assert parts[3].values == pytest.approx(parts[5].values)


def test_render_in_slices__place__is_that_of_the_emitter() -> None:
    part = render_in_slices(point(2.05, 4.55, 0.0), OPTICS, GRID)[0]
    row, column = divmod(int(part.values.argmax()), part.values.shape[1])
    assert (row + part.y0, column + part.x0) == (45, 20)


def test_render_in_slices__out_of_reach__lights_nothing() -> None:
    assert render_in_slices(point(3.2, 3.2, 9.0), OPTICS, GRID) == {}
    assert render_in_slices(point(-3.0, 3.2, 1.0), OPTICS, GRID) == {}
    assert render_in_slices(point(3.2, 9.9, 1.0), OPTICS, GRID) == {}
