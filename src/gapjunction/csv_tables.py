r"""Tables as CSV, of which no spreadsheet computes a cell, and which we read back as they were.

Spreadsheets take text that begins with one of `FORMULA_STARTS` for a formula. Such a cell is
written with an apostrophe before it, and so is one that begins with apostrophes and then that, so
that taking one off gives each cell back. Numbers stay numbers, also as text.
"""

import csv
import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path

from gapjunction.files import text_written_whole

# The last four are the wide forms of the first, which Excel takes for them in some languages.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001
_FORMULA = re.compile(f"'*[{re.escape(FORMULA_STARTS)}]")
_WRITTEN = re.compile(f"'+[{re.escape(FORMULA_STARTS)}]")
_NUMBER = re.compile(r"[+-](?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def as_text_cell(text: str) -> str:
    """Return `text` as it is written into a cell.

    >>> as_text_cell("=1+1"), as_text_cell("rat_03"), as_text_cell("-1.5")
    ("'=1+1", 'rat_03', '-1.5')
    """
    is_formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def text_of_cell(cell: str) -> str:
    """Return the text that `as_text_cell` made a cell of.

    >>> text_of_cell("'=1+1")
    '=1+1'
    """
    return cell[1:] if _WRITTEN.match(cell) else cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV with Unix line ends; None is an empty cell."""
    lines: list[str] = []
    _write_rows(lines.append, ([_as_cell(value) for value in row] for row in rows))
    return "".join(lines)


def write_csv(path: Path, rows: Iterable[Iterable[object]]) -> None:
    """Write rows as CSV, whole or not at all; they are never all in memory."""
    with csv_written_whole(path) as write:
        write(rows)


@contextmanager
def csv_written_whole(path: Path) -> Iterator[Callable[[Iterable[Iterable[object]]], None]]:
    """Give a function that writes rows as CSV, again and again; all is there or nothing."""
    with text_written_whole(path) as file:

        def write(rows: Iterable[Iterable[object]]) -> None:
            _write_rows(file.write, ([_as_cell(value) for value in row] for row in rows))

        yield write


def join_csv(path: Path, tables: Sequence[Path], key_column: str) -> None:
    """Write a table of all rows of others with the same columns, sorted by one as these are.

    Cells stay as they are. The rows are never all in memory.
    """
    with ExitStack() as kept:
        opened = [
            csv.reader(kept.enter_context(table.open(encoding="utf-8", newline="")))
            for table in tables
        ]
        columns = [next(table) for table in opened]
        key = columns[0].index(key_column)
        rows = heapq.merge(*opened, key=itemgetter(key))
        with text_written_whole(path) as file:
            _write_rows(file.write, chain(columns[:1], rows))


class _Lines:
    """A file for `csv.writer`, which writes a row at a time."""

    def __init__(self, take: Callable[[str], object]) -> None:
        self._take = take

    def write(self, row: str) -> None:
        self._take(row.removesuffix("\r\n") + "\n")


def _write_rows(take: Callable[[str], object], rows: Iterable[Iterable[object]]) -> None:
    # Python 3.11 leaves a carriage return in a cell without quotes, unless it ends lines as well.
    csv.writer(_Lines(take), lineterminator="\r\n").writerows(rows)


def _as_cell(value: object) -> object:
    return as_text_cell(value) if isinstance(value, str) else value
