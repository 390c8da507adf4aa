"""Tests for `gapjunction.terminal`."""

import os

import pytest

from gapjunction.text import counted, cut, is_utf8, shortened, visible


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


@pytest.mark.parametrize(
    ("name", "is_one"), [("Zürich 🧠", True), (os.fsdecode(b"Z\xfcrich"), False)]
)
def test_is_utf8__name_of_a_file__is_unless_it_is_in_another_encoding(
    name: str, is_one: bool
) -> None:
    assert is_utf8(name) is is_one


def test_visible__letters_that_move_the_cursor__are_escaped() -> None:
    assert visible("a\x1b[2J\r\u202eb\ud800\nüµ") == "a\\x1b[2J\\r\\u202eb\\ud800\nüµ"


@pytest.mark.parametrize(
    ("length", "shown"), [(10, "0123456789"), (9, "012...789"), (8, "012...89"), (5, "0...9")]
)
def test_cut__text_longer_than_wanted__keeps_its_ends(length: int, shown: str) -> None:
    assert cut("0123456789", length) == shown


def test_shortened__long_names_in_a_path__keep_their_ends() -> None:
    short = shortened(f"/data/{'x' * 255}.png: a {'y' * 100}")
    assert short == f"/data/{'x' * 50}...{'x' * 25}.png: a {'y' * 100}"
