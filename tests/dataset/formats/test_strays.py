"""Tests for `gapjunction.dataset.formats.strays`."""

import pytest

from gapjunction.dataset.formats.strays import Stray, notes_on_strays
from gapjunction.errors import DatasetError


def stray(kind: str, item: str) -> Stray:
    return Stray(
        kind, DatasetError("a.txt", item=item, expected="a size", found="none", fix="correct it")
    )


def test_notes_on_strays__a_few__are_counted_by_kind_and_the_first_is_named() -> None:
    strays = [stray("thin", "line 3"), stray("lost", "line 5"), stray("thin", "line 9")]
    notes = list(notes_on_strays(strays, num_objects=30))
    assert notes == ["thin: 2 (first: a.txt, line 3)", "lost: 1 (first: a.txt, line 5)"]


def test_notes_on_strays__more_than_a_tenth__are_refused_as_the_first() -> None:
    strays = [stray("thin", "line 3"), stray("thin", "line 9")]
    with pytest.raises(DatasetError, match="line 3: expected a size"):
        list(notes_on_strays(strays, num_objects=19))


def test_notes_on_strays__none__say_nothing() -> None:
    assert list(notes_on_strays([], num_objects=0)) == []
