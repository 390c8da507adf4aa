"""Tests for `gapjunction.measurement.region_files`."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import roifile
from numpy.typing import NDArray
from PIL import Image

from gapjunction.errors import GapJunctionError
from gapjunction.measurement.region_files import read_drawn, regions_in
from gapjunction.measurement.regions import Region

HEIGHT, WIDTH = 40, 50
# An uneven shape with a notch, over the left border.
CORNERS = [(-4.0, 5.0), (30.0, 3.0), (22.0, 18.0), (37.0, 33.0), (6.0, 38.0)]


def geojson(path: Path, *named: tuple[str, Sequence[tuple[float, float]]], kind: str = "") -> Path:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
            "properties": {"name": name, "classification": {"name": kind} if kind else None},
        }
        for name, corners in named
    ]
    path.write_text(json.dumps(features))
    return path


def roi_set(path: Path, name: str, corners: Sequence[tuple[float, float]]) -> Path:
    roi = roifile.ImagejRoi.frompoints(np.array(corners, np.float32), name=name)
    roi.roitype = roifile.ROI_TYPE.POLYGON
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(f"{name}.roi", roi.tobytes())
    return path


def mask(path: Path, pixels: NDArray[np.uint8]) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def regions_of(*paths: Path, excluded: Sequence[str] = ("exclude",)) -> list[Region]:
    return regions_in(read_drawn(paths), HEIGHT, WIDTH, excluded)


def on_image(region: Region) -> NDArray[np.bool_]:
    return region.window(0, 0, HEIGHT, WIDTH)


def square(x0: float, y0: float, side: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x0 + side, y0), (x0 + side, y0 + side), (x0, y0 + side)]


def test_regions_in__one_shape_in_imagej_qupath_and_a_mask__is_the_same(tmp_path: Path) -> None:
    (imagej,) = regions_of(roi_set(tmp_path / "a.zip", "cortex", CORNERS))
    (qupath,) = regions_of(geojson(tmp_path / "a.geojson", ("cortex", CORNERS)))
    pixels = 255 * on_image(imagej).astype(np.uint8)
    (masked,) = regions_of(mask(tmp_path / "a.png", pixels))
    np.testing.assert_array_equal(on_image(imagej), on_image(qupath))
    np.testing.assert_array_equal(on_image(imagej), on_image(masked))
    assert (imagej.name, qupath.name, masked.name) == ("cortex", "cortex", "255")


def test_regions_in__label_image__has_a_region_for_each_value(tmp_path: Path) -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[:10], pixels[20:, 20:] = 1, 4
    found = regions_of(mask(tmp_path / "a.png", pixels))
    assert [(each.name, each.num_px) for each in found] == [("1", 500), ("4", 600)]


def test_regions_in__overlapping_regions__both_keep_what_they_share(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.json", ("a", square(0, 0, 10)), ("b", square(5, 5, 10)))
    assert [each.num_px for each in regions_of(path)] == [100, 100]


@pytest.mark.parametrize("name", ["exclude", "Exclude", "vessel"])
def test_regions_in__excluded_name__is_taken_out_of_the_others(tmp_path: Path, name: str) -> None:
    path = geojson(tmp_path / "a.json", ("a", square(0, 0, 10)), (name, square(5, 5, 10)))
    (found,) = regions_of(path, excluded=("exclude", "vessel"))
    assert (found.name, found.num_px) == ("a", 75)


@pytest.mark.parametrize("kind", ["Exclude", "Ignore*"])
def test_regions_in__excluded_class__is_taken_out_of_the_image(tmp_path: Path, kind: str) -> None:
    (found,) = regions_of(geojson(tmp_path / "a.json", ("dust", square(0, 0, 10)), kind=kind))
    assert (found.name, found.num_px) == ("image", HEIGHT * WIDTH - 100)


def test_regions_in__excluded_value_of_a_mask__is_taken_out(tmp_path: Path) -> None:
    pixels = np.ones((HEIGHT, WIDTH), np.uint8)
    pixels[:10] = 2
    outlined = geojson(tmp_path / "a.json", ("a", square(0, 0, 20)))
    found = regions_of(outlined, mask(tmp_path / "a.png", pixels), excluded=("2",))
    assert [(each.name, each.num_px) for each in found] == [("a", 200), ("1", 1500)]


def test_regions_in__excluded_as_a_whole__is_empty(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.json", ("a", square(2, 2, 3)), ("exclude", square(0, 0, 10)))
    assert [each.num_px for each in regions_of(path)] == [0]


def test_regions_in__outline_outside_of_the_image__is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.json", ("far", square(WIDTH, 0, 9)))
    with pytest.raises(GapJunctionError, match=r"far: expected a region within the image"):
        regions_of(path)


def test_regions_in__outline_without_a_pixel__is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", ("x", [(5, 5), (5, 20), (5, 30)]))
    with pytest.raises(GapJunctionError, match=r"x: .*found one without a pixel"):
        regions_in(read_drawn([path]), HEIGHT, WIDTH, [])


def test_regions_in__mask_of_another_size__is_refused(tmp_path: Path) -> None:
    path = mask(tmp_path / "a.png", np.ones((HEIGHT, WIDTH - 1), np.uint8))
    with pytest.raises(GapJunctionError, match=r"expected .* 50 x 40 px, found 49 x 40 px"):
        regions_of(path)


def test_read_drawn__file_without_areas__is_refused(tmp_path: Path) -> None:
    with pytest.raises(GapJunctionError, match="expected regions"):
        read_drawn([geojson(tmp_path / "a.geojson")])
