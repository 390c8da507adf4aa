"""Tests for `gapjunction.dataset.creation.asset_table`."""

import os
import zipfile
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from gapjunction.dataset.creation.asset_table import read_asset_table
from gapjunction.dataset.creation.xlsx_tables import MOST_ROWS
from gapjunction.dataset.records import AssetMetadata
from gapjunction.dataset.text_tables import IN_WINDOWS_1252
from gapjunction.errors import DatasetError

RAT = AssetMetadata("rat", 18, 0.15, "Male", "cortex", "healthy")
ROWS = (
    "asset,species,age,weight,sex,localization,diagnosis\nrat_1,rat,18,0.15,Male,cortex,healthy\n"
)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_read_asset_table__csv__gives_every_field(tmp_path: Path) -> None:
    assert read_asset_table(write(tmp_path / "a.csv", ROWS)).metadata == {"rat_1": RAT}


def test_read_asset_table__xlsx__gives_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [["rat_1", "rat", 18, 0.15, "Male", "cortex", "healthy"]],
        columns=["asset", "species", "age", "weight", "sex", "localization", "diagnosis"],
    )
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    assert read_asset_table(tmp_path / "a.xlsx").metadata == {"rat_1": RAT}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_read_asset_table__as_a_spreadsheet_in_german_writes_it(
    tmp_path: Path, encoding: str
) -> None:
    text = "Asset;Weight;Sex\nRättchen;0,15;male\n;;\n"
    table = read_asset_table(write(tmp_path / "a.csv", text, encoding))
    assert table.metadata == {"Rättchen": AssetMetadata(weight_kg=0.15, sex="Male")}


def test_read_asset_table__number_as_name__keeps_its_zeros(tmp_path: Path) -> None:
    assert set(read_asset_table(write(tmp_path / "a.csv", "asset\n007\n")).metadata) == {"007"}


def test_read_asset_table__whole_numbers_in_a_spreadsheet__are_names_without_a_point(
    tmp_path: Path,
) -> None:
    pd.DataFrame({"asset": [7, None], "age": [18.5, None]}).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    table = read_asset_table(tmp_path / "a.xlsx")
    assert table.metadata == {"7": AssetMetadata(age_months=18.5)}


def test_read_asset_table__files__belong_to_assets(tmp_path: Path) -> None:
    text = "file,asset\na.czi,rat_1\nday 2\\b.czi,rat_1\n"
    table = read_asset_table(write(tmp_path / "a.csv", text))
    assert table.asset_of == {"a.czi": "rat_1", "day 2/b.czi": "rat_1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("asset,speces\nr,rat\n", "columns: expected species, or a name .* found 'speces'"),
        ("species\nrat\n", "found none called asset"),
        ("asset,age,Age\nr,1,2\n", "found 'age' twice"),
        ("asset,age\nr,1,2\n", "row 2: expected 2 cells, as in the first row, found 3"),
        ("asset,age\n\nr,old\n", "row 3: expected age"),
        ('asset,age\n"r,1\n', r"expected a readable table \(CSV\)"),
        ("asset\n", "expected rows, found none"),
        ("", "found none called asset"),
        ("asset,age\nrat_1,old\n", "row 2: expected age in months, found 'old'"),
        ("asset,age\nrat_1,-3\n", "row 2: expected age"),
        ("asset,age\nrat_1,nan\n", "row 2: expected age"),
        ("asset,sex\nrat_1,m\n", "row 2: expected sex"),
        ("asset,weight\nrat_1,0\n", "row 2: expected weight"),
        ("asset,age\n,3\n", "row 2: expected the name of an asset"),
        ("asset,age\nr,3\nr,4\n", "row 3: expected what is known of r, found other values than"),
        ("asset,file\nr,a.tif\ns,a.tif\n", "row 3: expected a file of its own"),
        ("asset,file\nr,a.tif\ns,\n", "a file in every row, or in none"),
    ],
)
def test_read_asset_table__something_wrong__is_one_line_that_names_the_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        read_asset_table(write(tmp_path / "a.csv", text))
    assert "\n" not in str(caught.value)


