"""Tests for `gapjunction.review.tiles`."""

import numpy as np
import pytest

from gapjunction.review.tiles import parse_views, shown, usual_views


def test_shown__sixteen_bits__between_black_and_white() -> None:
    region = np.array([[[100, 1100, 600, 65535]]], np.uint16)
    [view] = parse_views(["0,100,1100,1,FF8000"], 1)
    assert shown(region, [view])[0].tolist() == [
        [0, 0, 0],
        [255, 128, 0],
        [128, 64, 0],
        [255, 128, 0],
    ]


def test_shown__two_channels__add_up_to_white_at_most() -> None:
    region = np.array([[[255]], [[255]]], np.uint8)
    views = parse_views(["0,0,255,1,FF0000", "1,0,255,1,FFFF00"], 2)
    assert shown(region, views).tolist() == [[[255, 255, 0]]]


def test_shown__no_channel__is_black() -> None:
    assert shown(np.full((1, 1, 1), 9, np.uint8), []).tolist() == [[[0, 0, 0]]]


def test_shown__gamma__is_an_exponent_of_the_share() -> None:
    [view] = parse_views(["0,0,100,0.5,FFFFFF"], 1)
    assert shown(np.full((1, 1, 1), 25, np.uint8), [view])[0, 0, 0] == 128


@pytest.mark.parametrize(
    "text", ["", "0,0,1,1", "1,0,1,1,FFFFFF", "0,inf,1,1,FFFFFF", "0,0,1,0,FFFFFF", "0,0,1,1,red"]
)
def test_parse_views__wrong__is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|channel|validation"):
        parse_views([text], 1)


def test_usual_views__colors_of_a_picture__are_its_own() -> None:
    views = usual_views([(0, 10), (1, 11), (2, 12)])
    assert [(view.color, view.black) for view in views] == [
        ("FF0000", 0),
        ("00FF00", 1),
        ("0000FF", 2),
    ]
