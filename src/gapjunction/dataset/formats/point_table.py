"""A table of points as it was read: its columns and rows, and which image each row belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gapjunction.dataset.formats.image_files import ImageFiles
from gapjunction.dataset.formats.point_columns import (
    UM_PER_UNIT,
    Field,
    PointColumns,
    find_columns,
    unit_in,
)
from gapjunction.dataset.text_tables import read_text_table
from gapjunction.errors import DatasetError

HEADER_ROWS = 4  # of TrackMate: names, names for people, short names, units
Row = tuple[int, Mapping[Field, str]]  # its number in the file, and what is in it


@dataclass(frozen=True, slots=True)
class PointTable:
    """The points in a file; numbers are text yet."""

    path: Path
    columns: PointColumns
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read_point_table(path: Path) -> PointTable:
    """Read a table of points.

    Raises:
        DatasetError: if it is no table, has no positions, or rows of other lengths.
    """
    table = read_text_table(path).with_decimal_points()
    lines = table.filled_rows
    header = lines[0][1] if lines else [""]
    columns = find_columns(header, path)
    body = lines[1:]
    if columns.is_detected:
        columns, body = _without_names(columns, body, path)
    for number, cells in body:
        if len(cells) != len(header):
            raise DatasetError(
                path,
                item=f"row {number}",
                expected=f"{len(header)} columns",
                found=f"{len(cells)}",
                fix="correct the row",
            )
    rows = tuple((number, columns.row(cells)) for number, cells in body)
    return PointTable(path, columns, rows, table.notes)


def rows_by_image(table: PointTable, images: ImageFiles) -> dict[Path, list[Row]]:
    """Return the rows of each image: by a column that names it, else the file's name tells.

    ImageJ's labels name the image as well, and may name several.

    Raises:
        DatasetError: if an image is missing, or rows do not say which of several they belong to.
    """
    if "image" in table.columns.places:
        return _grouped(table, "image", images)
    if len({row.get("title", "").partition(":")[0] for _, row in table.rows}) > 1:
        return _grouped(table, "title", images)
    if len({row.get("image number") for _, row in table.rows}) > 1:
        raise DatasetError(
            table.path,
            expected="a column with the names of the images",
            found="numbers of several images (ImageNumber)",
            fix="export the column FileName as well",
        )
    return {images.of(table.path): list(table.rows)}


def _without_names(
    columns: PointColumns, body: list[tuple[int, Sequence[str]]], path: Path
) -> tuple[PointColumns, list[tuple[int, Sequence[str]]]]:
    """Take out TrackMate's further rows with names, the last of which has the units."""
    place = columns.places["x"]
    for index, (_, cells) in enumerate(body[: HEADER_ROWS - 1]):
        cell = cells[place] if place < len(cells) else ""
        if _is_number(cell):
            return columns, body[index:]
        unit = unit_in(cell)
        if unit is None and cell.strip().startswith("("):
            known = ", ".join(["pixel", *UM_PER_UNIT])
            fix = "set the unit of the image in ImageJ, and export the table again"
            raise DatasetError(path, expected=f"a unit of {known}", found=cell[:60], fix=fix)
        columns = replace(columns, unit=unit or columns.unit)
    return columns, body[HEADER_ROWS - 1 :]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _grouped(table: PointTable, field: Field, images: ImageFiles) -> dict[Path, list[Row]]:
    found: dict[Path, list[Row]] = {}
    for number, row in table.rows:
        name = row.get(field, "")
        title = name.partition(":")[0] if field == "title" else name
        if not title:
            raise DatasetError(
                table.path,
                item=f"row {number}",
                expected="the name of an image",
                found="an empty cell",
                fix="fill it in",
            )
        found.setdefault(images.named(title, table.path, f"row {number}"), []).append((number, row))
    return found
