"""Tests for `gapjunction.report.region_overlays`."""

import numpy as np

from gapjunction.detections import Detections
from gapjunction.measurement.regions import Region
from gapjunction.report.overlays import overlay
from gapjunction.report.region_overlays import COLORS, region_overlay


def test_region_overlay__region__is_outlined_and_the_rest_darkened() -> None:
    image = np.full((1, 40, 60), 200, np.uint8)
    image[0, 0, 0] = 0
    region = Region("r", 10, 5, np.ones((20, 30), bool))
    nothing = Detections.none()
    plain = np.array(overlay(image, nothing, ["#FFFFFF"]))
    shown = np.array(region_overlay(image, nothing, ["#FFFFFF"], [region]))
    assert shown.shape == plain.shape == (80, 120, 3)
    assert tuple(shown[49, 50]) == tuple(shown[40, 79]) == COLORS[0]
    assert (shown[40, 70] == plain[40, 70]).all()
    assert (shown[70, 10] == plain[70, 10] // 2).all()
