"""What LabelMe's own code reads of ours, and we of LabelMe's: run with labelme 6.3.1."""

import json
from pathlib import Path

import pytest

from client_boxes import boxes_of, client_dataset, found, read_by_us, written_by_us
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
label_file = pytest.importorskip(
    "labelme._label_file",
    reason="not installed: pip install labelme",
    exc_type=ImportError,  # as where Qt lacks a library
)


def test_labelme__what_we_write__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("labelme", dataset, tmp_path / "out")
    files = [label_file.LabelFile(str(path)) for path in out.rglob("*.json")]
    read = found(
        (str(file.image_path), shape["label"], [*shape["points"][0], *shape["points"][1]])
        for file in files
        for shape in file.shapes
    )
    assert {shape["shape_type"] for file in files for shape in file.shapes} == {"rectangle"}
    assert read == boxes_of(dataset)


def test_labelme__what_it_saves__is_read_to_the_box(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("labelme", dataset, tmp_path / "out")
    for path in out.rglob("*.json"):
        file = label_file.LabelFile(str(path))
        path.unlink()
        file.save(
            filename=str(path),
            shapes=json.loads(json.dumps(file.shapes)),
            image_path=file.image_path,
            image_height=60,
            image_width=80,
        )
    assert read_by_us("labelme", Source(out)) == boxes_of(dataset)
