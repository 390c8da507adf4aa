"""Read a spreadsheet (XLSX) with one sheet, and refuse what would be lost of its cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pandas as pd

from gapjunction.dataset.archives import safe_members
from gapjunction.errors import ArchiveError, DatasetError
from gapjunction.outside_text import parse_xml
from gapjunction.outside_zips import opened_zip

MOST_ROWS = 100_000
SHEET = "xl/worksheets/"  # in the names of members
_ERROR, _TEXT = "e", "str"  # kinds of cells: an error such as #DIV/0!, a formula that gave text


def read_xlsx(path: Path) -> list[list[Any]]:
    """Return the values row by row, "" for empty cells.

    Raises:
        ArchiveError: if the zip that it is packed in is damaged or hostile.
        DatasetError: if it has no sheet with rows, or several, too many rows, or cells whose value
            is not in the file.
    """
    with opened_zip(path, ArchiveError) as archive:
        safe_members(archive, path)  # a sheet can be packed to a thousandth
        for name in archive.namelist():
            if SHEET in name:
                _refuse_lost_cells(parse_xml(archive.read(name)), path)
    # The rows between any two are made, and empty ones with a number of their own are no limit.
    # Words such as "None" and "NA" are names of groups as well.
    sheets = pd.read_excel(
        path,
        sheet_name=None,
        header=None,
        nrows=MOST_ROWS,
        dtype=object,
        na_filter=False,
        engine="openpyxl",
    )
    filled = [name for name, sheet in sheets.items() if not sheet.empty]
    if len(filled) != 1:
        raise DatasetError(
            path,
            expected="one sheet with rows",
            found=f"{len(filled)}: {', '.join(filled)}" if filled else "none",
            fix="keep the sheet with the assets only",
        )
    return [list(cells) for cells in sheets[filled[0]].itertuples(index=False)]


def _refuse_lost_cells(sheet: Element, path: Path) -> None:
    if _reaches_too_far(sheet):
        raise DatasetError(
            path,
            expected=f"{MOST_ROWS:,} rows at most",
            found="a row with a greater number",
            fix="delete what is below the table, or save it as 'CSV UTF-8'",
        )
    for place, found, fix in _lost_cells(sheet):
        raise DatasetError(path, item=place[:60], expected="a value", found=found, fix=fix)


def _lost_cells(sheet: Element) -> Iterator[tuple[str, str, str]]:
    """Yield the places of cells without a value of their own, what they are, and what to do."""
    for cell in sheet.iterfind(".//{*}c"):
        place, kind = cell.get("r", "a cell"), cell.get("t")
        value = cell.findtext("{*}v")
        if kind == _ERROR:
            yield place, f"the error {value}"[:60], "correct the formula, or empty the cell"
        elif cell.find("{*}f") is not None and not value and kind != _TEXT:
            fix = "open the table in its program and save it, or write the value"
            yield place, "a formula whose value was not saved", fix
    for area in sheet.iterfind(".//{*}mergeCell"):
        fix = "unmerge them, and fill in each"
        yield area.get("ref", "cells"), "merged cells, of which the first alone has it", fix


def _reaches_too_far(sheet: Element) -> bool:
    """Tell whether a sheet has a cell with a value in a row below the last that is read."""
    # A number without end is compared by its digits, as Python turns 4,300 of them at most.
    return any(
        len(row.get("r", "")) > len(str(MOST_ROWS)) or int(row.get("r") or 0) > MOST_ROWS
        for row in sheet.iterfind(".//{*}row")
        if any(len(cell) for cell in row)
    )
