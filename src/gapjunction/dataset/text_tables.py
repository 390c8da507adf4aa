"""Tables as text (CSV, TSV), as spreadsheets of any country save them."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gapjunction.errors import DatasetError
from gapjunction.outside_files import read_limited
from gapjunction.outside_text import MAX_BYTES

SEPARATORS = ",;\t"
IN_WINDOWS_1252 = "tables that are no UTF-8 were read as Windows-1252"
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?")  # what Excel takes as an instruction
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class TextTable:
    """All rows, also empty ones, what separates their cells, and notes on the reading."""

    path: Path
    rows: Sequence[Sequence[str]]
    separator: str = ","
    notes: tuple[str, ...] = ()

    @property
    def filled_rows(self) -> list[tuple[int, Sequence[str]]]:
        """The rows with anything in them, after their numbers from 1."""
        return [
            (number, row)
            for number, row in enumerate(self.rows, start=1)
            if any(cell.strip() for cell in row)
        ]

    def with_decimal_points(self) -> "TextTable":
        """Return the table with decimal commas made points, where commas do not separate cells.

        Raises:
            DatasetError: if there are decimal commas and decimal points.
        """
        if self.separator == ",":
            return self
        return replace(self, rows=_with_decimal_points(self.rows, self.path))


def read_text_table(path: Path) -> TextTable:
    """Read a table separated by commas, semicolons, tabs, or blanks where there is no other.

    It is UTF-8, UTF-16 or Windows-1252. A first line "sep=;" says the separator.

    Raises:
        DatasetError: if it cannot be read.
    """
    text, encoding = _decoded(path)
    first, _, rest = text.partition("\n")
    told = _SEPARATOR_LINE.fullmatch(first.strip("\r"))
    separator = told[1] if told else _separator(first)
    try:
        lines = csv.reader(
            io.StringIO(rest if told else text, newline=""),
            delimiter=separator,
            skipinitialspace=separator == " ",
            strict=True,
        )
        rows = list(lines)
    except csv.Error as error:
        raise _unreadable(path, str(error), "export the file again") from None
    return TextTable(path, rows, separator, (IN_WINDOWS_1252,) if encoding == "cp1252" else ())


def _decoded(path: Path) -> tuple[str, str]:
    """Return the text of a file, and its encoding."""
    try:
        content = read_limited(path, MAX_BYTES, DatasetError)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), "check the path") from None
    start = content[:2]
    if start in (BOM_UTF16_LE, BOM_UTF16_BE):
        encodings = ["utf-16"]
    elif b"\0" in start:  # a letter of the first column's name, without a mark before it
        encodings = ["utf-16-be" if start[0] == 0 else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError as error:
            found = str(error)
    raise _unreadable(path, found, "save the table as CSV in UTF-8")


def _separator(header: str) -> str:
    most = max(SEPARATORS, key=header.count)
    has_blanks_only = not header.count(most) and " " in header.strip()
    return " " if has_blanks_only else most


def _with_decimal_points(rows: Sequence[Sequence[str]], path: Path) -> list[list[str]]:
    found = [
        (line, cell)
        for line, row in enumerate(rows, start=1)
        for cell in map(str.strip, row)
        if _DECIMAL_COMMA.fullmatch(cell)
    ]
    pointed = (cell.strip() for row in rows for cell in row)
    other = next((cell for cell in pointed if _DECIMAL_POINT.fullmatch(cell)), None)
    if found and other is not None:
        line, cell = found[0]
        raise DatasetError(
            path,
            item=f"row {line}",
            expected="decimal commas or decimal points",
            found=f"both: {cell} and {other}",
            fix="save the table with one of them, and without separators of thousands",
        )
    return [
        [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell for cell in row]
        for row in rows
    ]


def _unreadable(path: Path, found: str, fix: str) -> DatasetError:
    return DatasetError(path, expected="a readable table (CSV)", found=found[:120], fix=fix)
