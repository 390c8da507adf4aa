"""Tests for `gapjunction.simulation.random.yardstick`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.generator import image_plaque
from gapjunction.simulation.imaging_model import RAT
from gapjunction.simulation.random.yardstick import blur_px, measure_plaques, peak_share
from gapjunction.simulation.tissue import Emitters, Tissue


def test_blur_px__joins_optics_and_pixel() -> None:
    # 0.21 * 0.519 um / 1.42 / 0.103 um = 0.745 px; a pixel adds 1/12 px2.
    assert blur_px(RAT.optics, 519.0) == pytest.approx((0.745**2 + 1 / 12) ** 0.5, abs=1e-3)


def test_peak_share__wide_plaque__loses_nothing_and_a_tiny_one_nearly_all() -> None:
    wide = Tissue(plaque_length_um=3.0, plaque_width_um=(2.0, 2.0))
    tiny = Tissue(plaque_length_um=0.02, plaque_width_um=(0.02, 0.02))
    assert peak_share(wide, 0.1) == pytest.approx(1)
    assert peak_share(tiny, 0.1) < 0.01


def test_measure_plaques__peak__is_that_of_an_imaged_plaque() -> None:
    rng = np.random.default_rng(0)
    length, width = RAT.tissue.plaque_length_um, np.mean(RAT.tissue.plaque_width_um)
    middle = 64 * RAT.optics.um_per_px
    x, y = rng.uniform(-length / 2, length / 2, 8000), rng.uniform(-width / 2, width / 2, 8000)
    points = np.stack([middle + x, middle + y, np.zeros(8000)], axis=1)
    plaque = image_plaque(RAT, Emitters(points, np.full(8000, length * width / 8000)), FULL_LIGHT)
    assert plaque.values.max() == pytest.approx(measure_plaques(RAT).peak_photons, rel=0.1)


def test_measure_plaques__half_as_large_pixels__nearly_double_the_sizes() -> None:
    coarse = measure_plaques(RAT)
    fine = measure_plaques(replace(RAT, optics=replace(RAT.optics, um_per_px=0.0515)))
    assert fine.length_px / coarse.length_px == pytest.approx(2, rel=0.01)
    assert 1.8 < fine.width_px / coarse.width_px < 2


FULL_LIGHT = np.ones((128, 128))
