"""Tests for `gapjunction.benchmark.table_measures`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.predicted_tables import AssetTable, Row
from gapjunction.benchmark.table_measures import cell_measures, region_densities, space_measures

RAT = AssetName("rats", "rat 1")


def table_of(*rows: Row) -> AssetTable:
    return AssetTable(Path("table.csv"), tuple(rows[0]), {RAT: rows})


def region(image: str, name: str, count: int, area: str, class_name: str = "gj") -> Row:
    return {
        "asset": "a",
        "image": image,
        "region": name,
        "class": class_name,
        "count": str(count),
        "area_mm2": area,
    }


def cell(plaques: int, coupled: int, *, is_cut: bool = False) -> Row:
    return {
        "asset": "a",
        "image": "1",
        "class": "gj",
        "plaques": str(plaques),
        "coupled_neighbors": str(coupled),
        "cut_by_image": str(int(is_cut)),
    }


def test_region_densities__two_images__are_plaques_by_the_area_of_both() -> None:
    rows = [region("1", "cortex", 10, "1"), region("2", "cortex", 2, "3")]
    [cortex] = region_densities(table_of(*rows))
    assert (cortex.name, cortex.values[RAT]) == ("cortex", 3)
    assert cortex.by_image[RAT] == pytest.approx((10, 2 / 3))


def test_region_densities__two_classes__share_one_area() -> None:
    rows = [region("1", "cortex", 10, "2"), region("1", "cortex", 4, "2", "other")]
    [cortex] = region_densities(table_of(*rows))
    assert cortex.values[RAT] == 7


def test_region_densities__no_scale__has_none() -> None:
    assert region_densities(table_of(region("1", "cortex", 10, ""))) == []


def test_space_measures__images_with_few_plaques__are_left_out() -> None:
    base = {"asset": "a", "class": "gj", "region": "cortex"}
    rows = [
        base | {"image": name, "nearest_ratio": ratio}
        for name, ratio in (("1", "0.5"), ("2", "0.7"), ("3", ""))
    ]
    [cortex] = space_measures(table_of(*rows))
    assert cortex.values[RAT] == pytest.approx(0.6)
    assert cortex.by_image[RAT] == pytest.approx((0.5, 0.7))


def test_cell_measures__cells_that_the_image_cuts__are_left_out() -> None:
    plaques, coupled = cell_measures(
        table_of(cell(2, 1), cell(4, 2), cell(90, 9, is_cut=True)), None
    )
    assert (plaques.values[RAT], coupled.values[RAT]) == (3, 1.5)


def test_cell_measures__pairs__give_plaques_by_the_length_of_their_borders() -> None:
    pair = {"asset": "a", "image": "1", "class": "gj", "plaques": "1", "border_um": "20"}
    *_, border = cell_measures(table_of(cell(1, 1)), table_of(pair, pair | {"plaques": "3"}))
    assert border.title == "plaques per 100 \u00b5m of border"
    assert border.values[RAT] == pytest.approx(10)
