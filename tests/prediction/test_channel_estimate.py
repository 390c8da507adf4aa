"""Tests for `gapjunction.prediction.channel_estimate`."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from builders import BlobDetector
from channel_pictures import noise, spots, stained, with_spots
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.channel_estimate import (
    MOST_LOOKS,
    MOST_MORE_LOOKS,
    ChannelEvidence,
    look_at_channels,
)

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
CPU = torch.device("cpu")


def look(*images: NDArray[np.uint8]) -> ChannelEvidence:
    evidence = look_at_channels(BlobDetector(0.75), CONFIG, images, CPU, (1.0,), is_color=True)
    assert evidence is not None
    return evidence


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_look_at_channels__puncta_in_one__is_clearly_best(channel: int) -> None:
    evidence = look(stained(channel))
    assert evidence.best == channel
    assert evidence.is_clear
    assert evidence.num_stained == 20
    assert evidence.num_in_color == 21  # a corner of the disc is a blob as well
    assert evidence.stain is not None
    assert evidence.stain == pytest.approx(np.eye(3)[channel], abs=0.05)


def test_look_at_channels__puncta_in_two__are_not_clear_and_the_cleaner_one_is_best() -> None:
    image = with_spots(noise(), spots(20), 0)
    image[1] = stained(0)[1]  # with a disc in it
    evidence = look(with_spots(image, spots(20), 1, light=80))
    assert evidence.best == 0
    assert not evidence.is_clear


def test_look_at_channels__echo_in_another_channel__counts_nothing() -> None:
    image = np.full((3, 128, 128), 20, np.uint8)
    image[1] = stained(1)[1]
    evidence = look(with_spots(image, spots(20), 2, light=20))
    assert evidence.best == 1
    assert evidence.seen[2] == 0


def test_look_at_channels__some_shine_where_the_stain_does_not__are_not_stained() -> None:
    image = with_spots(with_spots(noise(), spots(20), 1), spots(3, first=20), 0)
    evidence = look(with_spots(image, spots(3, first=20), 1))
    assert evidence.best == 1
    assert evidence.num_stained == 20
    assert evidence.stain is not None
    assert evidence.stain == pytest.approx([0, 1, 0], abs=0.05)


def test_look_at_channels__stain_of_a_mixed_color__is_known_with_its_shares() -> None:
    image = with_spots(with_spots(noise(), spots(20), 1), spots(20), 2, light=100)
    image[0, 90:, 60:] += np.uint8(120)
    evidence = look(image)
    assert evidence.num_stained == 20
    assert evidence.stain is not None
    assert np.array(evidence.stain) / evidence.stain[2] == pytest.approx([0, 1.5, 1], abs=0.1)


def test_look_at_channels__microscope_file__is_not_looked_at_in_color() -> None:
    evidence = look_at_channels(
        BlobDetector(0.75), CONFIG, [stained(1)], CPU, (1.0,), is_color=False
    )
    assert evidence is not None
    assert evidence.stain is None
    assert evidence.num_stained == 20


def test_look_at_channels__nothing_seen__says_nothing() -> None:
    assert not look(noise()).says_something


def test_look_at_channels__little_seen__looks_at_four_images_at_most() -> None:
    num_read = 0

    def images() -> Iterator[NDArray[np.uint8]]:
        nonlocal num_read
        for _ in range(9):
            num_read += 1
            yield noise()

    look_at_channels(BlobDetector(0.75), CONFIG, images(), CPU, (1.0,), is_color=True)
    assert num_read == MOST_LOOKS


def test_look_at_channels__stain_beside_the_middle_of_one_image__is_told() -> None:
    image = noise(side_px=700)
    image[:, 60:188, 290:418] = stained(1)
    evidence = look(image)
    assert evidence.best == 1
    assert evidence.num_stained == 20
    assert evidence.stain is not None


def test_look_at_channels__little_seen_anywhere__looks_at_four_parts_more() -> None:
    detector = BlobDetector(0.75)
    nothing = np.full((3, 1024, 1024), 20, np.uint8)
    look_at_channels(detector, CONFIG, [nothing], CPU, (1.0,), is_color=True)
    of_each_look = 4  # three channels, and color
    assert len(detector.seen_sizes) == (1 + MOST_MORE_LOOKS) * of_each_look


def test_look_at_channels__several_scales__counts_the_one_at_which_most_is_seen() -> None:
    whole = look(stained(1)).seen
    scales = (0.25, 1.0)
    evidence = look_at_channels(
        BlobDetector(0.75), CONFIG, [stained(1)], CPU, scales, is_color=True
    )
    assert evidence is not None
    assert evidence.seen == whole


def test_look_at_channels__no_image__is_none() -> None:
    nothing = look_at_channels(BlobDetector(0.75), CONFIG, [], CPU, (1.0,), is_color=True)
    assert nothing is None
