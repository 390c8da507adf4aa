"""Write and read an asset's true plaques in three dimensions, which only simulated stacks have.

`Assets/<asset>/true_plaques.csv` has a row for each box of each plaque:
`plaque,class,slice,x0,y0,x1,y1,x_um,y_um,z_um`. `plaque` counts from 0, `class` is a class name,
`slice` the number in the name of the slice's image; the box is xyxy, pixels. The center of the
plaque is the same in all its rows; x and y count from the image's top left corner, and slice n lies
at n times the z step.
"""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, as_boxes
from gapjunction.errors import DatasetError
from gapjunction.files import write_text

TRUE_PLAQUES_NAME = "true_plaques.csv"
COLUMNS = ("plaque", "class", "slice", "x0", "y0", "x1", "y1", "x_um", "y_um", "z_um")
BOX_DECIMALS, UM_DECIMALS = 2, 3

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class TruePlaque:
    """One plaque of a stack as it is.

    Attributes:
        class_name: its class.
        numbers: of the slices that it has a box in (S,), rising.
        boxes: in these slices (S, 4), xyxy pixels.
        center_um: x, y, z.
    """

    class_name: str
    numbers: NDArray[np.int64]
    boxes: BoxArray
    center_um: Point


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file."""

    plaque: int
    class_name: str
    number: int
    box: tuple[float, float, float, float]
    center_um: Point


def write_true_plaques(path: Path, plaques: Sequence[TruePlaque]) -> None:
    """Write the file, whole or not at all; the place of a plaque in the sequence is its number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for index, plaque in enumerate(plaques):
        center = [round(side, UM_DECIMALS) for side in plaque.center_um]
        for number, box in zip(plaque.numbers.tolist(), plaque.boxes.tolist(), strict=True):
            sides = [round(side, BOX_DECIMALS) for side in box]
            writer.writerow([index, plaque.class_name, number, *sides, *center])
    write_text(path, text.getvalue())


def read_true_plaques(path: Path) -> list[TruePlaque]:
    """Read the file; plaques are in the order of their numbers.

    Raises:
        DatasetError: if it cannot be read, naming the line.
    """
    by_plaque: dict[int, list[_Row]] = {}
    for line, row in enumerate(_rows(path), start=2):
        own = by_plaque.setdefault(row.plaque, [])
        if any(row.number == other.number for other in own):
            found = f"two boxes of plaque {row.plaque} in slice {row.number}"
            raise _damaged(path, line, found, "one box of a plaque in a slice")
        if own and (own[0].center_um, own[0].class_name) != (row.center_um, row.class_name):
            found = f"another center or class of plaque {row.plaque} than before"
            raise _damaged(path, line, found, "one center and class for all rows of a plaque")
        own.append(row)
    return [_joined(by_plaque[plaque]) for plaque in sorted(by_plaque)]


def _joined(rows: Sequence[_Row]) -> TruePlaque:
    ordered = sorted(rows, key=lambda row: row.number)
    return TruePlaque(
        ordered[0].class_name,
        np.array([row.number for row in ordered], np.int64),
        as_boxes([row.box for row in ordered]),
        ordered[0].center_um,
    )


def _rows(path: Path) -> list[_Row]:
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise _damaged(path, None, str(error), "a table (CSV)") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        found = ",".join(lines[0]) if lines else "nothing"
        raise _damaged(path, 1, found[:120], f"the columns {','.join(COLUMNS)}")
    return [_row(path, number, cells) for number, cells in enumerate(lines[1:], start=2)]


def _row(path: Path, line: int, cells: Sequence[str]) -> _Row:
    if len(cells) != len(COLUMNS):
        raise _damaged(path, line, f"{len(cells)} values", f"{len(COLUMNS)} values")
    try:
        plaque, number = int(cells[0]), int(cells[2])
        x0, y0, x1, y1, x_um, y_um, z_um = map(float, cells[3:])
    except ValueError:
        found = ",".join(cells)[:120]
        raise _damaged(path, line, found, "whole numbers for plaque and slice, numbers") from None
    is_finite = all(map(math.isfinite, (x0, y0, x1, y1, x_um, y_um, z_um)))
    if not (cells[1] and is_finite and plaque >= 0 and x0 < x1 and y0 < y1):
        expected = "a class, a plaque from 0 on, finite numbers, x0 < x1 and y0 < y1"
        raise _damaged(path, line, ",".join(cells)[:120], expected)
    return _Row(plaque, cells[1], number, (x0, y0, x1, y1), (x_um, y_um, z_um))


def _damaged(path: Path, line: int | None, found: str, expected: str) -> DatasetError:
    item = "" if line is None else f"line {line}"
    fix = "simulate the stack again, or remove the file: only simulated stacks have it"
    return DatasetError(path, item=item, expected=expected, found=found, fix=fix)
