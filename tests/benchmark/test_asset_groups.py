"""Tests for `gapjunction.benchmark.asset_groups`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import (
    AssetName,
    assets_of_predictions,
    group_images,
)
from gapjunction.errors import BenchmarkError

STEMS = ("a", "b", "c")


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_group_images__groups_file__goes_before_all(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "groups.csv", "image,asset", "a,rat1", "b,rat2", "c,rat1")
    groups = group_images(STEMS, table, tmp_path, tuple(AssetName("set", name) for name in "xyz"))
    assert groups.asset_of_image.tolist() == [0, 1, 0]
    assert (groups.num_assets, groups.source) == (2, str(table))
    assert [groups.name_of_image(image) for image in range(3)] == ["rat1", "rat2", "rat1"]


def test_group_images__dataset__tells_its_assets(tmp_path: Path) -> None:
    names = [AssetName("set", number) for number in "212"]
    groups = group_images(STEMS, None, tmp_path, names)
    assert groups.asset_of_image.tolist() == [1, 0, 1]
    assert groups.name_of_image(0) == "set/2"


@pytest.mark.parametrize("given", [".", "detections"])
def test_group_images__counts_table__is_found_beside_the_detections(
    tmp_path: Path, given: str
) -> None:
    (tmp_path / "detections").mkdir()
    header = "dataset,asset,image,class,count,low,high"
    rows = ["s,1,a,x,3,2,4", "s,1,a,y,0,0,1", "t,1,b,x,1,0,2", "s,1,c,x,1,0,2"]
    write_csv(tmp_path / "counts.csv", header, *rows)
    groups = group_images(STEMS, None, tmp_path / given, ())
    assert groups.asset_of_image.tolist() == [0, 1, 0]  # asset 1 of set t is another one


def test_group_images__counts_of_plain_images__tell_nothing(tmp_path: Path) -> None:
    write_csv(tmp_path / "counts.csv", "dataset,asset,image", *(f",,{stem}" for stem in STEMS))
    groups = group_images(STEMS, None, tmp_path, ())
    assert groups.asset_of_image.tolist() == [0, 1, 2]
    assert not groups.is_known
    assert groups.name_of_image(0) == ""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["sample;n", "a;3"], "found sample;n"),
        (["image,asset", "a,1", "b,1"], "none for c"),
    ],
)
def test_group_images__counts_of_another_program__tell_nothing_and_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lines: list[str], words: str
) -> None:
    write_csv(tmp_path / "counts.csv", *lines)
    assert not group_images(STEMS, None, tmp_path, ()).is_known
    assert words in caplog.text
    assert len(caplog.records) == 1


def test_assets_of_predictions__counts_table__tells_dataset_and_asset(tmp_path: Path) -> None:
    write_csv(tmp_path / "counts.csv", "dataset,asset,image", "s,1,a")
    assert assets_of_predictions(tmp_path) == {"a": AssetName("s", "1")}
    assert assets_of_predictions(tmp_path / "none" / "deeper") == {}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["image,asset", "a,1", "b,1"], "none for c"),
        (["image,subject", "a,1"], "expected the columns image and asset, found image, subject"),
        (["image,asset", "a,1", "a,2", "b,1", "c,1"], "a: expected one asset"),
    ],
)
def test_group_images__wrong_table__is_an_error(
    tmp_path: Path, lines: list[str], words: str
) -> None:
    with pytest.raises(BenchmarkError, match=words):
        group_images(STEMS, write_csv(tmp_path / "groups.csv", *lines), tmp_path, ())


def test_group_images__missing_table__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="No such file"):
        group_images(STEMS, tmp_path / "none.csv", tmp_path, ())


def test_have_intervals__two_known_assets__are_enough(tmp_path: Path) -> None:
    two, one = (
        group_images(STEMS, None, tmp_path, [AssetName("set", number) for number in numbers])
        for numbers in ("212", "222")
    )
    unknown = group_images(STEMS, None, tmp_path, ())
    assert [each.have_intervals for each in (two, one, unknown)] == [True, False, False]
    assert [each.num_known for each in (two, one, unknown)] == [2, 1, None]
