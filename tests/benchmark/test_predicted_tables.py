"""Tests for `gapjunction.benchmark.predicted_tables`."""

from dataclasses import replace
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.benchmark.predicted_tables import (
    AssetTable,
    is_counted_alike,
    owners_of_assets,
    read_asset_table,
)
from gapjunction.errors import BenchmarkError

OWNERS = {
    AssetName("rats", "left"): AssetName("rats", "rat 1"),
    AssetName("rats", "right"): AssetName("rats", "rat 1"),
}
HEADER = "dataset,asset,class,count"


def table_of(folder: Path, *lines: str, class_name: str | None = None) -> AssetTable:
    path = folder / "regions.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    table = read_asset_table(path, ("count",), OWNERS, class_name)
    assert table is not None
    return table


def test_read_asset_table__assets_of_one_animal__are_together(tmp_path: Path) -> None:
    table = table_of(tmp_path, "rats,left,gj,3", "rats,right,gj,4", "mice,other,gj,9")
    [(name, rows)] = table.rows.items()
    assert name == AssetName("rats", "rat 1")
    assert table.total(rows, "count") == 7


def test_read_asset_table__one_class__leaves_others_out(tmp_path: Path) -> None:
    table = table_of(tmp_path, "rats,left,gj,3", "rats,left,dust,5", class_name="gj")
    assert table.total(table.rows[AssetName("rats", "rat 1")], "count") == 3


def test_read_asset_table__no_file__is_none(tmp_path: Path) -> None:
    assert read_asset_table(tmp_path / "regions.csv", ("count",), OWNERS) is None


@pytest.mark.parametrize(("column", "message"), [("area", "no column area"), ("class", "")])
def test_read_asset_table__missing_column__names_it(
    tmp_path: Path, column: str, message: str
) -> None:
    path = tmp_path / "regions.csv"
    path.write_text(HEADER.replace(column, "other") + "\nrats,left,gj,3\n")
    with pytest.raises(BenchmarkError, match=message or "class"):
        read_asset_table(path, (column,), OWNERS)


@pytest.mark.parametrize("cell", ["many", "nan", "inf"])
def test_number__no_number__is_an_error(tmp_path: Path, cell: str) -> None:
    table = table_of(tmp_path, f"rats,left,gj,{cell}")
    [row] = table.rows[AssetName("rats", "rat 1")]
    with pytest.raises(BenchmarkError, match=f"count: expected a number, found '{cell}'"):
        table.number(row, "count")


def test_total__empty_cell__is_not_known(tmp_path: Path) -> None:
    table = table_of(tmp_path, "rats,left,gj,3", "rats,left,gj,")
    assert table.total(table.rows[AssetName("rats", "rat 1")], "count") is None
    assert table.total([], "count") is None


def test_owners_of_assets__column_of_animals__is_what_they_count_as(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    metadata = replace(measured.images[0].metadata, further={"animal": "rat 1"})
    images = tuple(replace(each, metadata=metadata) for each in measured.images)
    asset = AssetName("rats", "asset_0")
    assert owners_of_assets(measured, None) == {asset: asset}
    assert owners_of_assets(replace(measured, images=images), "animal") == {
        asset: AssetName("rats", "rat 1")
    }


@pytest.mark.parametrize(("threshold", "is_alike"), [(0.5, True), (0.6, False)])
def test_is_counted_alike__other_threshold__is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, threshold: float, *, is_alike: bool
) -> None:
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "manifest.json").write_text('{"threshold": 0.5}')
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    assert not is_counted_alike(measured, tmp_path / "found")
    (tmp_path / "found" / "regions.csv").write_text(HEADER)
    predicted = replace(measured, predictions=tmp_path / "found", threshold=threshold)
    assert is_counted_alike(predicted, tmp_path / "found") == is_alike
    assert ("are not shown" in caplog.text) != is_alike
