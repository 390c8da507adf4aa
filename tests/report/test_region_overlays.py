"""Tests for `gapjunction.report.region_overlays`."""

import numpy as np

from gapjunction.detections import Detections
from gapjunction.measurement.regions import Region
from gapjunction.overlays.counted_image import Counted, ShownImage, prediction_overlay
from gapjunction.report.region_overlays import COLORS, region_overlay


def test_region_overlay__region__is_outlined_and_the_rest_darkened() -> None:
    image = np.full((1, 40, 60), 200, np.uint8)
    image[0, 0, 0] = 0
    region = Region("r", 10, 5, np.ones((20, 30), bool))
    shown, nothing = ShownImage(image), Counted(Detections.none(), ("x",), 0.5)
    plain = np.array(prediction_overlay(shown, nothing))
    picture = np.array(region_overlay(shown, nothing, [region]))
    assert picture.shape == plain.shape
    assert tuple(picture[49, 50]) == tuple(picture[40, 79]) == COLORS[0]
    assert (picture[40, 70] == plain[40, 70]).all()
    assert (picture[70, 10] == plain[70, 10] // 2).all()
