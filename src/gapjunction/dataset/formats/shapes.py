"""Boxes around shapes of other tools: outlines, points, turned rectangles."""

import math
from collections.abc import Sequence
from pathlib import Path

from gapjunction.errors import DatasetError

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Notes = tuple[str, ...]  # what could not be taken as it was, a kind each

OUTLINES = "outlines that are no upright rectangles, replaced by the boxes around them"
WITHOUT_AREA = "lines, texts and other shapes without an area or an outline, left out"
POINTS = "points, replaced by squares of --point_size_px"
PARTS = "parts of objects that have several, each taken for an object"
DETECTED = "objects that a program found, without scores, taken as predictions with a score of 1"
WITHOUT_CLASS = "objects without a class, given that of --class_name"


def box_around(points: Sequence[Point]) -> tuple[Box, Notes]:
    """Return the box around an outline, and a note if the two are not the same."""
    columns, rows = zip(*points, strict=True)
    box = (min(columns), min(rows), max(columns), max(rows))
    corners = {(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])}
    return box, () if set(points) == corners else (OUTLINES,)


def box_at(point: Point, size_px: float | None, file: Path, item: str) -> Box:
    """Return a square around a point, which has no size of its own.

    Raises:
        DatasetError: if the size is not known.
    """
    if size_px is None:
        raise DatasetError(
            file,
            item=item,
            expected="an object with a size",
            found="a point",
            fix="say how large the squares around points shall be",
            settings=("point_size_px",),
        )
    x, y, half = *point, size_px / 2
    return x - half, y - half, x + half, y + half


def turned(points: Sequence[Point], degrees: float, pivot: Point) -> list[Point]:
    """Return points turned clockwise, as seen, around a pivot."""
    if not degrees:  # so that rounding leaves an upright rectangle upright
        return list(points)
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return [
        (
            pivot[0] + (x - pivot[0]) * cosine - (y - pivot[1]) * sine,
            pivot[1] + (x - pivot[0]) * sine + (y - pivot[1]) * cosine,
        )
        for x, y in points
    ]
