"""How large objects are without the blur of the microscope, and whether that can be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gapjunction.measurement.blur import Blur
from gapjunction.measurement.shapes import Shape

# both: length and width are told; length: it is narrower than the resolution; none: a spot.
Resolved = Literal["both", "length", "none"]


@dataclass(frozen=True, slots=True)
class Size:
    """The size of an object, in px.

    Attributes:
        length: the longest distance between two of its points.
        major, minor: axes of the ellipse with the same second moments; 0 is less than can be seen.
    """

    area: float
    length: float
    major: float
    minor: float

    @property
    def diameter(self) -> float:
        """That of the circle with the same area."""
        return float(np.sqrt(4 * self.area / np.pi))


@dataclass(frozen=True, slots=True)
class ToldSize:
    """What is told of the size of an object.

    Attributes:
        size: None for a spot, of which only this is known: it is shorter than the resolution.
        resolved: None where the resolution is not known; then the size is that of the outline.
    """

    size: Size | None
    resolved: Resolved | None


def size_as_seen(shape: Shape) -> ToldSize:
    """Return the size of an outline, blur and all, where nothing is known of the blur."""
    return ToldSize(Size(shape.area, _length(shape), shape.major, shape.minor), None)


def sizes_without_blur(shapes: Sequence[Shape], blur: Blur, resolution_px: float) -> list[ToldSize]:
    """Return what is told of the sizes of objects with these outlines."""
    seen = np.array([(each.major, each.minor) for each in shapes]).reshape(-1, 2)
    own = blur.removed(seen)
    told = zip(own.major, own.minor, own.area_share, own.excess, strict=True)
    return [
        _told(shape, map(float, each), resolution_px)
        for shape, each in zip(shapes, told, strict=True)
    ]


def _told(shape: Shape, unblurred: Iterable[float], resolution_px: float) -> ToldSize:
    """Return what is told of an object by what `Unblurred` holds of it."""
    major, minor, area_share, excess = unblurred
    if major < resolution_px:
        return ToldSize(None, "none")
    size = Size(shape.area * area_share, max(_length(shape) - excess, 0.0), major, minor)
    return ToldSize(size, "both" if minor >= resolution_px else "length")


def _length(shape: Shape) -> float:
    return shape.feret - 1 / shape.fineness
