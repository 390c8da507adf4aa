"""What labelformat reads of ours, and we of labelformat's: run with labelformat 0.1.17."""

from pathlib import Path
from typing import Any

import pytest

from client_boxes import (
    CLASS_NAMES,
    Found,
    boxes_of,
    client_dataset,
    found,
    read_by_us,
    written_by_us,
)
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
formats = pytest.importorskip(
    "labelformat.formats", reason="not installed: pip install labelformat"
)


def opened(format_name: FormatName, folder: Path) -> Any:
    match format_name:
        case "coco":
            return formats.COCOObjectDetectionInput(
                folder / "annotations" / "instances_default.json"
            )
        case "yolo":
            return formats.YOLOv8ObjectDetectionInput(folder / "data.yaml", "train")
        case "cvat":
            # It refuses the XML declaration, which CVAT writes as well.
            path = folder / "annotations.xml"
            path.write_text(path.read_text().partition("?>")[2].lstrip())
            return formats.CVATObjectDetectionInput(path)
        case _:
            return formats.PascalVOCObjectDetectionInput(
                folder / "Annotations" / "rat_1", ",".join(CLASS_NAMES)
            )


def read_by_labelformat(format_name: FormatName, folder: Path) -> Found:
    return found(
        (
            each.image.filename,
            obj.category.name,
            (obj.box.xmin, obj.box.ymin, obj.box.xmax, obj.box.ymax),
        )
        for each in opened(format_name, folder).get_labels()
        for obj in each.objects
    )


@pytest.mark.parametrize("format_name", ["coco", "yolo", "cvat"])
def test_labelformat__what_we_write__has_the_same_boxes(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us(format_name, dataset, tmp_path / "out")
    assert read_by_labelformat(format_name, out) == boxes_of(dataset)


@pytest.mark.parametrize("format_name", ["coco", "yolo", "voc", "cvat"])
def test_labelformat__what_it_writes__is_read_to_the_box(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0 if format_name == "voc" else 0.25)
    # It keeps COCO's numbers of classes, from 1 on, where YOLO's begin at 0.
    read_from: FormatName = "yolo" if format_name == "yolo" else "coco"
    ours = written_by_us(read_from, dataset, tmp_path / "ours")
    labels, out = opened(read_from, ours), tmp_path / "out"
    for asset in dataset.assets:
        (out / asset.name).mkdir(parents=True)
    match format_name:
        case "coco":
            formats.COCOObjectDetectionOutput(out / "coco.json").save(labels)
        case "yolo":
            formats.YOLOv8ObjectDetectionOutput(out / "data.yaml", "train").save(labels)
        case "voc":
            formats.PascalVOCObjectDetectionOutput(out).save(labels)
        case _:
            formats.CVATObjectDetectionOutput(out, "task").save(labels)
    source = Source(out, images=ours / "images", first_pixel=0)
    assert read_by_us(format_name, source) == boxes_of(dataset)
