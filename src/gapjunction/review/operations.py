"""What the page asks for, turned into changes of an image."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.dataset.reader import MIN_SIDE
from gapjunction.review.entries import MOST_LETTERS, Box, Change, Kind, Name, Proposal, Region
from gapjunction.review.merging import ImageState, turned_round
from gapjunction.review.opening import ReviewImage
from gapjunction.review.outcome import OperationRefused


class Operation(StrictConfig):
    """What the page sends.

    Attributes:
        id: made by the page, so that one that is sent again is done once.
        image: the image's id.
        of: the operation to take back or do again; without it, the annotator's last that can be.
        base: the last sequence that the page knows of.
        window: the page's own id, which tells two windows apart.
        proposal: of another program, to take or leave; without it, all that there are.
    """

    id: Name
    image: str
    kind: Kind
    box: Box | None = None
    threshold: float | None = Field(default=None, ge=0, le=1)
    region: Region | None = None
    note: str | None = Field(default=None, max_length=MOST_LETTERS)
    of: str | None = None
    base: int = Field(default=0, ge=0)
    window: str = Field(default="", max_length=64)
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an operation takes place.

    Attributes:
        labels: that a box of this dataset may have.
        size: height and width of the image in pixels.
        threshold: what counts where the page does not say.
    """

    annotator: str
    labels: frozenset[int]
    size: tuple[int, int]
    threshold: float

    @classmethod
    def of(cls, image: ReviewImage, annotator: str, threshold: float) -> Self:
        """Return where an operation of an annotator in an image takes place."""
        colors = image.dataset.classes.values()
        return cls(
            annotator=annotator,
            labels=frozenset(label for label, color in enumerate(colors) if color),
            size=(image.image.height, image.image.width),
            threshold=threshold,
        )


def changes_of(operation: Operation, state: ImageState, setting: Setting) -> tuple[Change, ...]:
    """Return what an operation changes in an image.

    Raises:
        OperationRefused: if it makes no sense.
    """
    return tuple(_CHANGES[operation.kind](operation, state, setting))


def _draw(operation: Operation, state: ImageState, setting: Setting) -> list[Change]:
    asked = _asked_box(operation, setting)
    if ("box", asked.id) in state.values:
        raise OperationRefused("there is a box with this id already")
    drawn = asked.but(score=None, by=setting.annotator, state="person")
    return [Change(what="box", id=drawn.id, after=drawn)]


def _change(operation: Operation, state: ImageState, setting: Setting) -> list[Change]:
    asked = _asked_box(operation, setting)
    before = _box(state, asked.id)
    kind = "person" if before.state == "person" else "changed"
    after = before.but(box=asked.box, label=asked.label, by=setting.annotator, state=kind)
    return [Change(what="box", id=before.id, before=before, after=after)]


