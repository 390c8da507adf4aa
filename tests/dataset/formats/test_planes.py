"""Tests for `gapjunction.dataset.formats.planes`."""

from gapjunction.dataset.formats.planes import notes_on_planes


def test_notes_on_planes__axes_with_several__are_named() -> None:
    notes = notes_on_planes([{"channels": 1, "slices": 2}, {"channels": 2, "slices": 2}, {}])
    assert list(notes) == ["images with objects of several channels, taken together"]


def test_notes_on_planes__nothing_stated__says_nothing() -> None:
    assert list(notes_on_planes([{}, {}])) == []
