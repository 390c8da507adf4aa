"""Tests that readers of documents end well, with damage that Hypothesis draws and shrinks."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foreign_files import save_image
from fuzz import foreign_documents as foreign
from fuzz.strategies import damaged_documents, damaged_texts
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import GapJunctionError

DOCUMENTS: dict[str, tuple[FormatName, str, Any]] = {
    "coco": ("coco", "instances.json", foreign.COCO),
    "labelme": ("labelme", "a.json", foreign.LABELME),
    "label studio": ("label-studio", "tasks.json", foreign.LABEL_STUDIO),
    "label studio predictions": ("label-studio", "tasks.json", foreign.LABEL_STUDIO_PREDICTIONS),
    "JSON-MIN": ("label-studio", "tasks.json", foreign.LABEL_STUDIO_MIN),
    "qupath": ("qupath", "a.geojson", foreign.QUPATH),
}
TEXTS: dict[str, tuple[FormatName, str, str]] = {
    "voc": ("voc", "a.xml", foreign.VOC),
    "cvat": ("cvat", "annotations.xml", foreign.CVAT),
    "yolo rows": ("yolo", "a.txt", foreign.YOLO_ROWS),
    "makesense": ("makesense", "labels.csv", foreign.MAKESENSE),
    "napari": ("points", "a.csv", foreign.POINTS_NAPARI),
    "ImageJ": ("points", "a.csv", foreign.POINTS_IMAGEJ),
    "decimal commas": ("points", "a.csv", foreign.POINTS_EUROPEAN),
}


def require_boxes_or_refusal(format_name: FormatName, file: str, content: bytes) -> None:
    """Read a file beside an image; boxes that are read have sides above 0."""
    with TemporaryDirectory() as folder:
        save_image(Path(folder) / "a.png")
        (Path(folder) / file).write_bytes(content)
        try:
            result = FORMATS[format_name][0](Source(Path(folder), point_size_px=4.0))
        except GapJunctionError:
            return
        for dataset in result.datasets:
            for image in dataset.images():
                sides = image.boxes[:, 2:] - image.boxes[:, :2]
                assert (sides > 0).all()


@pytest.mark.parametrize("name", DOCUMENTS)
@given(draw=st.data())
def test_read__damaged_document__gives_boxes_or_is_refused(name: str, draw: st.DataObject) -> None:
    format_name, file, document = DOCUMENTS[name]
    damaged = draw.draw(damaged_documents(document))
    require_boxes_or_refusal(format_name, file, json.dumps(damaged).encode())


@pytest.mark.parametrize("name", TEXTS)
@given(draw=st.data())
def test_read__damaged_text__gives_boxes_or_is_refused(name: str, draw: st.DataObject) -> None:
    format_name, file, text = TEXTS[name]
    require_boxes_or_refusal(format_name, file, draw.draw(damaged_texts(text)))
