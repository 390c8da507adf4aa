"""A table of what is known of the subjects: CSV or XLSX, a row for each asset or each file."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from gapjunction.dataset.creation.xlsx_tables import read_xlsx
from gapjunction.dataset.records import AssetMetadata
from gapjunction.dataset.rules import check_asset_metadata
from gapjunction.dataset.text_tables import read_text_table
from gapjunction.errors import ArchiveError, DatasetError
from gapjunction.outside_files import require_plain
from gapjunction.text import normalized

ASSET, FILE = "asset", "file"
TEXTS = ("species", "sex", "localization", "diagnosis")
NUMBERS = ("age", "weight", "z_step_um")
FIELDS = (*TEXTS, *NUMBERS)
COLUMNS = (ASSET, FILE, *FIELDS)
MISTYPED = 0.85  # likeness of a name to a known one, 0 to 1
XLSX_SUFFIX = ".xlsx"
SPREADSHEET_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")

# What readers raise for a damaged file, apart from saying so.
_READ_ERRORS = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,  # of numbers that no spreadsheet has
    SyntaxError,  # of XML
    RuntimeError,  # a zip with a password, or packed in an unknown way
    EOFError,
    BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class AssetTable:
    """What a table says of assets, by their names.

    Attributes:
        asset_of: which file, as written, belongs to which asset.
        further: the cells of further columns, row by row without repetition, and the row's file.
        further_columns: the names of these columns.
        notes: on what was not taken as it stood.
    """

    path: Path
    metadata: Mapping[str, AssetMetadata]
    asset_of: Mapping[str, str]
    further: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    further_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_asset_table(path: Path) -> AssetTable:
    """Read a table with a column "asset", and any of "file", the fields of metadata, and others.

    Raises:
        DatasetError: if the table cannot be read, has a column whose name is a known one mistyped,
            a value that the dataset format does not allow, a file twice, or rows of one asset that
            contradict each other.
    """
    metadata: dict[str, AssetMetadata] = {}
    asset_of: dict[str, str] = {}
    first_row: dict[str, int] = {}
    further: dict[str, list[dict[str, str]]] = {}
    rows, notes = _rows(path)
    for number, row in rows:
        asset = row.get(ASSET, "")
        if not asset:
            raise _error(path, number, "the name of an asset", "an empty cell", "fill it in")
        own = _asset_metadata(row, path, number)
        if metadata.setdefault(asset, own) != own:
            found = f"other values than in row {first_row[asset]}"
            fix = "make the rows of an asset alike"
            raise _error(path, number, f"what is known of {asset}", found, fix)
        first_row.setdefault(asset, number)
        file = row.get(FILE, "").replace("\\", "/")
        if file in asset_of:
            raise _error(path, number, "a file of its own", f"{file} again", "remove one row")
        if file:
            asset_of[file] = asset
        others = {name: each for name, each in row.items() if each and name not in (ASSET, *FIELDS)}
        if others.keys() - {FILE} and others not in further.setdefault(asset, []):
            further[asset].append(others)
    if asset_of and len(asset_of) < len(rows):
        raise DatasetError(
            path,
            expected=f"a {FILE} in every row, or in none",
            found="empty cells",
            fix="fill them in, or remove the column",
        )
    if not metadata:
        raise DatasetError(path, expected="rows", found="none", fix="write a row for each asset")
    names = dict.fromkeys(name for each in further.values() for row in each for name in row)
    columns = tuple(name for name in names if name != FILE)
    return AssetTable(path, metadata, asset_of, further, columns, notes)


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], tuple[str, ...]]:
    """Return the rows with anything in them, as text by column, with their numbers in the file.

    And notes on the reading.
    """
    lines_read, notes = _read(path)
    header, *lines = lines_read or [[]]
    names = _column_names(header, path)
    rows = []
    for number, cells in enumerate(lines, start=2):
        if any(cells[len(names) :]):
            found = f"{len(cells)}"
            fix = "put text with a separator in it in quotes"
            raise _error(path, number, f"{len(names)} cells, as in the first row", found, fix)
        wrong = next((cell for cell in cells if cell in SPREADSHEET_ERRORS), None)
        if wrong is not None:
            raise _error(path, number, "a value", f"the error {wrong}", "correct it, or empty it")
        if any(cells):
            rows.append((number, dict(zip(names, cells, strict=False))))
    return rows, notes


def _column_names(header: Sequence[str], path: Path) -> list[str]:
    """Return the names: known ones in lower case, others as written, "column 3" for none."""
    lower = [name.casefold() for name in header]
    repeated = [name for name in lower if name and lower.count(name) > 1]
    mistyped = [(name, known) for name in lower for known in _alike(name)]
    if repeated:
        expected, found = "names of their own", f"{repeated[0]!r} twice"
    elif ASSET not in lower:
        expected, found = f"asset, and any of {', '.join(COLUMNS[1:])}", "none called asset"
    elif mistyped:
        expected, found = f"{mistyped[0][1]}, or a name less like it", repr(mistyped[0][0])
    else:
        return [
            known if known in COLUMNS else name or f"column {place}"
            for place, (name, known) in enumerate(zip(header, lower, strict=True), start=1)
        ]
    raise DatasetError(
        path, item="columns", expected=expected, found=found, fix="rename or remove columns"
    )


def _alike(name: str) -> list[str]:
    """Return the column that a name of another may have been meant for."""
    if name in COLUMNS or any(name.startswith(f"{known}_") for known in COLUMNS):
        return []
    return get_close_matches(name, COLUMNS, n=1, cutoff=MISTYPED)


def _read(path: Path) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the cells of a table row by row, the column names first, and notes."""
    if path.suffix.lower() != XLSX_SUFFIX:
        table = read_text_table(path)
        return [[_text(cell) for cell in cells] for cells in table.rows], table.notes
    try:
        require_plain(path, DatasetError)
        return [[_text(cell) for cell in cells] for cells in read_xlsx(path)], ()
    except ArchiveError as error:
        raise _no_table(path, error.found) from None
    except _READ_ERRORS as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _no_table(path, found) from None


