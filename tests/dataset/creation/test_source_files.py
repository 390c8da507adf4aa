"""Tests for `gapjunction.dataset.creation.source_files`."""

from pathlib import Path

import pytest

from gapjunction.dataset.creation.asset_table import AssetTable
from gapjunction.dataset.creation.source_files import find_sources
from gapjunction.dataset.records import AssetMetadata
from gapjunction.errors import DatasetError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def table(**asset_of: str) -> AssetTable:
    known = {asset: AssetMetadata() for asset in asset_of.values()}
    files = {name.replace("_tif", ".tif"): asset for name, asset in asset_of.items()}
    return AssetTable(Path("a.csv"), known, files)


def test_find_sources__folders__are_assets(tmp_path: Path) -> None:
    touch(tmp_path, "rat_1/b.czi", "rat_1/day 2/a.tif", "rat_2/c.LIF")
    found = find_sources(tmp_path, None)
    assert found.of_asset == {
        "rat_1": [tmp_path / "rat_1/b.czi", tmp_path / "rat_1/day 2/a.tif"],
        "rat_2": [tmp_path / "rat_2/c.LIF"],
    }


def test_find_sources__oif__does_not_count_the_files_beside_it(tmp_path: Path) -> None:
    touch(tmp_path, "rat_1/a.oif", "rat_1/a.oif.files/s_C001.tif", "rat_1/._a.oif")
    assert find_sources(tmp_path, None).of_asset == {"rat_1": [tmp_path / "rat_1/a.oif"]}


def test_find_sources__other_files__are_told(tmp_path: Path) -> None:
    touch(tmp_path, "rat_1/a.czi", "rat_1/notes.txt", "readme.md")
    assert {p.name for p in find_sources(tmp_path, None).left_out} == {"notes.txt", "readme.md"}


def test_find_sources__table_of_files__decides(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif", "b.tif", "c.tif")
    found = find_sources(tmp_path, table(b_tif="rat_1", a_tif="rat_1"))
    assert found.of_asset == {"rat_1": [tmp_path / "b.tif", tmp_path / "a.tif"]}
    assert found.left_out == (tmp_path / "c.tif",)


def test_find_sources__image_in_no_folder__is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "rat_1/a.czi", "b.czi")
    with pytest.raises(DatasetError, match=r"found 1 beside them: b\.czi; move them into a folder"):
        find_sources(tmp_path, None)


def test_find_sources__file_of_the_table_missing__is_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif")
    with pytest.raises(DatasetError, match=r"a\.csv: file b\.tif: expected a file in"):
        find_sources(tmp_path, table(b_tif="rat_1"))


def test_find_sources__asset_of_the_table_missing__is_named(tmp_path: Path) -> None:
    touch(tmp_path, "rat_1/a.czi")
    described = AssetTable(Path("a.csv"), {"rat_2": AssetMetadata()}, {})
    with pytest.raises(DatasetError, match="asset rat_2: expected a folder of that name"):
        find_sources(tmp_path, described)


def test_find_sources__names_that_differ_in_case__are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif", "b.tif")
    with pytest.raises(DatasetError, match="a name of its own"):
        find_sources(tmp_path, table(a_tif="Rat", b_tif="rat"))


@pytest.mark.parametrize("exists", [True, False])
def test_find_sources__nothing_there__says_so(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "in"
    if exists:
        folder.mkdir()
    with pytest.raises(DatasetError, match="found none"):
        find_sources(folder, None)
