"""Tests for `gapjunction.review.operations` and `merging`."""

from typing import Any

import pytest

from gapjunction.review.entries import Base, Box, Change, Entry
from gapjunction.review.merging import ImageState, applied, as_left_by, collision, started
from gapjunction.review.operations import Operation, Setting, changes_of, history
from gapjunction.review.outcome import OperationRefused

SETTING = Setting(annotator="Ana", labels=frozenset({0}), size=(50, 60), threshold=0.5)


def models(name: str, score: float) -> Box:
    return Box(id=name, box=(1, 1, 9, 9), label=0, score=score, by="model", state="model")


def of_model(*scores: float) -> ImageState:
    return started(Base(boxes=tuple(models(f"m{i}", score) for i, score in enumerate(scores))))


def asked(kind: str, **what: Any) -> Operation:
    return Operation.model_validate({"id": "op", "image": "i", "kind": kind} | what)


def after(state: ImageState, kind: str, by: str = "Ana", **what: Any) -> ImageState:
    """Return the state after an operation."""
    operation = asked(kind, **what)
    changes = changes_of(operation, state, SETTING)
    sequence = state.sequence + 1
    entry = Entry(
        id=f"{by}{sequence}",
        sequence=sequence,
        time="",
        by=by,
        image="a",
        kind=operation.kind,
        changes=changes,
        of=what.get("of"),
    )
    return applied(state, entry)


def test_draw__partly_outside__is_cut_at_the_border() -> None:
    [change] = changes_of(
        asked("draw", box={"id": "b", "box": [-5, 40, 10, 70], "label": 0}), ImageState(), SETTING
    )
    assert isinstance(change.after, Box)
    assert change.after.box == (0, 40, 10, 50)


def test_draw__pretends_to_be_the_models__is_a_persons() -> None:
    sent = models("b", 0.9).model_dump()
    [change] = changes_of(asked("draw", box=sent), ImageState(), SETTING)
    assert isinstance(change.after, Box)
    assert (change.after.by, change.after.state, change.after.score) == ("Ana", "person", None)


def test_change__box_of_the_model__keeps_its_score() -> None:
    sent = {"id": "m0", "box": [2, 2, 9, 9], "label": 0}
    [box] = after(of_model(0.9), "change", box=sent).boxes
    assert (box.state, box.by, box.score) == ("changed", "Ana", 0.9)


def test_accept_above__threshold__takes_those_above_only() -> None:
    boxes = after(of_model(0.9, 0.6, 0.3), "accept_above", threshold=0.6).boxes
    assert [box.state for box in boxes] == ["accepted", "accepted", "model"]


def test_done__without_a_threshold__takes_what_counts() -> None:
    state = after(of_model(0.9, 0.3), "done")
    assert [box.state for box in state.boxes] == ["accepted", "model"]
    assert state.is_done


def test_undo__of_done__takes_back_what_it_accepted() -> None:
    state = after(after(of_model(0.9), "done"), "undo")
    assert [box.state for box in state.boxes] == ["model"]
    assert not state.is_done


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("change", {"box": {"id": "none", "box": [1, 1, 5, 5], "label": 0}}),
        ("delete", {"box": {"id": "none", "box": [1, 1, 5, 5], "label": 0}}),
        ("draw", {"box": {"id": "m0", "box": [1, 1, 5, 5], "label": 0}}),
        ("draw", {"box": {"id": "b", "box": [59.8, 1, 70, 5], "label": 0}}),
        ("draw", {}),
        ("region", {}),
        ("delete_region", {}),
        ("take", {"proposal": "none"}),
        ("leave", {}),
        ("undo", {}),
        ("redo", {"of": "none"}),
    ],
)
def test_changes_of__no_sense__is_refused(kind: str, what: dict[str, Any]) -> None:
    with pytest.raises(OperationRefused):
        changes_of(asked(kind, **what), of_model(0.9), SETTING)


def test_history__undone_and_new__forgets_what_was_undone() -> None:
    state = after(of_model(0.9, 0.8), "note", note="a")
    state = after(state, "note", note="b")
    state = after(state, "undo", of="Ana2")
    assert [(each.id, each.is_undone) for each in history(state, "Ana")] == [
        ("Ana1", False),
        ("Ana2", True),
    ]
    state = after(state, "note", note="c")
    assert [each.id for each in history(state, "Ana")] == ["Ana1", "Ana4"]


def test_collision__own_window__is_none_and_anothers_is() -> None:
    change = Change(what="note", after="x")
    entry = Entry(
        id="o", sequence=5, time="", by="Ana", window="w", image="a", kind="note", changes=(change,)
    )
    state = applied(ImageState(), entry)
    assert collision(state, [change.key], 4, ("Ana", "w")) is None
    assert collision(state, [change.key], 5, ("Bo", "v")) is None
    other_window, other_person = ("Ana", "v"), ("Bo", "w")
    for who in (other_window, other_person):
        touch = collision(state, [change.key], 4, who)
        assert touch is not None
        assert touch.by == "Ana"


def test_applied__two_bases__the_first_holds() -> None:
    def base(sequence: int, score: float) -> Entry:
        content = Base(boxes=(models("m", score),))
        return Entry(
            id=f"b{sequence}",
            sequence=sequence,
            time="",
            by="Ana",
            image="a",
            kind="base",
            base=content,
        )

    state = applied(applied(ImageState(), base(1, 0.1)), base(2, 0.2))
    assert [box.score for box in state.boxes] == [0.1]


def test_as_left_by__one_of_two__has_only_own_changes() -> None:
    drawn = {"id": "a", "box": [1, 1, 5, 5], "label": 0}
    state = after(of_model(0.9), "draw", by="Bo", box=drawn)
    state = after(state, "draw", by="Ana", box=drawn | {"id": "b"})
    assert [box.id for box in as_left_by(state, "Bo").boxes] == ["m0", "a"]
