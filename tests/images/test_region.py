"""Tests for `gapjunction.images.region`."""

import pytest

from gapjunction.errors import ConfigError
from gapjunction.images.region import Region


def test_parse__four_numbers__are_corner_and_size() -> None:
    assert Region.parse("2000, 500,40,30") == Region(2000, 500, 2040, 530)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,-4", "1,2,3,0", "a,b,c,d", "1.5,2,3,4"])
def test_parse__anything_else__shows_how_it_is_written(text: str) -> None:
    with pytest.raises(ConfigError, match="x,y,width,height in pixels of the full image"):
        Region.parse(text)


def test_grown__near_the_border__stays_inside() -> None:
    assert Region(5, 50, 20, 90).grown(10, height=95, width=100) == Region(0, 40, 30, 95)


def test_reduced__holds_every_pixel_of_the_region() -> None:
    assert Region(3, 4, 9, 8).reduced(2, height=50, width=50) == Region(1, 2, 5, 4)


def test_reduced__at_the_border_of_an_odd_image__reaches_no_further() -> None:
    assert Region(0, 0, 101, 101).reduced(2, height=50, width=50) == Region(0, 0, 50, 50)
