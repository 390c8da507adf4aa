"""Tests for `gapjunction.samples.channel_light`."""

import numpy as np

from channel_pictures import noise, spots, with_spots
from gapjunction.boxes import as_boxes
from gapjunction.samples.channel_light import (
    are_among,
    channels_without_stain,
    is_bleed_through,
    light_elsewhere,
    light_in_channels,
    pooled,
    shines_elsewhere,
    stain_shares,
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


def test_light_elsewhere__half_the_light_in_another_channel__is_a_share_of_a_half() -> None:
    image = with_spots(with_spots(noise(), spots(4), 1, light=100), spots(4), 0, light=50)
    light = light_elsewhere(image, 1, spots(4))
    np.testing.assert_allclose(light.shares, [[0.5, 1, 0]] * 4, atol=0.05)
    assert (light.correlations[:, :2] > 0.9).all()
    assert (light.correlations[:, 2] < 0.5).all()


def test_light_elsewhere__no_boxes_and_even_images__are_finite() -> None:
    assert light_elsewhere(noise(), 0, spots(0)).shares.shape == (0, 3)
    even = np.full((3, 20, 20), 7, np.uint8)
    assert not light_elsewhere(even, 0, as_boxes([[5, 5, 9, 9]])).shares.any()


def test_shines_elsewhere__more_light_than_the_stain_in_the_same_shape__does() -> None:
    stained, shining = spots(5), spots(2, first=5)
    image = with_spots(with_spots(noise(), stained, 1), shining, 1)
    image = with_spots(image, shining, 0)
    light = light_elsewhere(image, 1, np.concatenate([stained, shining]))
    stain = stain_shares(light.of(np.arange(7) < 5))
    assert stain is not None
    assert shines_elsewhere(light, stain).tolist() == [False] * 5 + [True] * 2


def test_shines_elsewhere__stain_of_a_mixed_color__does_not() -> None:
    image = with_spots(with_spots(noise(), spots(5), 1), spots(5), 2)
    light = light_elsewhere(image, 1, spots(5))
    stain = stain_shares(light)
    assert stain is not None
    assert not shines_elsewhere(light, stain).any()


def test_shines_elsewhere__on_a_bright_process_of_another_shape__does_not() -> None:
    image = with_spots(noise(), spots(1), 1, light=60)
    image[0, 10:12, :] += np.uint8(200)  # across the middle of the spot, and beyond it
    assert not shines_elsewhere(light_elsewhere(image, 1, spots(1)), (0, 1, 0)).any()


def test_stain_shares__two_objects__say_nothing() -> None:
    assert stain_shares(light_elsewhere(noise(), 1, spots(2))) is None


def test_pooled__two_images__has_the_objects_of_both() -> None:
    one, two = light_elsewhere(noise(), 0, spots(2)), light_elsewhere(noise(seed=1), 0, spots(3))
    np.testing.assert_array_equal(pooled([one, two]).shares[2:], two.shares)
