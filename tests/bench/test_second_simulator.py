"""Tests for `bench.second_simulator`."""

import numpy as np
import pytest
from bench.second_simulator.field import simulate_field
from bench.second_simulator.kinds import KINDS, KindName
from bench.second_simulator.patches import add_patch, draw_disc, draw_ellipse
from bench.second_simulator.plaques import FreeSpace

SIZE = 192
KIND_NAMES: tuple[KindName, ...] = ("human", "rat")


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_simulate_field__boxes__lie_inside_and_are_3_to_23_px(kind: KindName) -> None:
    boxes = simulate_field(KINDS[kind], SIZE, np.random.default_rng(1)).boxes
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    assert len(boxes)
    assert boxes.min() >= 0
    assert boxes.max() <= SIZE
    assert sides.min() >= 3
    assert sides.max() <= 23


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_simulate_field__boxes__are_brighter_than_what_surrounds_them(kind: KindName) -> None:
    field = simulate_field(KINDS[kind], SIZE, np.random.default_rng(2))
    channel = field.pixels[KINDS[kind].plaque_channel].astype(float)
    for x0, y0, x1, y1 in field.boxes.astype(int).tolist():
        around = channel[max(0, y0 - 5) : y1 + 5, max(0, x0 - 5) : x1 + 5]
        assert channel[y0:y1, x0:x1].max() > np.median(around) + 2 * around.std() * 0.5


def test_simulate_field__without_plaques__has_no_boxes() -> None:
    rng = np.random.default_rng(3)
    assert not len(simulate_field(KINDS["human"], SIZE, rng, has_plaques=False).boxes)


def test_simulate_field__same_seed__gives_the_same_field() -> None:
    one, two = (simulate_field(KINDS["rat"], 64, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)
    assert np.array_equal(one.boxes, two.boxes)


def test_draw_ellipse__blurred_point__is_a_gaussian_of_that_width() -> None:
    patch = draw_ellipse(50.0, 40.0, (0.3, 0.3), 0.0, 2.0, blur=3.0)
    x0, y0, x1, y1 = patch.box_above(np.exp(-0.5))  # one standard deviation from the middle
    assert (x0 + x1 - 1) / 2 == 50
    assert (y0 + y1 - 1) / 2 == 40
    assert x1 - x0 == pytest.approx(2 * 3 + 1, abs=1)


def test_add_patch__reaching_beyond_the_image__adds_what_is_inside() -> None:
    image = np.zeros((8, 8), np.float32)
    add_patch(image, draw_disc(0.0, 0.0, 3.0, 0.0), 5.0)
    assert image[0, 0] > 4
    assert image[7, 7] == pytest.approx(0, abs=1e-3)


def test_add_patch__outside_the_image__changes_nothing() -> None:
    image = np.zeros((8, 8), np.float32)
    for x in (-100.0, 100.0):
        add_patch(image, draw_disc(x, x, 3.0, 0.0), 5.0)
    assert not image.any()


def test_free_space__second_box_too_near__is_refused() -> None:
    space = FreeSpace(np.zeros((64, 64), np.float32))
    assert space.take((10, 10, 15, 15), max_other_light=1)
    assert not space.take((16, 10, 20, 15), max_other_light=1)
    assert space.take((17, 10, 21, 15), max_other_light=1)


def test_free_space__bright_neighbor__is_refused() -> None:
    light = np.zeros((64, 64), np.float32)
    light[30, 30] = 10
    assert not FreeSpace(light).take((28, 28, 33, 33), max_other_light=9)
    assert FreeSpace(light).take((28, 28, 33, 33), max_other_light=11)
