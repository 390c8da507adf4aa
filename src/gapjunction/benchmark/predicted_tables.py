"""Tables beside a prediction, of objects, regions and cells, by the assets of a report."""

import csv
import logging
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.groups import value_of
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.csv_tables import text_of_cell
from gapjunction.errors import BenchmarkError
from gapjunction.outside_text import read_table
from gapjunction.prediction_folder import read_manifest

OBJECTS_NAME, REGIONS_NAME = "objects.csv", "regions.csv"
CELLS_NAME, CELL_PAIRS_NAME, SPACE_NAME = "cells.csv", "cell_pairs.csv", "space.csv"
TABLES = (OBJECTS_NAME, REGIONS_NAME, CELLS_NAME, SPACE_NAME)
FIX = "write it again with `gapjunction predict` or `measure`, or remove it"

logger = logging.getLogger(__name__)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AssetTable:
    """The rows of a table by the assets, or animals, that they are of."""

    path: Path
    columns: tuple[str, ...]
    rows: Mapping[AssetName, Sequence[Row]]

    def number(self, row: Row, column: str) -> float | None:
        """Return the number in a cell, None where it is empty.

        Raises:
            BenchmarkError: if it holds something else.
        """
        cell = row[column]
        if not cell:
            return None
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise BenchmarkError(
                self.path, item=column, expected="a number", found=repr(cell)[:60], fix=FIX
            )
        return number

    def total(self, rows: Iterable[Row], column: str) -> float | None:
        """Return the sum of a column, None where a cell of it is empty, or where no row is."""
        numbers = [self.number(row, column) for row in rows]
        known = [each for each in numbers if each is not None]
        return sum(known) if known and len(known) == len(numbers) else None


@dataclass(frozen=True, slots=True)
class TableMeasure:
    """A value of each asset that a table tells, and those of its images.

    Attributes:
        title: with the unit.
        name: of what it is a value of, such as the region; "" of all.
    """

    title: str
    name: str
    values: Mapping[AssetName, float]
    by_image: Mapping[AssetName, tuple[float, ...]]


def owners_of_assets(measured: MeasuredImages, animal: str | None) -> dict[AssetName, AssetName]:
    """Return what each asset counts as: itself, or the animal that a column of its metadata tells.

    Assets are called by what tables call them, without a dataset as well.
    """
    return {
        AssetName(image.dataset, image.asset): AssetName(
            image.dataset, image.asset if animal is None else value_of(image.metadata, animal)
        )
        for image in measured.images
    }


def read_asset_table(
    path: Path,
    columns: Sequence[str],
    owners: Mapping[AssetName, AssetName],
    class_name: str | None = None,
) -> AssetTable | None:
    """Read a table with these columns, of one class if it is named; None without such a file.

    Rows of other assets are left out.

    Raises:
        BenchmarkError: if it cannot be read, or lacks a column.
    """
    if not path.is_file():
        return None
    rows: dict[AssetName, list[Row]] = defaultdict(list)
    try:
        reader = csv.DictReader(read_table(path, BenchmarkError, fix=FIX))
        names = tuple(reader.fieldnames or ())
        for row in reader:
            asset = AssetName(text_of_cell(row["dataset"]), text_of_cell(row["asset"]))
            is_counted = class_name in (None, text_of_cell(row["class"]))
            if asset in owners and is_counted:
                rows[owners[asset]].append({name: text_of_cell(row[name] or "") for name in names})
    except (csv.Error, KeyError) as error:
        raise _unreadable(path, str(error)) from None
    missing = [each for each in columns if each not in names]
    if missing:
        raise _unreadable(path, f"no column {missing[0]}")
    return AssetTable(path, names, dict(rows))


def is_counted_alike(measured: MeasuredImages, folder: Path) -> bool:
    """Tell whether a report counts from the score that the tables in a folder are from.

    That is the one of its predictions. False where there are no tables.
    """
    if measured.predictions is None or not any((folder / name).is_file() for name in TABLES):
        return False
    counted_from = read_manifest(measured.predictions).threshold
    if measured.threshold == counted_from:
        return True
    logger.warning(
        "sizes, regions and cells are not shown: their tables count from a score of %s on; count "
        "anew by `gapjunction predict --threshold`",
        counted_from,
    )
    return False


def _unreadable(path: Path, found: str) -> BenchmarkError:
    return BenchmarkError(
        path, expected="a table as `gapjunction predict` writes it", found=found[:60], fix=FIX
    )
