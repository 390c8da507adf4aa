"""What datumaro reads of ours, and we of datumaro's: run with datumaro 1.13.12."""

from pathlib import Path
from typing import Any

import pytest

from client_boxes import Found, boxes_of, client_dataset, found, read_by_us, written_by_us
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
datumaro = pytest.importorskip("datumaro", reason="not installed: pip install datumaro")

NAMES: dict[FormatName, str] = {
    "coco": "coco",
    "yolo": "yolo",
    "voc": "voc",
    "cvat": "cvat",
}


def read_by_datumaro(folder: Path, name: str) -> Found:
    dataset = datumaro.Dataset.import_from(str(folder), name)
    classes = dataset.categories()[datumaro.AnnotationType.label]
    return found(
        (item.id + ".png", classes[box.label].name, (box.x, box.y, box.x + box.w, box.y + box.h))
        for item in dataset
        for box in item.annotations
        if box.type == datumaro.AnnotationType.bbox
    )


@pytest.mark.parametrize("format_name", ["coco", "yolo", "cvat"])
def test_datumaro__what_we_write__reads_the_same_boxes(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us(format_name, dataset, tmp_path / "out")
    assert read_by_datumaro(out, NAMES[format_name]) == boxes_of(dataset)


def test_datumaro__our_voc__begins_a_pixel_later_as_it_counts_from_0(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0)
    out = written_by_us("voc", dataset, tmp_path / "out")
    assert read_by_datumaro(out, "voc") == {
        stem: [(name, x0 + 1, y0 + 1, x1, y1) for name, x0, y0, x1, y1 in boxes]
        for stem, boxes in boxes_of(dataset).items()
    }


@pytest.mark.parametrize("format_name", NAMES)
def test_datumaro__what_it_writes__is_read_to_the_box(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0 if format_name == "voc" else 0.25)
    ours = written_by_us("coco", dataset, tmp_path / "coco")
    theirs: Any = datumaro.Dataset.import_from(str(ours), "coco")
    theirs.transform("map_subsets", mapping={"default": "train"})
    theirs.export(str(tmp_path / "out"), NAMES[format_name], save_media=True)
    source = Source(tmp_path / "out", first_pixel=0)
    assert read_by_us(format_name, source) == boxes_of(dataset)
