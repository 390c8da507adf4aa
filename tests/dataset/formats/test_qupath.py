"""Tests for `gapjunction.dataset.formats.qupath`."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders import build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.qupath import read_qupath, write_qupath
from gapjunction.dataset.formats.qupath_kinds import AROUND, DETECTION, IGNORED, OTHERS, REGIONS
from gapjunction.dataset.formats.shapes import DETECTED, PARTS, WITHOUT_AREA, WITHOUT_CLASS
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset

RING = [[1, 2], [5, 2], [5, 7], [1, 7], [1, 2]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
CLASS = {"classification": {"name": "plaque", "color": [255, 0, 16]}}
FEATURE = {"type": "Feature", "geometry": POLYGON, "properties": CLASS}


def save_features(folder: Path, content: Any) -> Source:
    """Write an image and its GeoJSON file."""
    save_image(folder / "a.png")
    save_text(folder / "a.geojson", json.dumps(content))
    return Source(folder)


@pytest.mark.parametrize(
    "content", [FEATURE, [FEATURE], {"type": "FeatureCollection", "features": [FEATURE]}]
)
def test_read_qupath__single_list_or_collection__gives_the_box(
    tmp_path: Path, content: Any
) -> None:
    dataset = only_dataset(read_qupath, save_features(tmp_path, content))
    [image] = dataset.images()
    assert image.boxes.tolist() == [[1, 2, 5, 7]]
    assert dataset.classes == {"plaque": "#FF0010"}


def test_read_qupath__no_features__is_empty_and_no_file_is_not(tmp_path: Path) -> None:
    source = save_features(tmp_path, [])
    save_image(tmp_path / "b.png")
    [empty, unseen] = only_dataset(read_qupath, source).images()
    assert (empty.is_annotated, unseen.is_annotated) == (True, False)


def test_read_qupath__without_a_class__takes_the_given_one(tmp_path: Path) -> None:
    source = save_features(tmp_path, [FEATURE | {"properties": {}}])
    assert only_dataset(read_qupath, source).class_names == ("gap_junction",)
    assert read_qupath(source).notes == (f"{WITHOUT_CLASS}: 1",)


@pytest.mark.parametrize("measurements", [{"score": 0.5}, [{"name": "score", "value": 0.5}]])
def test_read_qupath__measured_score__makes_predictions(tmp_path: Path, measurements: Any) -> None:
    feature = FEATURE | {"properties": CLASS | {"measurements": measurements}}
    found = only_image(read_qupath, save_features(tmp_path, [feature])).predictions
    assert found is not None
    assert found.scores.tolist() == [0.5]


def test_read_qupath__several_polygons__are_an_object_each(tmp_path: Path) -> None:
    other = [[30, 22], [35, 22], [35, 27], [30, 27], [30, 22]]
    geometry = {"type": "MultiPolygon", "coordinates": [[RING], [other]]}
    source = save_features(tmp_path, [FEATURE | {"geometry": geometry, "properties": {}}])
    assert only_image(read_qupath, source).boxes.tolist() == [[1, 2, 5, 7], [30, 22, 35, 27]]
    assert read_qupath(source).notes == (f"{WITHOUT_CLASS}: 1", f"{PARTS}: 2")


@pytest.mark.parametrize("kind", ["cell", "tile", "tma_core", "root"])
def test_read_qupath__cells_tiles_and_cores__are_left_out_and_noted(
    tmp_path: Path, kind: str
) -> None:
    other = FEATURE | {"properties": CLASS | {"objectType": kind}}
    source = save_features(tmp_path, [FEATURE, other])
    assert len(only_image(read_qupath, source).boxes) == 1
    assert read_qupath(source).notes == (f"{OTHERS}: 1",)


def test_read_qupath__ids_of_old_versions__tell_the_kind(tmp_path: Path) -> None:
    source = save_features(tmp_path, [FEATURE, FEATURE | {"id": "PathCellObject"}])
    assert len(only_image(read_qupath, source).boxes) == 1


def test_read_qupath__ignored_class__is_left_out_and_noted(tmp_path: Path) -> None:
    ignored = FEATURE | {"properties": {"classification": {"name": "Ignore*"}}}
    source = save_features(tmp_path, [FEATURE, ignored])
    assert only_dataset(read_qupath, source).class_names == ("plaque",)
    assert read_qupath(source).notes == (f"{IGNORED}: 1",)


def feature(x: int, y: int, side: int, **properties: Any) -> dict[str, Any]:
    """Return a square annotation."""
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return FEATURE | {
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": properties,
    }


@pytest.mark.parametrize(
    "content",
    [
        [feature(0, 0, 30), feature(2, 2, 4, **CLASS)],
        [feature(0, 0, 15), feature(2, 2, 4)],
        [feature(0, 0, 30), feature(34, 2, 4)],
    ],
)
def test_read_qupath__region_around_plaques__is_left_out_and_noted(
    tmp_path: Path, content: list[Any]
) -> None:
    source = save_features(tmp_path, content)
    assert len(only_image(read_qupath, source).boxes) == len(content) - 1
    assert f"{REGIONS}: 1" in read_qupath(source).notes


def test_read_qupath__class_around_several_of_another__is_noted(tmp_path: Path) -> None:
    spots = [feature(2, 2, 4, **CLASS), feature(12, 2, 4, **CLASS)]
    source = save_features(tmp_path, [feature(0, 0, 30, classification={"name": "Tumor"}), *spots])
    assert only_dataset(read_qupath, source).class_names == ("Tumor", "plaque")
    assert read_qupath(source).notes == (f"{AROUND}: 1",)


def test_read_qupath__detection_without_a_score__is_a_prediction(tmp_path: Path) -> None:
    source = save_features(tmp_path, [FEATURE | {"properties": CLASS | {"objectType": DETECTION}}])
    image = only_image(read_qupath, source)
    assert image.predictions is not None
    assert image.predictions.scores.tolist() == [1]
    assert read_qupath(source).notes == (f"{DETECTED}: 1",)


def test_read_qupath__collection_of_geometries__is_read(tmp_path: Path) -> None:
    geometry = {"type": "GeometryCollection", "geometries": [POLYGON]}
    source = save_features(tmp_path, [FEATURE | {"geometry": geometry}])
    assert only_image(read_qupath, source).boxes.tolist() == [[1, 2, 5, 7]]


def test_read_qupath__objects_of_two_slices__are_noted(tmp_path: Path) -> None:
    planes = [{"plane": {"c": -1, "z": z, "t": 0}} for z in (3, 4)]
    source = save_features(tmp_path, [FEATURE | {"geometry": POLYGON | each} for each in planes])
    assert "images with objects of several slices, taken together: 1" in read_qupath(source).notes


def test_read_qupath__points__become_squares_of_the_given_size(tmp_path: Path) -> None:
    geometry = {"type": "MultiPoint", "coordinates": [[10, 10], [20, 20]]}
    save_features(tmp_path, [FEATURE | {"geometry": geometry}])
    sized = Source(tmp_path, point_size_px=4)
    assert only_image(read_qupath, sized).boxes.tolist() == [[8, 8, 12, 12], [18, 18, 22, 22]]


def test_read_qupath__line__is_left_out_and_noted(tmp_path: Path) -> None:
    geometry = {"type": "LineString", "coordinates": RING}
    source = save_features(tmp_path, [FEATURE | {"geometry": geometry}])
    assert read_qupath(source).notes == (f"{WITHOUT_AREA}: 1",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "Topology"}, "object 0: expected 'Feature' as type, found 'Topology'"),
        ({"geometry": None}, "object 0: expected a JSON object: geometry"),
        ({"geometry": POLYGON | {"coordinates": []}}, "object 0: expected corners, found none"),
        (
            {"geometry": POLYGON | {"coordinates": [[[1, float("nan")]]]}},
            "object 0: expected a finite number for y",
        ),
        (
            {"properties": {"classification": {"name": 3}}},
            "object 0: expected name of classification",
        ),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "how large the squares"),
    ],
)
def test_read_qupath__something_wrong__is_one_line_that_names_it(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in refusal(read_qupath, save_features(tmp_path, [FEATURE | changes]))


def test_write_qupath__rings__are_closed_and_of_four_corners(tmp_path: Path, out: Path) -> None:
    write_qupath(read_dataset(build_dataset(tmp_path / "set")), out)
    for path in out.rglob("*.geojson"):
        for feature in json.loads(path.read_text())["features"]:
            [ring] = feature["geometry"]["coordinates"]
            assert ring[0] == ring[-1]
            assert len(ring) == 5
            assert feature["properties"]["objectType"] == "annotation"


@pytest.mark.parametrize(
    ("classification", "name"),
    [
        ("plaque", "plaque"),
        ({"names": ["Cx43", "positive"], "color": [1, 2, 3, 4]}, "Cx43: positive"),
        ({"name": "positive", "parentClass": {"name": "Cx43"}}, "Cx43: positive"),
        ({"name": "x", "parentClass": {"name": "y", "parentClass": {"name": "z"}}}, "z: y: x"),
    ],
)
def test_read_qupath__classes_of_all_versions__are_named_as_qupath_does(
    tmp_path: Path, classification: Any, name: str
) -> None:
    source = save_features(tmp_path, FEATURE | {"properties": {"classification": classification}})
    assert only_dataset(read_qupath, source).class_names == (name,)
