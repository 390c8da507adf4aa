"""Tests for `gapjunction.review.foreign`."""

from dataclasses import replace

from gapjunction.review.entries import Base, Box, Change, Proposal
from gapjunction.review.foreign import proposals_of, proposals_of_file
from gapjunction.review.merging import started


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


def test_proposals_of__added_at_the_place_in_the_file_of_another__has_an_id_of_its_own() -> None:
    changes = proposals_of([a_box("a", 0)], [a_box("a", 100)])
    ids = [value.id for value in map(box_of, changes)]
    assert ids[1] == "a"
    assert len(set(ids)) == 2


def test_proposals_of_file__changed_again__what_is_there_no_more_is_dropped() -> None:
    state = started(Base(boxes=(a_box("a", 0), a_box("b", 100)), is_done=True))
    first = proposals_of_file(state, a_file(a_box("x", 1), a_box("y", 100), a_box("z", 200)))
    values = {**state.values, **{change.key: change.after for change in first}}

    second = proposals_of_file(replace(state, values=values), a_file(a_box("x", 2)))

    kept = {change.id: change.after is not None for change in second}
    assert kept == {"added-z": False, "moved-a": True, "gone-b": True}


def a_file(*boxes: Box) -> Base:
    return Base(boxes=boxes, is_done=True)


def box_of(change: Change) -> Box:
    assert isinstance(change.after, Proposal)
    [box] = [each for each in (change.after.after, change.after.before) if each is not None]
    return box
