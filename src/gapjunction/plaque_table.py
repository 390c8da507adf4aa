"""Tables of plaques by their boxes: a row for each slice that a plaque has a box in.

The columns are `plaque,class,slice,x0,y0,x1,y1`: the number of the plaque, from 0 on, its class,
the number of the slice, and the box there, xyxy in pixels. Words that say which stack it is may
come before them, and numbers that are the same in all rows of a plaque behind them.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import FARTHEST_PX, BoxArray, as_boxes
from gapjunction.csv_tables import text_of_cell, write_csv
from gapjunction.errors import GapJunctionError
from gapjunction.outside_text import read_text

BOX_COLUMNS = ("plaque", "class", "slice", "x0", "y0", "x1", "y1")
BOX_DECIMALS = 2
MOST_SHOWN = 120  # characters of a wrong line


@dataclass(frozen=True, slots=True, eq=False)
class TabledPlaque:
    """One plaque of a table.

    Attributes:
        number: from 0 on, in its stack.
        class_name: its class.
        numbers: of the slices that it has a box in (S,), rising.
        boxes: in these slices (S, 4), xyxy pixels.
        stack: the words that say which stack it is in.
        values: the numbers that are the same in all its rows.
    """

    number: int
    class_name: str
    numbers: NDArray[np.int64]
    boxes: BoxArray
    stack: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PlaqueTable:
    """A kind of table.

    Attributes:
        stack_columns, value_columns: before and behind `BOX_COLUMNS`.
        error: what is raised of a damaged one.
        fix: what to do with a damaged one.
    """

    stack_columns: tuple[str, ...]
    value_columns: tuple[str, ...]
    error: type[GapJunctionError]
    fix: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns."""
        return (*self.stack_columns, *BOX_COLUMNS, *self.value_columns)

    def write(self, path: Path, plaques: Iterable[TabledPlaque]) -> None:
        """Write a table, whole or not at all."""
        rows: list[list[object]] = [[*self.columns]]
        for each in plaques:
            for number, box in zip(each.numbers.tolist(), each.boxes.tolist(), strict=True):
                sides = [round(side, BOX_DECIMALS) for side in box]
                own = each.number, each.class_name, number
                rows.append([*each.stack, *own, *sides, *each.values])
        write_csv(path, rows)

    def read(self, path: Path) -> list[TabledPlaque]:
        """Read a table; plaques are in the order of their stacks and numbers.

        Raises:
            GapJunctionError: if it cannot be read, naming the line; of the kind `error`.
        """
        by_plaque: dict[tuple[tuple[str, ...], int], list[_Row]] = {}
        for line, row in enumerate(self._rows(path), start=2):
            own = by_plaque.setdefault((row.stack, row.plaque), [])
            if any(row.number == other.number for other in own):
                found = f"two boxes of plaque {row.plaque} in slice {row.number}"
                raise self._damaged(path, line, found, "one box of a plaque in a slice")
            if own and (own[0].values, own[0].class_name) != (row.values, row.class_name):
                same = ", ".join(("class", *self.value_columns))
                found = f"another {same} of plaque {row.plaque} than before"
                raise self._damaged(path, line, found, "the same in all rows of a plaque")
            own.append(row)
        return [_joined(by_plaque[key]) for key in sorted(by_plaque)]

    def _rows(self, path: Path) -> list["_Row"]:
        try:
            text = read_text(path, self.error, fix=self.fix)
            lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error as error:
            raise self._damaged(path, None, str(error), "a table (CSV)") from None
        if not lines or tuple(lines[0]) != self.columns:
            found = ",".join(lines[0]) if lines else "nothing"
            expected = f"the columns {','.join(self.columns)}"
            raise self._damaged(path, 1, found[:MOST_SHOWN], expected)
        return [self._row(path, number, cells) for number, cells in enumerate(lines[1:], start=2)]

    def _row(self, path: Path, line: int, cells: Sequence[str]) -> "_Row":
        if len(cells) != len(self.columns):
            expected = f"{len(self.columns)} values"
            raise self._damaged(path, line, f"{len(cells)} values", expected)
        found = ",".join(cells)[:MOST_SHOWN]
        stack, (plaque, class_name, number, *rest) = _split(cells, len(self.stack_columns))
        try:
            row = _Row(
                stack, int(plaque), text_of_cell(class_name), int(number), tuple(map(float, rest))
            )
        except ValueError:
            expected = "whole numbers for plaque and slice, numbers"
            raise self._damaged(path, line, found, expected) from None
        if not row.is_sound():
            expected = (
                f"a class, a plaque from 0 on, a slice and sides of at most {FARTHEST_PX:g}, "
                "finite numbers, x0 <= x1, y0 <= y1"
            )
            raise self._damaged(path, line, found, expected)
        return row

    def _damaged(self, path: Path, line: int | None, found: str, expected: str) -> GapJunctionError:
        item = "" if line is None else f"line {line}"
        return self.error(path, item=item, expected=expected, found=found, fix=self.fix)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a table; `rest` is the four sides of the box, and then the values."""

    stack: tuple[str, ...]
    plaque: int
    class_name: str
    number: int
    rest: tuple[float, ...]

    @property
    def box(self) -> tuple[float, ...]:
        return self.rest[:4]

    @property
    def values(self) -> tuple[float, ...]:
        return self.rest[4:]

    def is_sound(self) -> bool:
        x0, y0, x1, y1 = self.box
        is_finite = all(map(math.isfinite, self.rest))
        return (
            bool(self.class_name)
            and is_finite
            and 0 <= self.plaque < 2**31
            and all(abs(each) <= FARTHEST_PX for each in (self.number, *self.box))
            and x0 <= x1
            and y0 <= y1
        )


def _split(cells: Sequence[str], count: int) -> tuple[tuple[str, ...], Sequence[str]]:
    return tuple(map(text_of_cell, cells[:count])), cells[count:]


def _joined(rows: Sequence[_Row]) -> TabledPlaque:
    ordered = sorted(rows, key=lambda row: row.number)
    first = ordered[0]
    return TabledPlaque(
        first.plaque,
        first.class_name,
        np.array([row.number for row in ordered], np.int64),
        as_boxes([row.box for row in ordered]),
        first.stack,
        first.values,
    )
