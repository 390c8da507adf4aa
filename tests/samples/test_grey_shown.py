"""Tests for `gapjunction.samples.grey_shown`."""

import numpy as np
import pytest

from gapjunction.samples.grey_shown import GreyShown, num_grey_channels, show_grey

GREY = np.array([[[1.0, 2.0]]], np.float32)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("in_all_channels", [[[1, 2]], [[1, 2]], [[1, 2]]]),
        ("in_first_channel", [[[1, 2]], [[0, 0]], [[0, 0]]]),
    ],
)
def test_show_grey__one_channel__is_in_all_or_the_first(
    shown: GreyShown, expected: list[list[list[float]]]
) -> None:
    tile = show_grey(GREY, shown)
    assert tile.dtype == np.float32
    assert tile.tolist() == expected


def test_show_grey__leaves_the_channel_it_was_given_as_it_was() -> None:
    show_grey(GREY, "in_first_channel")
    assert GREY.tolist() == [[[1, 2]]]


@pytest.mark.parametrize("shown", ["in_all_channels", "in_first_channel"])
def test_num_grey_channels__is_the_number_of_channels_with_grey(shown: GreyShown) -> None:
    with_grey = show_grey(GREY, shown).any(axis=(1, 2))
    assert num_grey_channels(shown) == with_grey.sum()
