"""Tests for `gapjunction.dataset.formats.makesense`."""

from pathlib import Path

import numpy as np
import pytest

from builders import add_image, build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.makesense import read_makesense, write_makesense
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset

HEADER = "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height\n"
ROW = "gap_junction,1,2,4,5,a.png,40,30\n"


def save_makesense(folder: Path, text: str) -> Source:
    """Write an image and a CSV file."""
    save_image(folder / "a.png")
    save_text(folder / "labels.csv", text)
    return Source(folder)


@pytest.mark.parametrize("header", ["", HEADER])
def test_read_makesense__with_and_without_header__gives_the_box(
    tmp_path: Path, header: str
) -> None:
    source = save_makesense(tmp_path, header + ROW)
    assert only_image(read_makesense, source).boxes.tolist() == [[1, 2, 5, 7]]


def test_read_makesense__image_without_a_row__is_one_nobody_looked_at(tmp_path: Path) -> None:
    source = save_makesense(tmp_path, ROW)
    save_image(tmp_path / "b.png")
    assert [i.is_annotated for i in only_dataset(read_makesense, source).images()] == [True, False]
    assert read_makesense(source).notes == ("images without a row, taken as not looked at: 1",)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("a.png", "b.png"), "row 2: expected one image 'b.png'"),
        (ROW.replace(",40", ",41"), "a.png: expected the image's size, 40 x 30 px, found 41 x 30"),
        (ROW.replace("1,2", "x,2"), "row 2: expected a finite number for bbox_x, found 'x'"),
        (ROW.replace("gap_junction", ""), "row 2: expected label_name as text"),
        (ROW.replace(",40", ""), "row 2: expected 8 columns, found 7"),
        (ROW.replace("4,5", "0,5"), "row 2: expected a width and height above 0"),
    ],
)
def test_read_makesense__wrong_row__is_one_line_that_names_it(
    tmp_path: Path, row: str, words: str
) -> None:
    assert words in refusal(read_makesense, save_makesense(tmp_path, HEADER + row))


def test_read_makesense__no_table__is_refused(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    assert "expected CSV files, found none" in refusal(read_makesense, Source(tmp_path))


def test_write_makesense__empty_images__are_listed_as_lost(tmp_path: Path, out: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1)
    add_image(root / "Assets" / "asset_0", "empty", np.zeros((8, 8), np.uint8), [])
    lost = write_makesense(read_dataset(root), out)
    assert lost[-1] == "that images are empty, as they have no row (images: 1)"
