"""Objects that other tools keep by channel, slice and time, where an image here is one plane."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

Axis = Literal["channels", "slices", "time points", "stack positions"]
AXES: tuple[Axis, ...] = ("channels", "slices", "time points", "stack positions")


def notes_on_planes(places: Iterable[Mapping[Axis, object]]) -> Iterator[str]:
    """Yield a note for each axis along which the objects of an image lie in several planes.

    One object that was marked in two slices is two then, which a person has to know.
    """
    seen = list(places)
    for axis in AXES:
        if len({each[axis] for each in seen if axis in each}) > 1:
            yield f"images with objects of several {axis}, taken together"
