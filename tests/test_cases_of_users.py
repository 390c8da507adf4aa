"""Files of other tools that were once read wrong or refused, as a user converts them."""

import json
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile
from PIL import Image

from gapjunction import cli

HEIGHT, WIDTH = 80, 100
Boxes = list[list[float]]
AS_SQUARES = ("--point_size_px", "6")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one black image, a.png."""
    path = tmp_path / "in"
    path.mkdir()
    Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint8)).save(path / "a.png")
    return path


def converted(source: Path, name: str, *options: str) -> dict[str, Boxes]:
    """Convert, and return the boxes (x, y, width, height) of each image."""
    out = source.parent / "out"
    assert cli.run(["convert", f"{source}", f"{out}", "--from", name, *options]) == 0
    sides = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")
    found: dict[str, Boxes] = {}
    for path in out.rglob("Detection/*.json"):
        for stem, records in json.loads(path.read_text()).items():
            found[stem] = [[record[side] for side in sides] for record in records]
    return found


def test_coco__outline_without_bbox__is_the_box_around_it(folder: Path) -> None:
    outline = {"id": 1, "image_id": 1, "category_id": 1}
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "plaque"}],
        "annotations": [{**outline, "segmentation": [[10, 20, 16, 20, 16, 25, 10, 25]]}],
    }
    (folder / "a.json").write_text(json.dumps(content))
    assert converted(folder, "coco") == {"a": [[10, 20, 6, 5]]}


def test_cvat__turned_ellipse__is_the_box_around_it(folder: Path) -> None:
    ellipse = '<ellipse label="plaque" cx="50" cy="40" rx="12" ry="2" rotation="90"/>'
    image = f'<image id="0" name="a.png" width="{WIDTH}" height="{HEIGHT}">{ellipse}</image>'
    (folder / "annotations.xml").write_text(f"<annotations>{image}</annotations>")
    [[box]] = converted(folder, "cvat").values()
    assert box == pytest.approx([48, 28, 4, 24])


@pytest.mark.parametrize(
    "content",
    [
        b"y;x\n20,5;10,5\n",
        b"sep=;\ny;x\n20,5;10,5\n",
        "y;x;größe\n20,5;10,5;µ\n".encode("cp1252"),
        "y;x\n20,5;10,5\n".encode("utf-16"),
    ],
)
def test_points__table_of_a_european_spreadsheet__is_read(folder: Path, content: bytes) -> None:
    (folder / "a.csv").write_bytes(content)
    assert converted(folder, "points", *AS_SQUARES) == {"a": [[7.5, 17.5, 6, 6]]}


def test_points__imagej_results_in_micrometers__are_in_pixels(folder: Path) -> None:
    (folder / "a.png").unlink()
    tifffile.imwrite(
        folder / "a.tif",
        np.zeros((HEIGHT, WIDTH), np.uint8),
        imagej=True,
        resolution=(10, 10),
        metadata={"unit": "um"},
    )
    (folder / "a.csv").write_text(" ,Area,X,Y,Ch,Slice\n1,0,5.05,2.05,2,1\n")
    [[box]] = converted(folder, "points", *AS_SQUARES).values()
    assert box == pytest.approx([47.5, 17.5, 6, 6])


def test_points__napari_points_of_a_stack__have_the_last_axes_for_y_and_x(folder: Path) -> None:
    (folder / "a.csv").write_text("index,axis-0,axis-1,axis-2\n0,3,20,10\n")
    assert converted(folder, "points", *AS_SQUARES) == {"a": [[7, 17, 6, 6]]}


def test_points__one_table_of_two_images__has_the_points_of_each(folder: Path) -> None:
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes())
    table = folder.parent / "all.csv"
    table.write_text("image,x,y\na.png,10,20\nb.png,30,40\nb.png,50,60\n")
    found = converted(table, "points", "--images", f"{folder}", *AS_SQUARES)
    assert {stem: len(boxes) for stem, boxes in found.items()} == {"a": 1, "b": 2}


def test_qupath__object_of_eight_parts__is_eight(folder: Path) -> None:
    parts = [[[[x, 10], [x + 4, 10], [x + 4, 14], [x, 14], [x, 10]]] for x in range(10, 90, 10)]
    feature = {
        "type": "Feature",
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
        "properties": {"objectType": "annotation", "classification": {"name": "plaque"}},
    }
    content = {"type": "FeatureCollection", "features": [feature]}
    (folder / "a.geojson").write_text(json.dumps(content))
    assert sorted(converted(folder, "qupath")["a"]) == [[x, 10, 4, 4] for x in range(10, 90, 10)]


def test_yolo__layout_of_yolo_1_1__has_its_class_names(folder: Path) -> None:
    (folder / "obj_train_data").mkdir()
    (folder / "a.png").rename(folder / "obj_train_data" / "a.png")
    (folder / "obj_train_data" / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    (folder / "obj.names").write_text("plaque\n")
    [[box]] = converted(folder, "yolo").values()
    assert box == pytest.approx([45, 36, 10, 8], abs=0.001)


def test_imagej__overlay_in_a_tiff__is_read(folder: Path) -> None:
    (folder / "a.png").unlink()
    roi = roifile.ImagejRoi()
    roi.roitype = roifile.ROI_TYPE.RECT
    roi.left, roi.top, roi.right, roi.bottom = 10, 20, 16, 25
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    tifffile.imwrite(folder / "a.tif", pixels, imagej=True, metadata={"Overlays": [roi.tobytes()]})
    assert converted(folder, "imagej") == {"a": [[10, 20, 6, 5]]}


def test_imagej__points_in_a_stack__are_of_the_plane_that_is_chosen(folder: Path) -> None:
    (folder / "a.png").unlink()
    pixels = np.zeros((3, 2, HEIGHT, WIDTH), np.uint8)
    tifffile.imwrite(folder / "a.tif", pixels, imagej=True, metadata={"axes": "ZCYX"})
    roi = roifile.ImagejRoi.frompoints(np.array([[10, 20], [40, 30]], np.float32))
    roi.roitype = roifile.ROI_TYPE.POINT
    (folder / "a.roi").write_bytes(roi.tobytes())
    options = ("--channel", "2", "--z", "max", *AS_SQUARES)
    assert len(converted(folder, "imagej", *options)["a"]) == 2
