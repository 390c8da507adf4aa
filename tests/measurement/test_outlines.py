"""Tests for `gapjunction.measurement.outlines`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.measurement.outlines import draw_outlines
from measured_light import ellipse_light, spot_light


def test_draw_outlines__large_disk__is_at_its_border() -> None:
    light = ellipse_light((16, 16), 1.0)
    (outline,) = draw_outlines(light, as_boxes([[12, 12, 28, 28]]), np.zeros(1), 0.5)
    assert outline is not None
    assert outline.coverage.sum() == pytest.approx(np.pi * 64, rel=0.02)
    assert 700 < outline.height < 1000


def test_draw_outlines__ground__is_taken_off_first() -> None:
    light = ellipse_light((16, 16), 1.0)
    box = as_boxes([[12, 12, 28, 28]])
    (dark,) = draw_outlines(light, box, np.zeros(1), 0.5)
    (bright,) = draw_outlines(light + 5000, box, np.array([5000.0]), 0.5)
    assert dark is not None
    assert bright is not None
    assert bright.coverage.sum() == pytest.approx(dark.coverage.sum(), rel=1e-3)


def test_draw_outlines__touching_spots__are_parted_between_them() -> None:
    light = spot_light((16, 20), 3, 100, (40, 40)) + spot_light((25, 20), 3, 90, (40, 40))
    boxes = as_boxes([[11, 15, 20, 25], [21, 15, 30, 25]])
    one, two = draw_outlines(light.astype(np.float32), boxes, np.zeros(2), 0.5)
    assert one is not None
    assert two is not None
    covered = np.zeros((2, 40, 40))
    covered[0][one.window], covered[1][two.window] = one.coverage, two.coverage
    assert not (covered > 0).all(axis=0).any()
    assert covered[0].sum() == pytest.approx(covered[1].sum(), rel=0.15)


def test_draw_outlines__many_boxes__do_not_depend_on_others_far_away() -> None:
    rng = np.random.default_rng(0)
    plane = rng.poisson(spot_light((10, 10), 1.5, 100, (60, 60)) + 9).astype(np.uint8)
    near, far = [7, 7, 13, 13], [45, 45, 50, 50]
    (alone,) = draw_outlines(plane, as_boxes([near]), np.array([9.0]), 0.8)
    first, _ = draw_outlines(plane, as_boxes([near, far]), np.array([9.0, 9.0]), 0.8)
    assert alone is not None
    assert first is not None
    assert np.array_equal(alone.inside, first.inside)


def test_draw_outlines__darker_than_its_ground__is_none() -> None:
    plane = np.full((20, 20), 7, np.uint8)
    assert draw_outlines(plane, as_boxes([[5, 5, 9, 9]]), np.array([8.0]), 0.5) == [None]


def test_draw_outlines__same_box_twice__has_one_outline() -> None:
    plane = spot_light((10, 10), 1.5, 100, (20, 20)).astype(np.float32)
    outlines = draw_outlines(plane, as_boxes([[7, 7, 13, 13]] * 2), np.zeros(2), 0.5)
    assert sum(outline is not None for outline in outlines) == 1
