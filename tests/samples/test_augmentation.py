"""Tests for `gapjunction.samples.augmentation`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, as_boxes
from gapjunction.samples.augmentation import (
    AugmentationConfig,
    change_intensities,
    draw_zoom,
    flip_and_turn,
)

SIDE = 24
NO_CHANGE = AugmentationConfig(change_probability=0.0)
ALWAYS = AugmentationConfig(change_probability=1.0)


def marked_tile(boxes: BoxArray) -> NDArray[np.float32]:
    """Return a dark tile in which the pixels of box number n have the value n + 1."""
    tile = np.zeros((3, SIDE, SIDE), np.float32)
    for number, (x0, y0, x1, y1) in enumerate(boxes.astype(int)):
        tile[:, y0:y1, x0:x1] = number + 1
    return tile


def box_of(tile: NDArray[np.float32], number: int) -> list[int]:
    rows, columns = np.nonzero(tile[0] == number + 1)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("seed", range(24))
def test_flip_and_turn__any_orientation__boxes_stay_on_their_pixels(seed: int) -> None:
    boxes = as_boxes([[0, 0, 3, 5], [10, 4, 11, 20], [15, 17, 24, 24]])
    turned, turned_boxes = flip_and_turn(marked_tile(boxes), boxes, np.random.default_rng(seed))
    found = [box_of(turned, number) for number in range(len(boxes))]
    assert turned_boxes.tolist() == found


def test_flip_and_turn__many_draws__give_all_eight_orientations_equally_often() -> None:
    tile = np.arange(3 * 4 * 4, dtype=np.float32).reshape(3, 4, 4)
    orientations = [
        np.rot90(image, turns, (1, 2)).tobytes()
        for image in (tile, tile[:, :, ::-1])
        for turns in range(4)
    ]
    rng = np.random.default_rng(0)
    drawn = [flip_and_turn(tile, as_boxes([]), rng)[0].tobytes() for _ in range(800)]
    counts = [drawn.count(orientation) for orientation in orientations]
    assert sum(counts) == 800
    assert min(counts) > 60


def test_flip_and_turn__no_boxes__keeps_their_shape() -> None:
    _, boxes = flip_and_turn(marked_tile(as_boxes([])), as_boxes([]), np.random.default_rng(3))
    assert boxes.shape == (0, 4)


@pytest.mark.parametrize("seed", range(8))
def test_flip_and_turn__inputs__are_not_edited(seed: int) -> None:
    boxes = as_boxes([[1, 2, 5, 9]])
    tile = marked_tile(boxes)
    flip_and_turn(tile, boxes, np.random.default_rng(seed))
    assert boxes.tolist() == [[1, 2, 5, 9]]
    assert np.array_equal(tile, marked_tile(boxes))


def test_draw_zoom__many_draws__reach_both_limits_and_stay_within() -> None:
    config = AugmentationConfig(max_zoom=1.5)
    rng = np.random.default_rng(0)
    drawn = np.array([draw_zoom(config, rng) for _ in range(2000)])
    assert 1 / 1.5 <= drawn.min() < 0.68
    assert 1.48 < drawn.max() <= 1.5
    assert np.mean(drawn > 1) == pytest.approx(0.5, abs=0.05)


def test_draw_zoom__max_zoom_one__is_one() -> None:
    assert draw_zoom(AugmentationConfig(max_zoom=1.0), np.random.default_rng(0)) == 1


def test_change_intensities__probability_zero__returns_the_same_pixels() -> None:
    tile = np.random.default_rng(0).random((3, SIDE, SIDE), np.float32)
    assert np.array_equal(change_intensities(tile, NO_CHANGE, np.random.default_rng(1)), tile)


@pytest.mark.parametrize("seed", range(6))
def test_change_intensities__inputs__are_not_edited(seed: int) -> None:
    tile = np.random.default_rng(0).random((3, SIDE, SIDE), np.float32)
    before = tile.copy()
    changed = change_intensities(tile, ALWAYS, np.random.default_rng(seed))
    assert np.array_equal(tile, before)
    assert not np.array_equal(changed, before)


def test_change_intensities__any_draw__keeps_shape_and_type() -> None:
    tile = np.random.default_rng(0).random((3, SIDE, SIDE), np.float32)
    for seed in range(10):
        changed = change_intensities(tile, ALWAYS, np.random.default_rng(seed))
        assert changed.shape == tile.shape
        assert changed.dtype == np.float32
        assert np.isfinite(changed).all()


def test_change_intensities__same_seed__gives_the_same_pixels() -> None:
    tile = np.random.default_rng(0).random((3, SIDE, SIDE), np.float32)
    first, second = (change_intensities(tile, ALWAYS, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("seed", range(20))
def test_change_intensities__gain_and_offset_alone__stay_within_their_limits(seed: int) -> None:
    config = AugmentationConfig(
        max_gain=2.0, max_offset=0.1, max_blur_px=0, max_noise=0, change_probability=1.0
    )
    tile = np.zeros((3, 4, 4), np.float32)
    tile[:, 2:] = 1
    changed = change_intensities(tile, config, np.random.default_rng(seed))
    dark, bright = changed[0, 0, 0], changed[0, 3, 3]
    assert -0.1 <= dark <= 0.1
    assert 0.5 <= bright - dark <= 2


@pytest.mark.parametrize("seed", range(20))
def test_change_intensities__channels__are_permuted_or_become_one_grey(seed: int) -> None:
    config = AugmentationConfig(
        max_gain=1.0, max_offset=0, max_blur_px=0, max_noise=0, change_probability=1.0
    )
    tile = np.stack([np.full((4, 4), value, np.float32) for value in (1, 2, 3)])
    changed = change_intensities(tile, config, np.random.default_rng(seed))
    values = sorted(changed[:, 0, 0].tolist())
    assert values in ([1, 2, 3], [3, 3, 3])
    in_first = change_intensities(tile, config, np.random.default_rng(seed), "in_first_channel")
    assert in_first[:, 0, 0].tolist() in ([3, 0, 0], changed[:, 0, 0].tolist())


def test_change_intensities__blur__keeps_an_object_in_its_place() -> None:
    config = AugmentationConfig(max_gain=1.0, max_offset=0, max_noise=0, change_probability=1.0)
    tile = np.zeros((3, 15, 15), np.float32)
    tile[:, 7, 4] = 1
    changed = change_intensities(tile, config, np.random.default_rng(2))
    assert np.unravel_index(changed[0].argmax(), (15, 15)) == (7, 4)
    assert changed[0].sum() == pytest.approx(1, abs=1e-4)
