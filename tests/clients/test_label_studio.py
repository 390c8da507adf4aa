"""What Label Studio's converter reads of ours, and we of it: run with label-studio-sdk 2.1.2."""

import json
from pathlib import Path

import pytest

from client_boxes import boxes_of, client_dataset, copy_images, read_by_us, written_by_us
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
converter = pytest.importorskip(
    "label_studio_sdk.converter", reason="not installed: pip install label-studio-sdk"
)


# Not VOC, for which it cuts off fractions: 6.9999, which 7 becomes in percent and back, is 6.
@pytest.mark.parametrize("format_name", ["coco", "yolo"])
def test_label_studio__what_we_write__has_the_same_boxes(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = written_by_us("label-studio", dataset, tmp_path / "out")
    converted = tmp_path / "converted"
    own = converter.Converter(str(out / "labeling_config.xml"), str(out), download_resources=False)
    own.convert(str(out / "tasks.json"), str(converted), format_name.upper(), is_dir=False)
    copy_images(dataset, converted / "images")
    source = Source(converted)
    assert read_by_us(format_name, source) == boxes_of(dataset)


def test_label_studio__tasks_it_makes_of_coco__are_read_to_the_box(tmp_path: Path) -> None:
    coco = pytest.importorskip("label_studio_sdk.converter.imports.coco")
    dataset = client_dataset(tmp_path / "set")
    ours = written_by_us("coco", dataset, tmp_path / "ours")
    path = tmp_path / "out" / "tasks.json"
    path.parent.mkdir()
    coco.convert_coco_to_ls(
        str(ours / "annotations" / "instances_default.json"),
        str(path),
        out_type="annotations",
        image_root_url="/data/local-files/?d=images",
    )
    assert json.loads(path.read_text())
    source = Source(path, images=ours / "images")
    assert read_by_us("label-studio", source) == boxes_of(dataset)
