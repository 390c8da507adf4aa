"""Densities by region and the coupling of cells, a value an asset, from tables of a prediction."""

from collections.abc import Callable, Sequence
from itertools import groupby

from gapjunction.benchmark.predicted_tables import AssetTable, Row, TableMeasure

REGION_COLUMNS = ("dataset", "asset", "image", "class", "region", "count", "area_mm2")
CELL_COLUMNS = (
    *("dataset", "asset", "image", "class", "plaques", "neighbors", "coupled_neighbors"),
    "cut_by_image",
)
PAIR_COLUMNS = ("dataset", "asset", "image", "class", "plaques", "border_um")
SPACE_COLUMNS = ("dataset", "asset", "image", "class", "region", "nearest_ratio")
UM_OF_BORDER = 100.0

Ratio = Callable[[AssetTable, Sequence[Row]], float | None]


def region_densities(table: AssetTable) -> list[TableMeasure]:
    """Return plaques per mm2 of each region, of all images of an asset together, by name.

    Regions whose area is not known, as no pixel size is, are left out.
    """
    names = sorted({row["region"] for rows in table.rows.values() for row in rows})
    title = "plaques per mm\N{SUPERSCRIPT TWO}"
    found = [_measure(table, title, name, _density, "region") for name in names]
    return [each for each in found if each.values]


def space_measures(table: AssetTable) -> list[TableMeasure]:
    """Return how far the nearest plaque is, by what chance gives, in each region, by name.

    It is the mean over images that have enough plaques to tell.
    """
    names = sorted({row["region"] for rows in table.rows.values() for row in rows})
    title = "distance to the nearest / by chance"
    found = [_measure(table, title, name, _mean_nearest, "region") for name in names]
    return [each for each in found if each.values]


def cell_measures(cells: AssetTable, pairs: AssetTable | None) -> list[TableMeasure]:
    """Return plaques per cell, how many neighbors it shares some with, and plaques per border.

    Cells that the border of the image cuts are left out: neighbors and plaques of theirs may be
    missing.
    """
    whole = AssetTable(
        cells.path,
        cells.columns,
        {
            asset: [row for row in rows if cells.number(row, "cut_by_image") == 0]
            for asset, rows in cells.rows.items()
        },
    )
    found = [
        _measure(whole, "plaques per cell", "", _per_row("plaques")),
        _measure(whole, "coupled neighbors per cell", "", _per_row("coupled_neighbors")),
    ]
    if pairs is not None:
        title = f"plaques per {UM_OF_BORDER:g} \N{MICRO SIGN}m of border"
        found.append(_measure(pairs, title, "", _per_border))
    return [each for each in found if each.values]


def _measure(
    table: AssetTable, title: str, name: str, ratio: Ratio, column: str = ""
) -> TableMeasure:
    """Return a ratio of the rows that have `name` in `column`; without a column, of all."""
    values, by_image = {}, {}
    for asset, rows in table.rows.items():
        own = [row for row in rows if not column or row[column] == name]
        value = ratio(table, own)
        if value is None:
            continue
        values[asset] = value
        ordered = sorted(own, key=_image)
        of_images = [ratio(table, list(each)) for _, each in groupby(ordered, key=_image)]
        by_image[asset] = tuple(each for each in of_images if each is not None)
    return TableMeasure(title, name, values, by_image)


def _image(row: Row) -> tuple[str, str]:
    return row["asset"], row["image"]


def _density(table: AssetTable, rows: Sequence[Row]) -> float | None:
    """Return plaques of all classes by area, of which each class repeats the region's."""
    of_class = [row for row in rows if row["class"] == rows[0]["class"]]
    return _share(table.total(rows, "count"), table.total(of_class, "area_mm2"))


def _mean_nearest(table: AssetTable, rows: Sequence[Row]) -> float | None:
    ratios = [table.number(row, "nearest_ratio") for row in rows]
    known = [each for each in ratios if each is not None]
    return _share(sum(known), float(len(known)))


def _per_border(table: AssetTable, rows: Sequence[Row]) -> float | None:
    of_class = [row for row in rows if row["class"] == rows[0]["class"]]
    per_um = _share(table.total(rows, "plaques"), table.total(of_class, "border_um"))
    return None if per_um is None else UM_OF_BORDER * per_um


def _per_row(column: str) -> Ratio:
    def ratio(table: AssetTable, rows: Sequence[Row]) -> float | None:
        of_class = [row for row in rows if row["class"] == rows[0]["class"]]
        return _share(table.total(rows, column), float(len(of_class)))

    return ratio


def _share(number: float | None, of: float | None) -> float | None:
    return None if number is None or not of else number / of
