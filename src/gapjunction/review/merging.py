"""What an image is after all operations on it, whoever made them, and which of them collide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gapjunction.review.entries import Base, Box, Change, Entry, Proposal, Region, Value, What

Key = tuple[What, str]


@dataclass(frozen=True, slots=True)
class Touch:
    """The last operation on a thing: its place in the sequence, who made it, in which window."""

    sequence: int
    by: str
    window: str


@dataclass(frozen=True, slots=True, eq=False)
class ImageState:
    """An image as its operations leave it.

    Attributes:
        base: what it was before; None while no operation met it.
        values: boxes, regions, proposals, note and done, by what they are and their id.
        touched: the last operation on each, also on what is gone.
        entries: the operations by their id.
        sequence: of the last one.
        sha256: of the detection file as it was last read or written here; None: never.
    """

    base: Base | None = None
    values: Mapping[Key, Value] = field(default_factory=dict)
    touched: Mapping[Key, Touch] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    sequence: int = 0
    sha256: str | None = None

    @property
    def boxes(self) -> list[Box]:
        """All boxes, in the order in which they came."""
        return [value for value in self.values.values() if isinstance(value, Box)]

    @property
    def regions(self) -> list[Region]:
        """All regions."""
        return [value for value in self.values.values() if isinstance(value, Region)]

    @property
    def proposals(self) -> list[Proposal]:
        """What another program changed and nobody has decided on."""
        return [value for value in self.values.values() if isinstance(value, Proposal)]

    @property
    def note(self) -> str:
        """What somebody noted."""
        return str(self.values.get(("note", "")) or "")

    @property
    def is_done(self) -> bool:
        """Whether a person says that all objects have their boxes."""
        return self.values.get(("done", "")) is True

    @property
    def is_begun(self) -> bool:
        """Whether something was changed."""
        return any(entry.changes for entry in self.entries.values())


def started(base: Base) -> ImageState:
    """Return the state of an image that no operation has met."""
    values: dict[Key, Value] = {("box", box.id): box for box in base.boxes}
    if base.is_done:
        values["done", ""] = True
    return ImageState(base=base, values=values)


def applied(state: ImageState, entry: Entry) -> ImageState:
    """Return the state after a line of the journal.

    Of several bases, of annotators who began at the same time, the first holds.
    """
    if entry.base is not None:
        if state.base is not None:
            return state
        return replace(started(entry.base), sha256=entry.sha256, sequence=entry.sequence)
    values = dict(state.values)
    for change in entry.changes:
        if change.after is None:
            values.pop(change.key, None)
        else:
            values[change.key] = change.after
    touch = Touch(entry.sequence, entry.by, entry.window)
    return replace(
        state,
        values=values,
        touched={**state.touched, **{change.key: touch for change in entry.changes}},
        entries={**state.entries, entry.id: entry},
        sequence=entry.sequence,
        sha256=state.sha256 if entry.sha256 is None else entry.sha256,
    )


def collision(
    state: ImageState, keys: Iterable[Key], seen: int, who: tuple[str, str]
) -> Touch | None:
    """Return what another window did since the sequence `seen` to things that are to be changed.

    `who` is the annotator, and the window of the page, that changes it.
    """
    touches = (state.touched.get(key) for key in keys)
    later = (touch for touch in touches if touch is not None and touch.sequence > seen)
    return next((touch for touch in later if (touch.by, touch.window) != who), None)


def does_not_fit(state: ImageState, changes: Iterable[Change]) -> Change | None:
    """Return the first change of something that is not, or no more, as it was before it."""
    return next(
        (change for change in changes if state.values.get(change.key) != change.before), None
    )


def turned_round(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that take these back."""
    return tuple(change.turned_round() for change in reversed(changes))


def as_left_by(state: ImageState, annotator: str) -> ImageState:
    """Return the image as one annotator's operations alone leave it."""
    own = ImageState() if state.base is None else started(state.base)
    for entry in state.entries.values():
        if entry.by == annotator:
            own = applied(own, entry)
    return own