def _no_table(path: Path, found: str) -> DatasetError:
    return DatasetError(
        path,
        expected="a table as CSV in UTF-8, or as XLSX",
        found=" ".join(found.split())[:120],
        fix="check the path, or save the table again as 'CSV UTF-8'",
    )


def _text(value: Any) -> str:
    """Return a cell as text; whole numbers of a spreadsheet without a decimal point."""
    if value is None or value != value:  # noqa: PLR0124 - an empty cell is not-a-number
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalized(str(value)).strip()


def _asset_metadata(row: Mapping[str, str], path: Path, number: int) -> AssetMetadata:
    values: dict[str, Any] = {name: row.get(name) or None for name in TEXTS}
    if values["sex"] is not None:
        values["sex"] = str(values["sex"]).capitalize()
    for name in NUMBERS:
        values[name] = _number(row.get(name, ""), name, path, number)
    for problem in check_asset_metadata(values, path):
        raise _error(
            path, number, f"{problem.item} {problem.expected}".strip(), problem.found, problem.fix
        )
    return AssetMetadata(
        species=values["species"],
        age_months=values["age"],
        weight_kg=values["weight"],
        sex=values["sex"],
        localization=values["localization"],
        diagnosis=values["diagnosis"],
        z_step_um=values["z_step_um"],
    )


def _number(text: str, name: str, path: Path, row: int) -> float | None:
    """Read a number, also with a decimal comma."""
    if not text:
        return None
    try:
        return float(text.replace(",", ".").replace("_", "no number"))
    except ValueError:
        unit = "months" if name == "age" else "kilograms"
        fix = "write the number alone, or leave the cell empty"
        raise _error(path, row, f"{name} in {unit}", repr(text), fix) from None


def _error(path: Path, row: int, expected: str, found: str, fix: str) -> DatasetError:
    return DatasetError(path, item=f"row {row}", expected=expected, found=found, fix=fix)
