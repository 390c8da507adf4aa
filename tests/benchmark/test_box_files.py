"""Tests for `gapjunction.benchmark.box_files`."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.errors import DetectionsFileError

BOX = {
    "label_name": "gap_junction",
    "bbox_x": 1.0,
    "bbox_y": 2.0,
    "bbox_width": 3.0,
    "bbox_height": 4.0,
}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a_bbox.json", "zzz"),
        ("a_bbox.json", "A"),
        ("a_bbox.json", "a_bbox"),
        ("a_bbox.json", "b__a"),
        ("a_bbox.json", "a.b.webp"),
        ("a_bbox.json", ""),
        ("b__.json", ""),
        ("ba.json", "a"),
        ("b_a.json", "a"),
    ],
)
def test_read_boxes_of_image__boxes_of_another_image__are_refused(
    tmp_path: Path, name: str, key: str
) -> None:
    path = write(tmp_path / name, {key: [BOX]})
    with pytest.raises(DetectionsFileError, match=f"key: expected .*, found {key!r};"):
        read_boxes_of_image(path)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.b.json", "a.b"),
        ("a.b.json", "a.b.tif"),
        ("rat__s1__a_bbox.json", "a"),
        ("rat__s1__a.json", "a.webp"),
        ("rat__s1__b__a.json", "b__a"),
        (f"{unicodedata.normalize('NFD', 'é')}.json", unicodedata.normalize("NFC", "é.png")),
    ],
)
def test_read_boxes_of_image__key_of_the_image__is_taken(
    tmp_path: Path, name: str, key: str
) -> None:
    assert len(read_boxes_of_image(write(tmp_path / name, {key: [BOX]})).records) == 1


@pytest.mark.parametrize("side", ["bbox_width", "bbox_height"])
def test_read_boxes_of_image__negative_side__names_the_box(tmp_path: Path, side: str) -> None:
    path = write(tmp_path / "a.json", {"a": [BOX, BOX | {side: -2.0}]})
    with pytest.raises(DetectionsFileError, match="box 1: expected a width and a height of 0"):
        read_boxes_of_image(path)
