"""Single objects that no box can be made of: a few are left out, many are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gapjunction.errors import DatasetError

MOST_STRAY = 0.1  # of all objects: with more, the file is wrong as a whole

WITHOUT_SIZE = "boxes without a width or a height, left out"
OF_NO_CLASS = "objects of a class that is not in the list of classes, left out"
OF_NO_IMAGE = "objects of an image that is not in the file, left out"


@dataclass(frozen=True, slots=True)
class Stray:
    """An object to be left out, and what is said of it where there are too many such."""

    kind: str
    error: DatasetError


def notes_on_strays(strays: Sequence[Stray], num_objects: int) -> Iterator[str]:
    """Yield "<kind>: <number> (first: <file>, <object>)" for each kind of stray object.

    `num_objects` counts the strays and all others.

    Raises:
        DatasetError: that of the first stray, if more than MOST_STRAY of all objects are such.
    """
    if len(strays) > MOST_STRAY * num_objects:
        raise strays[0].error
    for kind in dict.fromkeys(each.kind for each in strays):
        first, *others = [each.error for each in strays if each.kind == kind]
        yield f"{kind}: {1 + len(others):,} (first: {first.where}, {first.item})"
