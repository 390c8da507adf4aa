"""The separate parts of an ImageJ selection that is made of several, as after a threshold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.dataset.formats.shapes import Point
from gapjunction.errors import DatasetError

# Numbers after each command of a path, as in java.awt.geom.PathIterator.
_LENGTHS: dict[float, int] = {0: 2, 1: 2, 2: 4, 3: 6, 4: 0}
_MOVE = 0


def outer_parts(path: Sequence[float], file: Path, item: str) -> list[list[Point]]:
    """Return the corners of each part, without the holes: what lies in an odd number of others.

    Raises:
        DatasetError: as `all_parts` does.
    """
    parts = all_parts(path, file, item)
    low = np.array([np.min(part, axis=0) for part in parts]).reshape(-1, 2)
    high = np.array([np.max(part, axis=0) for part in parts]).reshape(-1, 2)
    order = np.argsort(low[:, 0], kind="stable")
    low, high = low[order], high[order]
    found = []
    for index, part in enumerate(parts):
        point = part[0]
        begun = np.searchsorted(low[:, 0], point[0], side="right")  # not at the right of the point
        may_hold = (low[:begun, 1] <= point[1]) & (high[:begun] >= point).all(axis=1)
        others = (parts[other] for other in order[:begun][may_hold] if other != index)
        if sum(_holds(other, point) for other in others) % 2 == 0:
            found.append(part)
    return found


def all_parts(path: Sequence[float], file: Path, item: str) -> list[list[Point]]:
    """Return the corners of each part and each hole.

    `path` is a list of commands and their coordinates, in pixels. Points that a curve is pulled
    to count as corners.

    Raises:
        DatasetError: if a command is unknown or cut short.
    """
    parts: list[list[Point]] = []
    place = 0
    while place < len(path):
        command = path[place]
        values = path[place + 1 : place + 1 + _LENGTHS.get(command, 0)]
        is_known = command in _LENGTHS and len(values) == _LENGTHS[command]
        if not is_known or (not parts and command != _MOVE):
            raise DatasetError(
                file,
                item=item,
                expected="a path of moves, lines and curves",
                found=f"the command {command:g} at {place}",
                fix="save the set again in ImageJ",
            )
        if command == _MOVE:
            parts.append([])
        parts[-1] += zip(values[0::2], values[1::2], strict=True)
        place += 1 + len(values)
    return parts


def _holds(outline: Sequence[Point], point: Point) -> bool:
    """Tell whether a point lies in an outline: a ray from it crosses an odd number of sides."""
    corners: NDArray[np.float64] = np.array(outline, np.float64)
    following = np.roll(corners, -1, axis=0)
    is_above, is_above_next = corners[:, 1] > point[1], following[:, 1] > point[1]
    rises = np.where(is_above == is_above_next, 1, following[:, 1] - corners[:, 1])
    share = (point[1] - corners[:, 1]) / rises
    crossing = corners[:, 0] + share * (following[:, 0] - corners[:, 0])
    return bool(np.sum((is_above != is_above_next) & (point[0] < crossing)) % 2)
