"""Tests for `gapjunction.samples.channel_light`."""

import numpy as np

from channel_pictures import noise, spots
from gapjunction.boxes import as_boxes
from gapjunction.samples.channel_light import (
    are_among,
    channels_without_stain,
    is_bleed_through,
    light_in_channels,
)


def test_light_in_channels__square_on_a_ground__is_the_step_between_them() -> None:
    image = np.full((2, 20, 20), 10, np.uint8)
    image[1, 5:9, 5:9] = 110
    light = light_in_channels(image, as_boxes([[5, 5, 9, 9]]))
    np.testing.assert_array_equal(light, [[0, 100]])


def test_light_in_channels__box_at_the_border__is_cut() -> None:
    image = np.full((1, 20, 20), 10, np.uint8)
    image[0, 17:, 17:] = 110
    assert light_in_channels(image, as_boxes([[17, 17, 23, 23]]))[0, 0] == 100


def test_light_in_channels__no_boxes__is_empty() -> None:
    assert light_in_channels(noise(), spots(0)).shape == (0, 3)


def test_is_bleed_through__tenth_of_the_light_of_another_channel__is_one() -> None:
    light = np.array([[10.0, 100, 0]] * 4)
    assert is_bleed_through(light, 0)
    assert not is_bleed_through(light, 1)


def test_is_bleed_through__few_objects_beside_brighter_ones__is_none() -> None:
    light = np.array([[10.0, 100, 0], [10, 0, 0], [10, 0, 0]])
    assert not is_bleed_through(light, 0)


def test_is_bleed_through__no_object__is_none() -> None:
    assert not is_bleed_through(np.zeros((0, 3)), 0)


def test_channels_without_stain__stain_in_two_channels__is_the_third() -> None:
    light = np.array([[0.0, 100, 80]] * 10)
    assert channels_without_stain(light, 1).tolist() == [True, False, False]


def test_channels_without_stain__few_shine_in_all__are_not_taken_for_the_stain() -> None:
    light = np.array([[0.0, 100, 0]] * 3 + [[90.0, 100, 90]] * 7)
    assert channels_without_stain(light, 1).tolist() == [True, False, True]


def test_channels_without_stain__two_objects__say_nothing() -> None:
    assert not channels_without_stain(np.array([[0.0, 100, 0]] * 2), 1).any()


def test_are_among__same_middles__are_found_whatever_the_size() -> None:
    boxes = as_boxes([[10, 10, 14, 14], [40, 40, 44, 44]])
    others = as_boxes([[8, 8, 16, 16]])
    assert are_among(boxes, others).tolist() == [True, False]
    assert are_among(boxes, others[:0]).tolist() == [False, False]
