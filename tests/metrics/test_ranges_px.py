"""Tests for `gapjunction.metrics.ranges_px`."""

import pytest

from gapjunction.metrics.ranges_px import distances_px, sides_px


def test_sides_px__scale_known__adds_ranges_in_micrometers() -> None:
    ranges = sides_px(0.1)
    assert ranges["px_8_to_16"] == (8, 16)
    assert ranges["um_0.5_to_1"] == pytest.approx((5, 10))
    assert len(ranges) == 2 * len(sides_px(None)) == 8


def test_distances_px__scale_known__are_of_the_tissue() -> None:
    assert distances_px(0.2) == pytest.approx({"um_0.25": 1.25, "um_0.5": 2.5, "um_1": 5})


def test_distances_px__no_scale__are_pixels() -> None:
    assert distances_px(None) == {"px_2.5": 2.5, "px_5": 5, "px_10": 10}
