"""Tests for `gapjunction.samples.annotated_channel`."""

import numpy as np
import pytest

from channel_pictures import noise, spots, stained, with_spots
from gapjunction.samples.annotated_channel import stained_channel


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_stained_channel__boxes_in_one_channel__is_it_beside_a_brighter_disc(channel: int) -> None:
    found = stained_channel([(stained(channel), spots(20))])
    assert found is not None
    assert (found.channel, found.num_annotated, found.num_shining) == (channel, 20, 0)
    assert found.outstanding[channel] == max(found.outstanding)


def test_stained_channel__faint_echo_in_a_channel_without_noise__is_not_taken() -> None:
    image = np.full((3, 128, 128), 20, np.uint8)
    image[1] = with_spots(noise(), spots(20), 1)[1]
    image = with_spots(image, spots(20), 2, light=10)
    found = stained_channel([(image, spots(20))])
    assert found is not None
    assert found.channel == 1
    assert found.outstanding[2] == 0


def test_stained_channel__spots_that_nobody_annotated_in_all_channels__are_counted() -> None:
    image = with_spots(noise(), spots(20), 1)
    for channel in range(3):
        image = with_spots(image, spots(4, first=20), channel, light=200)
    found = stained_channel([(image, spots(20))])
    assert found is not None
    assert (found.channel, found.num_shining) == (1, 4)


def test_stained_channel__stain_of_a_mixed_color__has_no_channel_to_tell_by() -> None:
    image = noise()
    for channel in range(3):
        image = with_spots(image, spots(24), channel)
    found = stained_channel([(image, spots(20))])
    assert found is not None
    assert found.num_shining == 0


def test_stained_channel__nothing_annotated__is_none() -> None:
    assert stained_channel([(stained(1), spots(0))]) is None
