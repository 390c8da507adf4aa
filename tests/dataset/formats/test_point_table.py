"""Tests for `gapjunction.dataset.formats.point_table`."""

from pathlib import Path

import pytest

from foreign_files import save_image, save_text
from gapjunction.dataset.formats.image_files import find_images
from gapjunction.dataset.formats.point_table import read_point_table, rows_by_image
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import DatasetError


def grouped(folder: Path, text: str) -> dict[str, int]:
    """Return how many rows of a table each of the images a.png and b.png has."""
    save_image(folder / "a.png")
    save_image(folder / "b.png")
    table = read_point_table(save_text(folder / "all.csv", text))
    found = rows_by_image(table, find_images(Source(folder)))
    return {image.name: len(rows) for image, rows in found.items()}


@pytest.mark.parametrize(
    "text",
    [
        "image,y,x\na.png,20,10\nb.png,20,10\nb.png,3,4\n",
        "FileName_Cx43,ImageNumber,Location_Center_X,Location_Center_Y\na,1,2,3\nb,2,2,3\nb,2,3,4\n",
        " ,Label,X,Y\n1,a.png,1.0,2.0\n2,b.png:0001-0002,1.0,2.0\n3,b.png:c:1/2,1.0,2.0\n",
    ],
)
def test_rows_by_image__one_table_of_two_images__is_divided(tmp_path: Path, text: str) -> None:
    assert grouped(tmp_path, text) == {"a.png": 1, "b.png": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("image,y,x\nc.png,20,10\n", "row 2: expected one image 'c.png'"),
        ("image,y,x\n,20,10\n", "row 2: expected the name of an image, found an empty cell"),
        ("ImageNumber,x,y\n1,2,3\n2,2,3\n", "expected a column with the names of the images"),
        ("y,x\n20,10\n", "expected one image 'all'"),
    ],
)
def test_rows_by_image__image_not_known__is_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        grouped(tmp_path, text)
    assert words in str(caught.value)


@pytest.mark.parametrize(("cell", "unit"), [("(pixel)", "px"), ("(micron)", "micron")])
def test_read_point_table__rows_of_names_of_trackmate__tell_the_unit(
    tmp_path: Path, cell: str, unit: str
) -> None:
    text = f"LABEL,POSITION_X,POSITION_Y\nLabel,X,Y\nLabel,X,Y\n,{cell},{cell}\nID1,1.5,2.5\n"
    table = read_point_table(save_text(tmp_path / "a.csv", text))
    assert table.columns.unit == unit
    assert table.rows == ((5, {"x": "1.5", "y": "2.5"}),)
