"""Tests for `gapjunction.overlays.fonts`."""

import pytest

from gapjunction.overlays.fonts import font_of_size


@pytest.mark.parametrize("letter", ["\N{MICRO SIGN}", "\N{CYRILLIC SMALL LETTER ZHE}", "\u03b1"])
def test_font_of_size__letter__is_not_the_sign_of_a_missing_one(letter: str) -> None:
    font = font_of_size(20)
    missing = font.getmask("\U0010fffd")
    assert bytes(font.getmask(letter)) != bytes(missing)
