"""The lines of a review's journal: who changed what in which image, and from what to what."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gapjunction.boxes import FARTHEST_PX
from gapjunction.config import StrictConfig

MOST_POINTS, MOST_LETTERS = 1000, 10_000  # of a region, of a note
MODEL, DATASET, FILE = "model", "dataset", "file"  # who drew boxes that no annotator drew here

Pixel = Annotated[float, Field(allow_inf_nan=False, ge=-FARTHEST_PX, le=FARTHEST_PX)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]  # of boxes, regions, operations
BoxState = Literal["model", "accepted", "person", "changed"]
What = Literal["box", "region", "note", "done", "proposal"]
Kind = Literal[
    "draw",
    "change",
    "delete",
    "accept",
    "accept_above",
    "done",
    "undone",
    "note",
    "region",
    "delete_region",
    "take",
    "leave",
    "undo",
    "redo",
]


class Box(StrictConfig):
    """A box in an image.

    Attributes:
        box: xyxy pixels.
        label: its class, from 0.
        score: the model's; None of a box that a person drew.
        by: who drew or changed it last: an annotator, or `MODEL`, `DATASET`, `FILE`.
        state: as the model found it; taken as right; drawn; or the model's, but changed.
    """

    id: Name
    box: tuple[Pixel, Pixel, Pixel, Pixel]
    label: int = Field(ge=0)
    score: float | None = Field(default=None, ge=0, le=1)
    by: str = ""
    state: BoxState = "person"

    @model_validator(mode="after")
    def _has_area(self) -> Self:
        x0, y0, x1, y1 = self.box
        if x1 <= x0 or y1 <= y0:
            raise ValueError("a box of no size")
        return self


class Region(StrictConfig):
    """A polygon: what counts (include), or what does not (exclude); points are x, y in pixels."""

    id: Name
    name: str = Field(default="", max_length=200)
    kind: Literal["include", "exclude"]
    points: tuple[tuple[Pixel, Pixel], ...] = Field(min_length=3, max_length=MOST_POINTS)


class Proposal(StrictConfig):
    """What another program changed in the file of an image: to take, or to leave.

    A box without `before` was added there, one without `after` is gone from there.
    """

    id: Name
    before: Box | None = None
    after: Box | None = None


Value = Box | Region | Proposal | bool | str | None


class Change(StrictConfig):
    """One thing of an image before and after an operation; None where it is not there.

    `id` is that of a box, region or proposal, and "" of the note and of whether it is done.
    """

    what: What
    id: str = ""
    before: Value = None
    after: Value = None

    @property
    def key(self) -> tuple[What, str]:
        """What it is a change of."""
        return self.what, self.id

    def turned_round(self) -> "Change":
        """Return the change that takes this one back."""
        return Change(what=self.what, id=self.id, before=self.after, after=self.before)


class Base(StrictConfig):
    """What an image was when the first operation met it.

    Attributes:
        records: the boxes as their file held them, with keys that we know nothing of, by box id.
        is_done: whether a person had annotated it.
        key: in its own detection file; "" where it has none.
        predicted: all that this file held, where it is of a model and the boxes are not just these.
    """

    boxes: tuple[Box, ...] = ()
    records: dict[str, dict[str, Any]] = Field(default_factory=dict)
    is_done: bool = False
    key: str = ""
    predicted: tuple[dict[str, Any], ...] = ()


class Entry(StrictConfig):
    """A line of a journal.

    Attributes:
        sequence: its place among the lines of all who review the dataset, from 1.
        window: which window of the page sent it.
        image: asset and file name.
        of: the operation that is taken back, or done again.
        base: of kind "base" only.
        sha256: of the image's detection file, as it was read or written; "" where there is none.
    """

    id: Name
    sequence: int = Field(ge=1)
    time: str
    by: str
    window: str = ""
    image: str
    kind: Kind | Literal["base", "written", "foreign"]
    changes: tuple[Change, ...] = ()
    of: str | None = None
    base: Base | None = None
    sha256: str | None = None
