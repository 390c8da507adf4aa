"""Tests for `gapjunction.dataset.formats.points`."""

from pathlib import Path

import pandas as pd
import pytest

from builders import build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image, save_text
from gapjunction.boxes import centers
from gapjunction.dataset.formats.points import read_points, write_points
from gapjunction.dataset.formats.shapes import POINTS, WITHOUT_CLASS
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset


def save_points(folder: Path, text: str) -> Source:
    """Write an image and its CSV file; points are squares of 4 px."""
    save_image(folder / "a.png")
    save_text(folder / "a.csv", text)
    return Source(folder, point_size_px=4)


@pytest.mark.parametrize(
    "text",
    ["y,x\n20,10\n", "x,y\n10,20\n", "Y, X\n20,10\n", "index,axis-0,axis-1\n0,20,10\n"],
)
def test_read_points__columns_that_occur__give_the_point(tmp_path: Path, text: str) -> None:
    source = save_points(tmp_path, text)
    assert only_image(read_points, source).boxes.tolist() == [[8, 18, 12, 22]]
    assert read_points(source).notes == (f"{POINTS}: 1", f"{WITHOUT_CLASS}: 1")


def test_read_points__width_height_class_and_score__are_taken(tmp_path: Path) -> None:
    source = save_points(tmp_path, "y,x,class,width,height,score\n20,10,plaque,6,2,0.5\n")
    dataset = only_dataset(read_points, source)
    found = next(dataset.images()).predictions
    assert found is not None
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[7, 19, 13, 21]], [0.5])
    assert dataset.class_names == ("plaque",)


def test_read_points__only_a_header__is_empty_and_no_file_is_not(tmp_path: Path) -> None:
    source = save_points(tmp_path, "y,x\n")
    save_image(tmp_path / "b.png")
    [empty, unseen] = only_dataset(read_points, source).images()
    assert (empty.is_annotated, unseen.is_annotated) == (True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20,10\n", "expected a first row that names the columns x and y, found 20,10"),
        ("", "expected a first row that names the columns x and y, found nothing"),
        ("y,x\n20\n", "row 2: expected 2 columns, found 1"),
        ("y,x\n20,inf\n", "row 2: expected a finite number for x"),
        ("y,x\n20,99\n", "row 2: expected a box inside a.png"),
    ],
)
def test_read_points__something_wrong__is_one_line_that_names_it(
    tmp_path: Path, text: str, words: str
) -> None:
    assert words in refusal(read_points, save_points(tmp_path, text))


def test_read_points__no_size__asks_for_it(tmp_path: Path) -> None:
    save_points(tmp_path, "y,x\n20,10\n")
    assert "row 2: expected an object with a size" in refusal(read_points, Source(tmp_path))


def test_write_points__first_columns__are_the_centers(tmp_path: Path, out: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set"))
    write_points(dataset, out)
    for image in dataset.images():
        [path] = out.rglob(f"{image.stem}.csv")
        table = pd.read_csv(path)
        assert list(table.columns[:2]) == ["y", "x"]
        assert table[["x", "y"]].to_numpy().tolist() == centers(image.boxes).tolist()


def test_write_points__table__is_one_that_napari_opens_by_itself(tmp_path: Path) -> None:
    napari_io = pytest.importorskip("napari_builtins.io", reason="napari is not installed")
    dataset = read_dataset(build_dataset(tmp_path / "rat", num_assets=1, images_per_asset=1))
    write_points(dataset, tmp_path / "out")
    [table] = (tmp_path / "out").rglob("*.csv")
    points, shown, kind = napari_io.csv_to_layer_data(str(table))
    (image,) = dataset.images()
    assert kind == "points"
    assert points.tolist() == centers(image.boxes)[:, ::-1].tolist()
    assert list(shown["properties"]["class"]) == ["gap_junction"] * 3


def test_write_points__columns__are_those_by_which_napari_knows_points(tmp_path: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "rat", num_assets=1, images_per_asset=1))
    write_points(dataset, tmp_path / "out")
    [path] = (tmp_path / "out").rglob("*.csv")
    table = pd.read_csv(path)
    assert table["axis-0"].tolist() == table["y"].tolist()
    assert table["axis-1"].tolist() == table["x"].tolist()
