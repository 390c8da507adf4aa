"""What globox reads of ours, and we of globox's: run with globox 2.9.0."""

from pathlib import Path
from typing import Any

import pytest

from client_boxes import (
    CLASS_NAMES,
    Found,
    boxes_of,
    client_dataset,
    copy_images,
    found,
    read_by_us,
    written_by_us,
)
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
globox = pytest.importorskip("globox", reason="not installed: pip install globox")
Annotations = globox.AnnotationSet

NUMBERS = {name: number for number, name in enumerate(CLASS_NAMES)}
NAMES = {str(number): name for name, number in NUMBERS.items()}


def boxes_by_globox(annotations: Any) -> Found:
    return found(
        (str(each.image_id), NAMES.get(box.label, box.label), box.ltrb)
        for each in annotations
        for box in each.boxes
    )


def test_globox__our_coco__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("coco", dataset, tmp_path / "out")
    read = Annotations.from_coco(out / "annotations" / "instances_default.json")
    assert boxes_by_globox(read) == boxes_of(dataset)


def test_globox__our_yolo__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("yolo", dataset, tmp_path / "out")
    read = Annotations()
    for asset in dataset.assets:
        read |= Annotations.from_yolo_v5(
            out / "labels" / asset.name,
            image_folder=out / "images" / asset.name,
            image_extension=".png",
        )
    assert boxes_by_globox(read) == boxes_of(dataset)


def test_globox__our_cvat__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("cvat", dataset, tmp_path / "out")
    assert boxes_by_globox(Annotations.from_cvat(out / "annotations.xml")) == boxes_of(dataset)


def test_globox__our_labelme__has_the_same_boxes(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("labelme", dataset, tmp_path / "out")
    read = Annotations.from_labelme(out, recursive=True)
    assert boxes_by_globox(read) == boxes_of(dataset)


def test_globox__our_voc__begins_a_pixel_later_as_it_counts_from_0(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0)
    out = written_by_us("voc", dataset, tmp_path / "out")
    read = Annotations.from_pascal_voc(out / "Annotations", recursive=True)
    assert boxes_by_globox(read) == {
        stem: [(name, x0 + 1, y0 + 1, x1, y1) for name, x0, y0, x1, y1 in boxes]
        for stem, boxes in boxes_of(dataset).items()
    }


@pytest.mark.parametrize("format_name", ["coco", "yolo", "voc", "cvat", "labelme"])
def test_globox__what_it_writes__is_read_to_the_box(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0 if format_name == "voc" else 0.25)
    images = written_by_us("labelme", dataset, tmp_path / "ours")
    annotations = Annotations.from_labelme(images, recursive=True)
    out = tmp_path / "out"
    copy_images(dataset, out)
    match format_name:
        case "coco":
            annotations.save_coco(out / "coco.json", auto_ids=True)
        case "cvat":
            annotations.save_cvat(out / "annotations.xml")
        case "yolo":
            annotations.save_yolo_v5(out, label_to_id=NUMBERS)
            (out / "classes.txt").write_text("\n".join(CLASS_NAMES))
        case "voc":
            annotations.save_pascal_voc(out)
        case _:
            annotations.save_labelme(out)
    source = Source(out, first_pixel=0)
    assert read_by_us(format_name, source) == boxes_of(dataset)
