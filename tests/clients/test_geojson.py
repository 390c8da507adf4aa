"""Shapely and geojson with QuPath's files: run with shapely 2.2.0 and geojson 3.3.0."""

import json
from pathlib import Path

import pytest

from client_boxes import boxes_of, client_dataset, copy_images, found, read_by_us, written_by_us
from gapjunction.dataset.formats.source import Source

pytestmark = pytest.mark.slow
shapely = pytest.importorskip("shapely", reason="not installed: pip install shapely")
geojson = pytest.importorskip("geojson", reason="not installed: pip install geojson")


def test_geojson__what_we_write__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("qupath", dataset, tmp_path / "out")
    read = []
    for path in out.rglob("*.geojson"):
        collection = geojson.loads(path.read_text())
        assert collection.is_valid
        for each in collection["features"]:
            outline = shapely.from_geojson(json.dumps(each["geometry"]))
            assert outline.equals(shapely.box(*outline.bounds))
            name = each["properties"]["classification"]["name"]
            read.append((path.with_suffix(".tif").name, name, outline.bounds))
    assert found(read) == boxes_of(dataset)


def test_geojson__what_they_write__is_read_to_the_box(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = tmp_path / "out"
    copy_images(dataset, out)
    for stem, boxes in boxes_of(dataset).items():
        features = [
            geojson.Feature(
                geometry=shapely.box(*corners),
                properties={"objectType": "annotation", "classification": {"name": name}},
            )
            for name, *corners in boxes
        ]
        text = geojson.dumps(geojson.FeatureCollection(features))
        (out / f"{stem}.geojson").write_text(text)
    assert read_by_us("qupath", Source(out)) == boxes_of(dataset)
