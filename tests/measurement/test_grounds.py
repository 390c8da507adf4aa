"""Tests for `gapjunction.measurement.grounds`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.measurement.grounds import measure_grounds


def test_measure_grounds__noise__is_its_mean_and_deviation() -> None:
    rng = np.random.default_rng(0)
    image = rng.normal(50, 3, (2, 200, 200)).astype(np.float32)
    grounds = measure_grounds(image, as_boxes([[50, 50, 150, 150]]), 2)
    assert grounds.level == pytest.approx(np.full((1, 2), 50), abs=0.3)
    assert grounds.noise == pytest.approx(np.full((1, 2), 3), abs=0.3)


def test_measure_grounds__another_box_in_the_frame__counts_for_nothing() -> None:
    image = np.full((1, 40, 40), 10, np.uint16)
    image[0, 15:25, 26:36] = 60000
    boxes = as_boxes([[15, 15, 23, 25], [26, 15, 36, 25]])
    assert measure_grounds(image, boxes, 2).level[0, 0] == 10


def test_measure_grounds__bright_dirt_in_the_frame__counts_for_nothing() -> None:
    image = np.full((1, 40, 40), 10, np.uint8)
    image[0, 12:14, 14:26] = 200
    assert measure_grounds(image, as_boxes([[16, 17, 24, 24]]), 2).level[0, 0] == 10


def test_measure_grounds__no_room_around__are_the_darker_pixels() -> None:
    image = np.full((1, 10, 10), 200, np.uint8)
    image[0, :2] = 20
    assert measure_grounds(image, as_boxes([[0, 0, 10, 10]]), 2).level[0, 0] == 20