def _delete(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    before = _box(state, _named_box(operation).id)
    return [Change(what="box", id=before.id, before=before)]


def _accept(operation: Operation, state: ImageState, setting: Setting) -> list[Change]:
    before = _box(state, _named_box(operation).id)
    if before.state != "model":
        raise OperationRefused("a person has looked at this box already")
    return _accepted([before], setting)


def _accept_above(operation: Operation, state: ImageState, setting: Setting) -> list[Change]:
    threshold = setting.threshold if operation.threshold is None else operation.threshold
    above = [box for box in state.boxes if box.state == "model" and (box.score or 0) >= threshold]
    return _accepted(above, setting)


def _done(operation: Operation, state: ImageState, setting: Setting) -> list[Change]:
    """Who says that an image is done takes the boxes that are counted as right."""
    accepted = _accept_above(operation, state, setting)
    return [*accepted, Change(what="done", before=state.values.get(("done", "")), after=True)]


def _undone(_: Operation, state: ImageState, __: Setting) -> list[Change]:
    return [Change(what="done", before=state.values.get(("done", "")))]


def _note(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    return [
        Change(what="note", before=state.values.get(("note", "")), after=operation.note or None)
    ]


def _region(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    region = operation.region
    if region is None:
        raise OperationRefused("no region was sent")
    before = state.values.get(("region", region.id))
    return [Change(what="region", id=region.id, before=before, after=region)]


def _delete_region(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    region = operation.region
    before = None if region is None else state.values.get(("region", region.id))
    if region is None or before is None:
        raise OperationRefused("there is no such region")
    return [Change(what="region", id=region.id, before=before)]


def _take(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    boxes = []
    for proposal in _proposals(operation, state):
        box = proposal.after or proposal.before
        if box is not None:
            before = state.values.get(("box", box.id))
            boxes.append(Change(what="box", id=box.id, before=before, after=proposal.after))
    return [*_leave(operation, state, _), *boxes]


def _leave(operation: Operation, state: ImageState, _: Setting) -> list[Change]:
    return [
        Change(what="proposal", id=each.id, before=each) for each in _proposals(operation, state)
    ]


def _proposals(operation: Operation, state: ImageState) -> list[Proposal]:
    """Return what is decided on."""
    asked = operation.proposal
    chosen = [each for each in state.proposals if asked in (None, each.id)]
    if not chosen:
        raise OperationRefused("there is no such change of another program")
    return chosen


def _undo(operation: Operation, state: ImageState, setting: Setting) -> Sequence[Change]:
    undone = state.entries.get(target_of(operation, state, setting.annotator) or "")
    if undone is None or not undone.changes:
        raise OperationRefused("there is nothing to undo")
    return turned_round(undone.changes)


def _redo(operation: Operation, state: ImageState, setting: Setting) -> Sequence[Change]:
    done = state.entries.get(target_of(operation, state, setting.annotator) or "")
    if done is None or not done.changes:
        raise OperationRefused("there is nothing to do again")
    return done.changes


_CHANGES: dict[Kind, Callable[[Operation, ImageState, Setting], Sequence[Change]]] = {
    "draw": _draw,
    "change": _change,
    "delete": _delete,
    "accept": _accept,
    "accept_above": _accept_above,
    "done": _done,
    "undone": _undone,
    "note": _note,
    "region": _region,
    "delete_region": _delete_region,
    "take": _take,
    "leave": _leave,
    "undo": _undo,
    "redo": _redo,
}


@dataclass(frozen=True, slots=True)
class Done:
    """An operation of an annotator that can be taken back or, if it was, done again."""

    id: str
    kind: str
    is_undone: bool


def history(state: ImageState, annotator: str) -> list[Done]:
    """Return the operations of an annotator in their order, of which some are undone.

    What was undone before a new operation is no more to be done again.
    """
    kept: list[str] = []
    undone: list[str] = []
    for entry in state.entries.values():
        if entry.by != annotator or not entry.changes:
            continue
        if entry.kind == "undo" and entry.of in kept:
            kept.remove(entry.of)
            undone.append(entry.of)
        elif entry.kind == "redo" and entry.of in undone:
            undone.remove(entry.of)
            kept.append(entry.of)
        elif entry.kind not in ("undo", "redo", "foreign"):
            kept.append(entry.id)
            undone.clear()
    done = [Done(each, state.entries[each].kind, is_undone=False) for each in kept]
    return done + [Done(each, state.entries[each].kind, is_undone=True) for each in undone[::-1]]


def target_of(operation: Operation, state: ImageState, annotator: str) -> str | None:
    """Return the id of the operation that one takes back or does again; None of others."""
    if operation.kind not in ("undo", "redo"):
        return None
    return operation.of or _last(state, annotator, is_undone=operation.kind == "redo")


def _last(state: ImageState, annotator: str, *, is_undone: bool) -> str | None:
    """Return the operation that is next to be undone, or done again."""
    those = [each.id for each in history(state, annotator) if each.is_undone == is_undone]
    if not those:
        return None
    return those[0] if is_undone else those[-1]


def _accepted(boxes: Sequence[Box], setting: Setting) -> list[Change]:
    return [
        Change(
            what="box",
            id=box.id,
            before=box,
            after=box.but(state="accepted", by=setting.annotator),
        )
        for box in boxes
    ]


def _named_box(operation: Operation) -> Box:
    if operation.box is None:
        raise OperationRefused("no box was sent")
    return operation.box


def _asked_box(operation: Operation, setting: Setting) -> Box:
    """Return the box that was sent, cut at the image's border."""
    asked = _named_box(operation)
    if asked.label not in setting.labels:
        raise OperationRefused("the dataset has no such class")
    height, width = setting.size
    x0, y0, x1, y1 = asked.box
    left, right = (min(max(x, 0.0), float(width)) for x in (x0, x1))
    top, bottom = (min(max(y, 0.0), float(height)) for y in (y0, y1))
    if min(right - left, bottom - top) < MIN_SIDE:
        raise OperationRefused(f"the box lies outside of the image, or is below {MIN_SIDE} px")
    return asked.but(box=(left, top, right, bottom))


def _box(state: ImageState, box_id: str) -> Box:
    box = state.values.get(("box", box_id))
    if not isinstance(box, Box):
        raise OperationRefused("this box is gone")
    return box
