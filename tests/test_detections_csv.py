"""Tests for `gapjunction.detections_csv`."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.detections import Detections
from gapjunction.detections_csv import COLUMNS, is_box_table, read_box_table, write_box_table
from gapjunction.errors import DetectionsFileError

HEADER = ",".join(COLUMNS)


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_read_box_table__row__is_a_box_with_its_score(tmp_path: Path) -> None:
    content = read_box_table(write(tmp_path / "a.csv", HEADER, "gj,1.5,2,3,4,a.webp,64,32,0.25"))
    assert content.stem == "a.webp"
    assert content.label_names == ("gj",)
    np.testing.assert_array_equal(content.boxes, [[1.5, 2, 4.5, 6]])
    assert content.scores.tolist() == [0.25]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER.removesuffix(",confidence"), "gj,1,2,3,4,a,64,32"),
        (HEADER, "gj,1,2,3,4,a,64,32,"),
        (HEADER, "gj,1,2,3,4,a,64,32"),
        ("bbox_x,bbox_y,bbox_width,bbox_height,label_name,note", "1,2,3,4,gj,x"),
        (f"\ufeff{HEADER}", "gj,1,2,3,4,a,64.0,32.0,"),
    ],
)
def test_read_box_table__no_confidence__is_a_box_that_a_person_drew(
    tmp_path: Path, header: str, row: str
) -> None:
    content = read_box_table(write(tmp_path / "a.csv", header, row))
    assert (content.stem, content.has_scores, len(content.records)) == ("a", False, 1)


@pytest.mark.parametrize("lines", [(), ("",), (HEADER,)])
def test_read_box_table__no_rows__is_an_image_without_objects(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    path = write(tmp_path / "a.csv", *lines)
    assert is_box_table(path)
    assert (read_box_table(path).stem, read_box_table(path).records) == ("a", ())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("gj,x,2,3,4,a,64,32,0.5", "line 2 bbox_x: expected a valid number.*found 'x'"),
        ("gj,1,2,nan,4,a,64,32,0.5", "line 2 bbox_width: expected a finite number, found 'nan'"),
        ("gj,1,2,3,4,a,64,32,1.5", "line 2 confidence: .*found '1.5'"),
        (",1,2,3,4,a,64,32,0.5", "line 2 label_name: expected a value, found nothing"),
    ],
)
def test_read_box_table__wrong_value__names_line_and_column(
    tmp_path: Path, row: str, message: str
) -> None:
    with pytest.raises(DetectionsFileError, match=message):
        read_box_table(write(tmp_path / "a.csv", HEADER, row))


def test_read_box_table__two_images__are_refused(tmp_path: Path) -> None:
    rows = [f"gj,1,2,3,4,{name},64,32,0.5" for name in ("a", "b")]
    with pytest.raises(DetectionsFileError, match="image_name: expected one image, found 2"):
        read_box_table(write(tmp_path / "a.csv", HEADER, *rows))


def test_read_box_table__column_missing__is_named(tmp_path: Path) -> None:
    with pytest.raises(DetectionsFileError, match="none called bbox_y"):
        read_box_table(write(tmp_path / "a.csv", HEADER.replace("bbox_y,", "")))


def test_is_box_table__other_table__is_none(tmp_path: Path) -> None:
    assert not is_box_table(write(tmp_path / "counts.csv", "image,count", "a,3"))


def test_write_box_table__read_again__is_the_same(tmp_path: Path) -> None:
    boxes = np.array([[1, 2, 4, 6], [10, 20, 30, 40]], np.float32)
    detections = Detections(boxes, np.array([0.5, 0.75], np.float32), np.array([1, 0]))
    write_box_table(
        tmp_path / "a.csv", detections, ("x", "y"), image_name="a.png", image_size=(50, 60)
    )
    content = read_box_table(tmp_path / "a.csv")
    np.testing.assert_array_equal(content.boxes, boxes)
    assert (content.label_names, content.scores.tolist()) == (("y", "x"), [0.5, 0.75])
    assert (tmp_path / "a.csv").read_text().splitlines()[:2] == [
        HEADER,
        "y,1.0,2.0,3.0,4.0,a.png,60,50,0.5",
    ]


def test_write_box_table__names_that_begin_formulas__are_text_and_read_back(tmp_path: Path) -> None:
    box = Detections(
        np.array([[1, 2, 4, 6]], np.float32), np.array([0.5], np.float32), np.array([0])
    )
    write_box_table(tmp_path / "a.csv", box, ("=1+1",), image_name="-a\r.png", image_size=(50, 60))
    content = read_box_table(tmp_path / "a.csv")
    assert (content.label_names, content.stem) == (("=1+1",), "-a\r.png")
    assert (tmp_path / "a.csv").read_bytes().splitlines()[1].startswith(b"'=1+1,")
