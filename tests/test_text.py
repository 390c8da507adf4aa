"""Tests for `gapjunction.terminal`."""

import pytest

from gapjunction.text import counted


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "image", "0 images"),
        (1, "box", "1 box"),
        (1200, "annotated box", "1,200 annotated boxes"),
    ],
)
def test_counted__noun__agrees_with_its_number(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text
