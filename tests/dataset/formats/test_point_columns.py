"""Tests for `gapjunction.dataset.formats.point_columns`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.point_columns import OF_THE_IMAGE, find_columns, unit_in
from gapjunction.errors import DatasetError

FILE = Path("a.csv")


@pytest.mark.parametrize(
    ("header", "places", "unit"),
    [
        ("y,x", (1, 0), "px"),
        ("index,axis-0,axis-1", (2, 1), "px"),
        ("index,axis-0,axis-1,axis-2", (3, 2), "px"),
        ("label,centroid-0,centroid-1", (2, 1), "px"),
        (" ,Label,Mean,X,Y,Ch", (3, 4), OF_THE_IMAGE),
        (" ,X,Y", (1, 2), OF_THE_IMAGE),
        (",x,y", (1, 2), "px"),
        ("Area,X,Y", (1, 2), OF_THE_IMAGE),
        ("LABEL,ID,QUALITY,POSITION_X,POSITION_Y,POSITION_Z", (3, 4), OF_THE_IMAGE),
        ("ImageNumber,FileName_Cx43,Location_Center_X,Location_Center_Y", (2, 3), "px"),
        ("Image,Class,Centroid X µm,Centroid Y µm", (2, 3), "μm"),
        ("x [px],y [px],x [µm],y [µm]", (0, 1), "px"),
        ("x [nm],y [nm]", (0, 1), "nm"),
        ("x_um,y_um", (0, 1), "um"),
        ("x_px,y_px", (0, 1), "px"),
    ],
)
def test_find_columns__headers_that_occur__give_the_positions(
    header: str, places: tuple[int, int], unit: str
) -> None:
    found = find_columns(header.split(","), FILE)
    assert (found.places["x"], found.places["y"]) == places
    assert found.unit == unit


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("a,b", "found a,b"),
        ("x,y,X", "found x twice: 'x' and 'X'"),
        ("x [um],y [px]", "x and y in different units"),
        ("axis-1,axis-2", "axes with the numbers 1, 2"),
        ("axis-0,axis-1,axis-2,axis-3,axis-4", "axes with the numbers 0, 1, 2, 3, 4"),
    ],
)
def test_find_columns__positions_that_are_not_sure__are_refused(header: str, words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        find_columns(header.split(","), FILE)
    assert "expected a first row that names the columns x and y" in str(caught.value)
    assert words in str(caught.value)


def test_row__empty_cells__are_not_there() -> None:
    columns = find_columns(["x", "y", "class", "score"], FILE)
    assert columns.row(["1", " 2 ", "", " "]) == {"x": "1", "y": "2"}


@pytest.mark.parametrize(
    ("cell", "unit"), [("(micron)", "micron"), ("(pixel)", "px"), ("(quality)", None), ("", None)]
)
def test_unit_in__cells_of_trackmate(cell: str, unit: str | None) -> None:
    assert unit_in(cell) == unit
