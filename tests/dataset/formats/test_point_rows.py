"""Tests for `gapjunction.dataset.formats.point_rows`, through `read_points`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from foreign_files import HEIGHT, WIDTH, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.point_rows import IN_A_CORNER, IN_IMAGE_UNIT, NO_IMAGE_UNIT
from gapjunction.dataset.formats.points import read_points
from gapjunction.dataset.formats.shapes import DETECTED, OUTLINES, WITHOUT_AREA
from gapjunction.dataset.formats.source import Source

MICRON: dict[str, Any] = {"imagej": True, "metadata": {"unit": "micron"}, "resolution": (10, 10)}


def save_table(folder: Path, text: str, *, is_calibrated: bool = False) -> Source:
    """Write an image, with pixels of 0.1 um if it is calibrated, and its table."""
    if is_calibrated:
        tifffile.imwrite(folder / "a.tif", np.zeros((HEIGHT, WIDTH), np.uint8), **MICRON)
    else:
        save_image(folder / "a.png")
    save_text(folder / "a.csv", text)
    return Source(folder, point_size_px=4)


@pytest.mark.parametrize(
    "text",
    [
        " ,Label,Mean,X,Y\n1,a.tif,7,1.000,2.000\n",
        "x [um],y [um]\n1,2\n",
        "Centroid X µm\tCentroid Y µm\n1\t2\n",
        "x [nm];y [nm]\n1000,0;2000,0\n",
        "POSITION_X,POSITION_Y\n1.0,2.0\n",
    ],
)
def test_noted_points__micrometers_and_an_image_with_a_pixel_size__become_pixels(
    tmp_path: Path, text: str
) -> None:
    source = save_table(tmp_path, text, is_calibrated=True)
    image = only_image(read_points, source)
    found = image.boxes if image.predictions is None else image.predictions.boxes
    assert found.tolist() == [[8, 18, 12, 22]]
    assert f"{IN_IMAGE_UNIT}: 1" in read_points(source).notes


def test_noted_points__imagej_table_of_an_image_without_a_unit__is_noted(tmp_path: Path) -> None:
    source = save_table(tmp_path, " ,X,Y\n1,10.000,20.000\n")
    assert only_image(read_points, source).boxes.tolist() == [[8, 18, 12, 22]]
    assert f"{NO_IMAGE_UNIT}: 1" in read_points(source).notes


def test_noted_points__pixel_size_of_the_user__is_taken(tmp_path: Path) -> None:
    save_table(tmp_path, " ,X,Y\n1,1.000,2.000\n")
    source = Source(tmp_path, point_size_px=4, pixel_size_um=0.1)
    assert only_image(read_points, source).boxes.tolist() == [[8, 18, 12, 22]]


def test_noted_points__micrometers_and_no_pixel_size__asks_for_it(tmp_path: Path) -> None:
    source = save_table(tmp_path, "x [um],y [um]\n1,2\n")
    assert "found positions in um, and an image that does not say its size" in refusal(
        read_points, source
    )


def test_noted_points__whole_numbers_of_imagej__asks_for_the_unit(tmp_path: Path) -> None:
    source = save_table(tmp_path, " ,X,Y\n1,10,20\n", is_calibrated=True)
    assert "found whole numbers, which may be pixels" in refusal(read_points, source)
    in_pixels = Source(tmp_path, point_size_px=4, pixel_size_um=1)
    assert only_image(read_points, in_pixels).boxes.tolist() == [[8, 18, 12, 22]]


def test_noted_points__bounding_rectangle_of_imagej__is_taken(tmp_path: Path) -> None:
    text = " ,X,Y,BX,BY,Width,Height\n1,1.100,2.100,0.800,1.800,0.400,0.600\n"
    source = save_table(tmp_path, text, is_calibrated=True)
    assert only_image(read_points, source).boxes[0].tolist() == pytest.approx([8, 18, 12, 24])


def test_noted_points__stack_of_napari__has_y_and_x_last(tmp_path: Path) -> None:
    text = "index,axis-0,axis-1,axis-2\n0.0,3.0,20.0,10.0\n1.0,4.0,20.0,30.0\n"
    source = save_table(tmp_path, text)
    assert only_image(read_points, source).boxes.tolist() == [[8, 18, 12, 22], [28, 18, 32, 22]]
    assert "images with objects of several slices, taken together: 1" in read_points(source).notes


def test_noted_points__shapes_of_napari__are_an_object_each(tmp_path: Path) -> None:
    rows = [
        *(f"0,rectangle,{n},{y},{x}" for n, (y, x) in enumerate([(2, 3), (2, 9), (8, 9), (8, 3)])),
        *(f"1,polygon,{n},{y},{x}" for n, (y, x) in enumerate([(10, 3), (10, 9), (15, 6)])),
        *(f"2,line,{n},{n},{n}" for n in range(2)),
    ]
    header = "index,shape-type,vertex-index,axis-0,axis-1"
    source = save_table(tmp_path, "\n".join([header, *rows]))
    assert only_image(read_points, source).boxes.tolist() == [[3, 2, 9, 8], [3, 10, 9, 15]]
    notes = read_points(source).notes
    assert f"{OUTLINES}: 1" in notes
    assert f"{WITHOUT_AREA}: 1" in notes


def test_noted_points__probability_of_spotiflow__makes_predictions(tmp_path: Path) -> None:
    source = save_table(tmp_path, "y,x,intensity,probability\n20,10,812.5,0.75\n")
    image = only_image(read_points, source)
    assert not image.is_annotated
    assert image.predictions is not None
    assert image.predictions.scores.tolist() == [0.75]


@pytest.mark.parametrize(
    "text",
    [
        "QUALITY,POSITION_X,POSITION_Y,RADIUS\n,(pixel),(pixel),(pixel)\n12.5,10,20,2\n",
        "x [px],y [px],intensity\n10,20,812\n",
    ],
)
def test_noted_points__spots_of_a_program__are_predictions(tmp_path: Path, text: str) -> None:
    source = save_table(tmp_path, text)
    image = only_image(read_points, source)
    assert image.predictions is not None
    assert image.predictions.boxes.tolist() == [[8, 18, 12, 22]]
    assert f"{DETECTED}: 1" in read_points(source).notes


def test_noted_points__spot_that_a_person_added_in_trackmate__is_an_annotation(
    tmp_path: Path,
) -> None:
    text = "QUALITY,POSITION_X,POSITION_Y\n,(pixel),(pixel)\n-1.0,10,20\n"
    assert only_image(read_points, save_table(tmp_path, text)).is_annotated


@pytest.mark.parametrize(("x", "is_doubted"), [("3", True), ("9", False)])
def test_noted_points__all_in_a_corner__are_doubted(
    tmp_path: Path, x: str, is_doubted: bool
) -> None:
    source = save_table(tmp_path, f"x,y\n2,2\n{x},1\n")
    assert (f"{IN_A_CORNER}: 1" in read_points(source).notes) == is_doubted
