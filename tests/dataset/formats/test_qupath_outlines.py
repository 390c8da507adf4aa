"""Tests for `gapjunction.dataset.formats.qupath_outlines`."""

import json
from pathlib import Path
from typing import Any

import pytest

from gapjunction.dataset.formats.area_outlines import AreaOutline
from gapjunction.dataset.formats.qupath_outlines import read_qupath_outlines
from gapjunction.errors import DatasetError

SQUARE = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]
HOLE = [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"objectType": "annotation"} | properties,
    }


def outlines(folder: Path, *features: dict[str, Any]) -> list[AreaOutline]:
    path = folder / "image.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return list(read_qupath_outlines(path))


def test_read_qupath_outlines__polygon_with_a_hole__has_a_ring_of_each(tmp_path: Path) -> None:
    (found,) = outlines(tmp_path, feature("Polygon", [SQUARE, HOLE]))
    assert [ring.tolist() for ring in found.parts[0]] == [SQUARE, HOLE]


def test_read_qupath_outlines__several_polygons__are_parts_of_one(tmp_path: Path) -> None:
    (found,) = outlines(tmp_path, feature("MultiPolygon", [[SQUARE], [HOLE]]))
    assert [part[0].tolist() for part in found.parts] == [SQUARE, HOLE]


def test_read_qupath_outlines__collection__is_one(tmp_path: Path) -> None:
    each = feature("GeometryCollection", None)
    each["geometry"]["geometries"] = [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "Point", "coordinates": [1, 1]},
    ]
    (found,) = outlines(tmp_path, each)
    assert len(found.parts) == 1


def test_read_qupath_outlines__name_and_class__are_kept(tmp_path: Path) -> None:
    given = {"name": "left", "classification": {"name": "Cortex"}}
    (found,) = outlines(tmp_path, feature("Polygon", [SQUARE], **given))
    assert (found.name, found.class_name) == ("left", "Cortex")


@pytest.mark.parametrize("name", [None, 7, ["left"]])
def test_read_qupath_outlines__name_that_is_no_text__is_none(tmp_path: Path, name: object) -> None:
    assert outlines(tmp_path, feature("Polygon", [SQUARE], name=name))[0].name == ""


@pytest.mark.parametrize(
    "each",
    [
        feature("LineString", SQUARE),
        feature("MultiPoint", SQUARE),
        feature("Polygon", [SQUARE], objectType="cell"),
        feature("Polygon", [SQUARE], objectType="detection"),
    ],
)
def test_read_qupath_outlines__no_annotated_area__is_left_out(
    tmp_path: Path, each: dict[str, Any]
) -> None:
    assert outlines(tmp_path, each) == []


def test_read_qupath_outlines__polygon_without_corners__is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="object 0: expected corners"):
        outlines(tmp_path, feature("Polygon", [[]]))
