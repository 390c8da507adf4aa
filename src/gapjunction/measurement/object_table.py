"""Writes the table of measured objects: as CSV, for spreadsheets, or as Parquet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gapjunction.choices import TableFormat
from gapjunction.csv_tables import as_text_cell, write_csv
from gapjunction.errors import ConfigError
from gapjunction.files import written_whole
from gapjunction.measurement.object_columns import (
    CHANNEL_COLUMNS,
    COLUMNS,
    SATURATED,
    Cell,
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
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 1_048_576, 16_384  # that a spreadsheet holds
TEXT_COLUMNS = frozenset({"dataset", "asset", "image", "class", "resolved", "region"})
WHOLE_COLUMNS = frozenset({"slice", "id", "cut_by_border", "cell"})


@dataclass(frozen=True, slots=True, eq=False)
class ObjectTable:
    """A table of objects: names of its columns, and rows of cells by these names."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]

    @classmethod
    def of(cls, measured: Iterable[tuple[ObjectSource, Sequence[MeasuredObject]]]) -> "ObjectTable":
        """Return the table of images and what was measured in each, in order.

        A channel that an image lacks leaves its cells empty.
        """
        rows: list[Mapping[str, Cell]] = []
        channels: dict[str, None] = {}
        for source, objects in measured:
            channels |= dict.fromkeys(source.channels)
            rows += object_rows(objects, source)
        of_channels = [channel_column(name, each) for each in channels for name in CHANNEL_COLUMNS]
        return cls((*COLUMNS, *of_channels), tuple(rows))

    def cells(self) -> list[list[Cell]]:
        """Return all rows as lists, None where there is nothing."""
        return [[row.get(name) for name in self.columns] for row in self.rows]

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table; what is not known is a missing value, whole numbers stay whole."""
        import pandas as pd  # noqa: PLC0415 - takes half a second

        frame = pd.DataFrame(self.cells(), columns=list(self.columns), dtype=object)
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
    write_csv(path, [table.columns, *table.cells()])


def _write_xlsx(path: Path, table: ObjectTable) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - takes half a second

    book = Workbook(write_only=True)
    sheet = book.create_sheet(NAME)
    for row in [table.columns, *table.cells()]:
        sheet.append([_sheet_cell(cell) for cell in row])
    with written_whole(path) as partial:
        book.save(partial)


def _sheet_cell(cell: Cell) -> Cell:
    """Return a cell that is no formula and holds no control character, which sheets cannot."""
    return as_text_cell(visible(cell).replace("\n", " ")) if isinstance(cell, str) else cell


def _write_parquet(path: Path, table: ObjectTable) -> None:
    with written_whole(path) as partial:
        table.to_pandas().to_parquet(partial, index=False, engine="pyarrow")


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
    size = len(table.rows) + 1, len(table.columns)
    if size[0] > MOST_SHEET_ROWS or size[1] > MOST_SHEET_COLUMNS:
        raise ConfigError(
            folder / f"{NAME}.xlsx",
            expected=f"at most {MOST_SHEET_ROWS:,} rows and {MOST_SHEET_COLUMNS:,} columns",
            found=f"{size[0]:,} and {size[1]:,}",
            fix="write csv or parquet",
        )
