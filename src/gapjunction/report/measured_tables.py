"""What tables of `gapjunction predict` and `measure` tell of the assets of a report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark import plaque_distributions, table_measures
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.plaque_distributions import Distribution
from gapjunction.benchmark.predicted_tables import (
    CELL_PAIRS_NAME,
    CELLS_NAME,
    OBJECTS_NAME,
    REGIONS_NAME,
    SPACE_NAME,
    TABLES,
    AssetTable,
    TableMeasure,
    is_counted_alike,
    owners_of_assets,
    read_asset_table,
)
from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import holds_predictions

SETTING = "measured"


@dataclass(frozen=True, slots=True)
class MeasuredTables:
    """What the tables tell of assets; without a table, nothing."""

    distributions: Sequence[Distribution] = ()
    regions: Sequence[TableMeasure] = ()
    cells: Sequence[TableMeasure] = ()
    space: Sequence[TableMeasure] = ()


NO_TABLES = MeasuredTables()


def read_measured_tables(
    measured: MeasuredImages, given: Path | None, animal: str | None, class_name: str | None
) -> MeasuredTables:
    """Read what tables tell of objects, regions, cells and space.

    `given` is a folder that `gapjunction measure` wrote of the same objects; without it, the
    tables beside the predictions are read, if the report counts from the score that they do.

    Raises:
        BenchmarkError: if a table cannot be read, or what is given has none, or is of other
            objects.
    """
    folder = measured.predictions if given is None else given
    if folder is None:
        return NO_TABLES
    if given is not None:
        _require_tables(given, measured)
    if measured.predictions is not None and not is_counted_alike(measured, folder):
        return NO_TABLES
    owners = owners_of_assets(measured, animal)

    def read(name: str, columns: Sequence[str]) -> AssetTable | None:
        return read_asset_table(folder / name, columns, owners, class_name)

    objects = read(OBJECTS_NAME, plaque_distributions.COLUMNS)
    if given is not None and objects is not None:
        _require_same_objects(objects, measured, owners)
    regions = read(REGIONS_NAME, table_measures.REGION_COLUMNS)
    cells = read(CELLS_NAME, table_measures.CELL_COLUMNS)
    pairs = read(CELL_PAIRS_NAME, table_measures.PAIR_COLUMNS)
    space = read(SPACE_NAME, table_measures.SPACE_COLUMNS)
    return MeasuredTables(
        [] if objects is None else plaque_distributions.plaque_distributions(objects),
        [] if regions is None else table_measures.region_densities(regions),
        [] if cells is None else table_measures.cell_measures(cells, pairs),
        [] if space is None else table_measures.space_measures(space),
    )


def _require_tables(given: Path, measured: MeasuredImages) -> None:
    is_of_others = measured.predictions is None and holds_predictions(given)
    if is_of_others or not any((given / name).is_file() for name in TABLES):
        raise BenchmarkError(
            given,
            expected=f"a folder that `gapjunction measure` wrote ({', '.join(TABLES)})",
            found="predictions, while annotations are reported" if is_of_others else "none",
            fix="let it measure what is reported, into a folder of its own",
            settings=(SETTING,),
        )


def _require_same_objects(
    objects: AssetTable, measured: MeasuredImages, owners: Mapping[AssetName, AssetName]
) -> None:
    """Refuse a table of other objects than those that are counted, as far as numbers tell."""
    counted: Counter[AssetName] = Counter()
    for image in measured.images:
        counted[owners[AssetName(image.dataset, image.asset)]] += len(image.counted)
    for name, number in counted.items():
        own = len(objects.rows.get(name, ()))
        if own != number:
            raise BenchmarkError(
                objects.path,
                item=str(name),
                expected=f"{number:,} objects, as are reported",
                found=f"{own:,}",
                fix="run `gapjunction measure` again",
                settings=(SETTING,),
            )
