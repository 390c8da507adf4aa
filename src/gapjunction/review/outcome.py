"""What came of an operation: what it changed, or who was there before."""

from collections.abc import Sequence
from dataclasses import dataclass

from gapjunction.review.entries import Box, Entry


class OperationRefused(Exception):  # noqa: N818 - it says what happened
    """An operation makes no sense, which the page is told in a line; nothing was changed."""


class Collided(Exception):  # noqa: N818 - it says what happened
    """Somebody else changed the same thing since; nothing was overwritten.

    Args:
        by: who.
        theirs: the boxes concerned, as they are now.
    """

    def __init__(self, by: str, theirs: Sequence[Box]) -> None:
        self.by, self.theirs = by, tuple(theirs)
        super().__init__(f"{by} changed this in the meantime")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did: the boxes that it changed, and those that it took away.

    Attributes:
        saved: when it was on the disk.
        unwritten: why the detection file could not be written; it is tried again at the next
            operation, and nothing is lost.
    """

    sequence: int
    saved: str
    boxes: tuple[Box, ...]
    deleted: tuple[str, ...]
    unwritten: str = ""


def outcome_of(entry: Entry) -> Outcome:
    """Return what a line of the journal says was done."""
    boxes = [each for each in entry.changes if each.what == "box"]
    return Outcome(
        sequence=entry.sequence,
        saved=entry.time,
        boxes=tuple(each.after for each in boxes if isinstance(each.after, Box)),
        deleted=tuple(each.id for each in boxes if each.after is None),
    )
