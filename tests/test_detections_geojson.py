"""Tests for `gapjunction.detections_geojson`."""

import json
from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.dataset.formats.qupath_records import read_features
from gapjunction.detections import Detections
from gapjunction.detections_geojson import write_geojson

FOUND = Detections(
    as_boxes([[1.0, 2.0, 4.0, 8.0], [90_000.25, 3.0, 90_010.0, 9.0]]),
    np.array([0.5, 0.75], np.float32),
    np.array([1, 0]),
)


def test_write_geojson__boxes__are_detections_as_convert_reads_them(tmp_path: Path) -> None:
    write_geojson(tmp_path / "a.geojson", FOUND, ("gap", "other"), ("#4EF8FF", "#000102"))
    first, second = (feature for _, feature in read_features(tmp_path / "a.geojson"))
    assert first.geometry["coordinates"] == [[[1, 2], [4, 2], [4, 8], [1, 8], [1, 2]]]
    assert second.geometry["coordinates"][0][0] == [90_000.25, 3]
    assert (first.kind, first.class_name, first.measured_score) == ("detection", "other", 0.5)
    assert first.classification is not None
    assert first.classification.shown_color == "#000102"
    assert second.measured_score == pytest.approx(0.75)


def test_write_geojson__nothing__is_an_empty_collection(tmp_path: Path) -> None:
    write_geojson(tmp_path / "a.geojson", Detections.none(), ("gap",), ("#4EF8FF",))
    content = json.loads((tmp_path / "a.geojson").read_text())
    assert content == {"type": "FeatureCollection", "features": []}
