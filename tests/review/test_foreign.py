"""Tests for `gapjunction.review.foreign`."""

from gapjunction.review.entries import Box
from gapjunction.review.foreign import proposals_of


def a_box(name: str, x: float) -> Box:
    return Box(id=name, box=(x, 0, x + 10, 10), label=0)


def test_proposals_of__same_boxes__are_none() -> None:
    assert proposals_of([a_box("a", 0)], [a_box("other", 0.001)]) == ()


def test_proposals_of__moved_added_and_gone__each_once() -> None:
    ours = [a_box("a", 0), a_box("b", 100)]
    theirs = [a_box("x", 1), a_box("y", 200)]
    assert [change.id for change in proposals_of(ours, theirs)] == ["moved-a", "added-y", "gone-b"]


def test_proposals_of__nothing_left__all_are_gone() -> None:
    assert [change.id for change in proposals_of([a_box("a", 0)], [])] == ["gone-a"]
