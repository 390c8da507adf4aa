"""Tests for `gapjunction.measurement.object_table`."""

import csv
import sys
import tracemalloc
from pathlib import Path
from typing import Literal

import numpy as np
import openpyxl
import pandas as pd
import pytest

from gapjunction.errors import ConfigError
from gapjunction.measurement import object_table
from gapjunction.measurement.object_columns import ObjectSource
from gapjunction.measurement.object_table import ObjectTable, require_packages, write_objects
from gapjunction.measurement.objects import measured_objects
from gapjunction.measurement.spooled_rows import spooled_rows
from measured_light import boxed


def table_of(*sources: ObjectSource) -> ObjectTable:
    image = np.full((1, 30, 30), 10, np.uint8)
    image[0, 10:20, 10:20] = 110
    objects = measured_objects(image, boxed([[10, 10, 20, 20]]), 0.1)
    return ObjectTable.of((source, objects) for source in sources)


def source(image: str = "field", channel: str = "Cx43") -> ObjectSource:
    return ObjectSource("", "", image, None, ("plaque",), (channel,), 0.1)


def test_of__images_with_other_channels__leave_cells_empty() -> None:
    table = table_of(source(channel="Cx43"), source(channel="DAPI"))
    frame = table.to_pandas()
    assert frame["mean_Cx43"].isna().tolist() == [False, True]
    assert frame["mean_DAPI"].isna().tolist() == [True, False]


def test_of__no_image__has_columns_and_no_row() -> None:
    frame = ObjectTable.of([]).to_pandas()
    assert len(frame) == 0
    assert "area_um2" in frame


def test_write_objects__three_formats__hold_the_same(tmp_path: Path) -> None:
    table = table_of(source())
    write_objects(tmp_path, table, ("csv", "xlsx", "parquet"))
    of_csv = pd.read_csv(tmp_path / "objects.csv")
    of_xlsx = pd.read_excel(tmp_path / "objects.xlsx")
    of_parquet = pd.read_parquet(tmp_path / "objects.parquet")
    assert [*of_csv] == [*of_xlsx] == [*of_parquet] == list(table.columns)
    for name in ("area_um2", "id", "mean_Cx43", "image"):
        assert of_csv[name][0] == of_xlsx[name][0] == of_parquet[name][0]


def test_write_objects__rows_on_a_disk_and_in_several_parts__leave_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_table, "ROWS_TOGETHER", 2)
    table = table_of(*(source(name) for name in "abcde"))
    write_objects(tmp_path / "memory", table, ("csv", "xlsx", "parquet"))
    with spooled_rows() as rows:
        rows.extend([])
        for each in table.rows:
            rows.extend([each])
        spooled = ObjectTable(table.columns, rows, table.num_rows)
        write_objects(tmp_path / "disk", spooled, ("csv", "xlsx", "parquet"))
    assert (tmp_path / "disk/objects.csv").read_text() == (
        tmp_path / "memory/objects.csv"
    ).read_text()
    of_disk, of_memory = (
        pd.read_excel(tmp_path / name / "objects.xlsx") for name in ("disk", "memory")
    )
    pd.testing.assert_frame_equal(of_disk, of_memory)
    of_parquet = pd.read_parquet(tmp_path / "disk/objects.parquet")
    pd.testing.assert_frame_equal(of_parquet, table.to_pandas())


def test_write_objects__no_image__leaves_columns_of_the_same_types(tmp_path: Path) -> None:
    write_objects(tmp_path, ObjectTable.of([]), ("parquet",))
    of_parquet = pd.read_parquet(tmp_path / "objects.parquet")
    pd.testing.assert_frame_equal(of_parquet, ObjectTable.of([]).to_pandas())


@pytest.mark.long
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_write_objects__four_times_as_many_rows_on_a_disk__take_no_more_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Literal["csv", "parquet"]
) -> None:
    monkeypatch.setattr(object_table, "ROWS_TOGETHER", 20)
    (row,) = table_of(source()).rows
    columns = table_of(source()).columns

    def peak(num_rows: int) -> int:
        with spooled_rows() as rows:
            tracemalloc.start()
            for number in range(num_rows // 10):
                rows.extend([{**row, "image": f"image {number}"}] * 10)
            write_objects(tmp_path, ObjectTable(columns, rows, num_rows), (kind,))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(100)  # what is imported
    assert peak(2000) < 1.5 * peak(500)


def test_write_objects__formulas_in_names__are_text(tmp_path: Path) -> None:
    write_objects(tmp_path, table_of(source("=1+1", "=2+2")), ("csv", "xlsx"))
    row = next(csv.DictReader((tmp_path / "objects.csv").read_text().splitlines()))
    assert row["image"] == "'=1+1"
    sheet = openpyxl.load_workbook(tmp_path / "objects.xlsx").active
    assert sheet is not None
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


def test_write_objects__control_characters__are_shown_in_a_sheet(tmp_path: Path) -> None:
    write_objects(tmp_path, table_of(source("a\x1bb")), ("xlsx",))
    assert pd.read_excel(tmp_path / "objects.xlsx")["image"][0] == "a\\x1bb"


def test_write_objects__other_formats__do_not_stay_from_before(tmp_path: Path) -> None:
    write_objects(tmp_path, table_of(source()), ("csv", "xlsx"))
    assert write_objects(tmp_path, table_of(source()), ("csv",)) == [tmp_path / "objects.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["objects.csv"]


def test_require_packages__parquet_without_its_package__says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    require_packages(("csv", "xlsx"))
    with pytest.raises(ConfigError, match=r"gapjunction\[parquet\]"):
        require_packages(("csv", "parquet"))


def test_write_objects__more_than_a_sheet_holds__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_table, "MOST_SHEET_ROWS", 1)
    with pytest.raises(ConfigError, match="write csv or parquet"):
        write_objects(tmp_path, table_of(source()), ("csv", "xlsx"))
    assert list(tmp_path.iterdir()) == []
