"""Writes the table of measured objects: as CSV, for spreadsheets, or as Parquet.

None of them needs all rows in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gapjunction.choices import TableFormat
from gapjunction.csv_tables import as_text_cell, write_csv
from gapjunction.errors import ConfigError
from gapjunction.files import written_whole
from gapjunction.measurement.object_columns import (
    CHANNEL_COLUMNS,
    COLUMNS,
    SATURATED,
    Cell,
    ObjectRow,
    ObjectSource,
    channel_column,
    object_rows,
)
from gapjunction.measurement.objects import MeasuredObject
from gapjunction.optional_packages import import_optional
from gapjunction.text import visible

if TYPE_CHECKING:
    import pandas as pd

FORMATS: tuple[TableFormat, ...] = ("csv", "xlsx", "parquet")
NAME = "objects"
OBJECT_TABLES = tuple(f"{NAME}.{kind}" for kind in FORMATS)
ROWS_TOGETHER = 20_000  # of a Parquet file, that are in memory at a time
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 1_048_576, 16_384  # that a spreadsheet holds
TEXT_COLUMNS = frozenset({"dataset", "asset", "image", "class", "resolved", "region"})
WHOLE_COLUMNS = frozenset({"slice", "id", "cut_by_border", "cell"})


class Rows(Protocol):
    """Rows of a table, in memory or on a disk, which can be gone through again and again."""

    def extend(self, rows: Sequence[ObjectRow], /) -> None:
        """Add rows at the end."""

    def __iter__(self) -> Iterator[ObjectRow]:
        """Yield all rows, in the order in which they were added."""


@dataclass(frozen=True, slots=True, eq=False)
class ObjectTable:
    """A table of objects: names of its columns, and rows of cells by these names."""

    columns: tuple[str, ...]
    rows: Rows
    num_rows: int

    @classmethod
    def of(
        cls,
        measured: Iterable[tuple[ObjectSource, Sequence[MeasuredObject]]],
        rows: Rows | None = None,
    ) -> "ObjectTable":
        """Return the table of images and what was measured in each, in order.

        Its rows are added to `rows`, without which they are in memory. A channel that an image
        lacks leaves its cells empty.
        """
        kept: Rows = [] if rows is None else rows
        channels: dict[str, None] = {}
        num_rows = 0
        for source, objects in measured:
            channels |= dict.fromkeys(source.channels)
            kept.extend(object_rows(objects, source))
            num_rows += len(objects)
        of_channels = [channel_column(name, each) for each in channels for name in CHANNEL_COLUMNS]
        return cls((*COLUMNS, *of_channels), kept, num_rows)

    def lines(self) -> Iterator[Sequence[Cell]]:
        """Yield the names of the columns and then each row, None where there is nothing."""
        return chain([self.columns], map(self._line, self.rows))

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table; what is not known is a missing value, whole numbers stay whole."""
        return self._frame(self.rows)

    def frames(self) -> Iterator["pd.DataFrame"]:
        """Yield the table as `to_pandas` gives it, some rows at a time; at least one frame."""
        rows = iter(self.rows)
        yield self._frame(islice(rows, ROWS_TOGETHER))
        for first in rows:
            yield self._frame(chain([first], islice(rows, ROWS_TOGETHER - 1)))

    def _line(self, row: ObjectRow) -> list[Cell]:
        return [row.get(name) for name in self.columns]

    def _frame(self, rows: Iterable[ObjectRow]) -> "pd.DataFrame":
        import pandas as pd  # noqa: PLC0415 - takes half a second

        cells = list(map(self._line, rows))
        frame = pd.DataFrame(cells, columns=list(self.columns), dtype=object)
        return frame.astype({name: _dtype_of(name) for name in self.columns})


def require_packages(formats: Sequence[TableFormat]) -> None:
    """See that tables can be written in these formats, before any work is done for them.

    Raises:
        ConfigError: if the package that writes Parquet is not installed.
    """
    if "parquet" in formats:
        import_optional("pyarrow")


def write_objects(folder: Path, table: ObjectTable, formats: Sequence[TableFormat]) -> list[Path]:
    """Write the table as `objects.csv`, `.xlsx`, `.parquet`; remove those that are not wanted.

    Raises:
        ConfigError: if a spreadsheet cannot hold it.
    """
    if "xlsx" in formats:
        _require_fits_sheet(folder, table)
    written = []
    for kind in FORMATS:
        path = folder / f"{NAME}.{kind}"
        if kind in formats:
            _WRITERS[kind](path, table)
            written.append(path)
        else:
            path.unlink(missing_ok=True)
    return written


def _write_csv(path: Path, table: ObjectTable) -> None:
    write_csv(path, table.lines())


def _write_xlsx(path: Path, table: ObjectTable) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - takes half a second

    book = Workbook(write_only=True)
    sheet = book.create_sheet(NAME)
    for line in table.lines():
        sheet.append([_sheet_cell(cell) for cell in line])
    with written_whole(path) as partial:
        book.save(partial)


def _sheet_cell(cell: Cell) -> Cell:
    """Return a cell that is no formula and holds no control character, which sheets cannot."""
    return as_text_cell(visible(cell).replace("\n", " ")) if isinstance(cell, str) else cell


def _write_parquet(path: Path, table: ObjectTable) -> None:
    of_frame = import_optional("pyarrow").Table.from_pandas
    parquet = import_module("pyarrow.parquet")
    tables = (of_frame(each, preserve_index=False) for each in table.frames())
    first = next(tables)
    with written_whole(path) as partial, parquet.ParquetWriter(partial, first.schema) as writer:
        for each in chain([first], tables):
            writer.write_table(each)


_WRITERS: dict[TableFormat, Callable[[Path, ObjectTable], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}


def _dtype_of(column: str) -> str:
    if column in TEXT_COLUMNS:
        return "string"
    is_whole = column in WHOLE_COLUMNS or column.startswith(SATURATED)
    return "Int64" if is_whole else "float64"


def _require_fits_sheet(folder: Path, table: ObjectTable) -> None:
    size = table.num_rows + 1, len(table.columns)
    if size[0] > MOST_SHEET_ROWS or size[1] > MOST_SHEET_COLUMNS:
        raise ConfigError(
            folder / f"{NAME}.xlsx",
            expected=f"at most {MOST_SHEET_ROWS:,} rows and {MOST_SHEET_COLUMNS:,} columns",
            found=f"{size[0]:,} and {size[1]:,}",
            fix="write csv or parquet",
        )