def test_read_asset_table__windows_1252__is_read_and_noted(tmp_path: Path) -> None:
    table = read_asset_table(write(tmp_path / "a.csv", "asset\nRättchen\n", "cp1252"))
    assert set(table.metadata) == {"Rättchen"}
    assert table.notes == (IN_WINDOWS_1252,)


def test_read_asset_table__further_columns__are_kept_by_asset(tmp_path: Path) -> None:
    text = "asset,Treatment,weight_g,\nr,drug,,\nr,drug,,\ns,,150,x\n"
    table = read_asset_table(write(tmp_path / "a.csv", text))
    assert table.further == {
        "r": [{"Treatment": "drug"}],
        "s": [{"weight_g": "150", "column 4": "x"}],
    }
    assert table.further_columns == ("Treatment", "weight_g", "column 4")


def test_read_asset_table__only_known_columns__has_no_further_ones(tmp_path: Path) -> None:
    table = read_asset_table(write(tmp_path / "a.csv", "asset,file,age\nr,a.tif,3\n"))
    assert (table.further, table.further_columns) == ({}, ())


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_read_asset_table__missing__says_so(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        read_asset_table(tmp_path / f"a{suffix}")


def test_read_asset_table__text_called_xlsx__is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a table as CSV in UTF-8, or as XLSX"):
        read_asset_table(write(tmp_path / "a.xlsx", ROWS))


def test_read_asset_table__xlsx_with_a_style_without_end__is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"asset": ["a"]}).to_excel(path, index=False)
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b'fontId="0"', b'fontId="%s"' % (b"9" * 30)))
    with pytest.raises(DatasetError, match="expected a table"):
        read_asset_table(path)


@pytest.mark.parametrize("seed", range(20))
def test_read_asset_table__damaged_xlsx__is_one_line(tmp_path: Path, seed: int) -> None:
    pd.DataFrame({"asset": ["a"]}).to_excel(tmp_path / "a.xlsx", index=False)
    content = bytearray((tmp_path / "a.xlsx").read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), 200):
        content[place] = rng.integers(256)
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DatasetError) as caught:
        read_asset_table(tmp_path / "a.xlsx")
    assert "\n" not in str(caught.value)


def test_read_asset_table__two_sheets_with_rows__are_refused(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "a.xlsx") as book:
        for sheet in ("rats", "humans"):
            pd.DataFrame({"asset": ["a"]}).to_excel(book, sheet_name=sheet, index=False)
    with pytest.raises(DatasetError, match="found 2: rats, humans"):
        read_asset_table(tmp_path / "a.xlsx")


def test_read_asset_table__spreadsheet_packed_to_a_thousandth__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(20_000_000))
    with pytest.raises(DatasetError, match=r"a\.xlsx: .*found 20,000,000 bytes packed into"):
        read_asset_table(path)


def test_read_asset_table__pipe_for_a_spreadsheet__is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    with pytest.raises(DatasetError, match=r"a\.xlsx: expected a plain file"):
        read_asset_table(tmp_path / "a.xlsx")


@pytest.mark.parametrize("number", [MOST_ROWS + 2, 10**300])
def test_read_asset_table__xlsx_with_a_row_far_below__is_refused_at_once(
    tmp_path: Path, number: int
) -> None:
    pd.DataFrame({"asset": ["a"]}).to_excel(tmp_path / "whole.xlsx", index=False)
    path = tmp_path / "far.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as far:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<row r="2">', b'<row r="%d">' % number)
            far.writestr(name, content)
    with pytest.raises(
        DatasetError, match=r"far\.xlsx: expected 100,000 rows at most, found a row"
    ):
        read_asset_table(path)
