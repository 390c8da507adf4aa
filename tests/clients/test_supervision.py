"""What we read of supervision's files: run with supervision 0.31.2, as tests of formats are."""

from pathlib import Path
from types import ModuleType

import pytest

from client_boxes import boxes_of, client_dataset, copy_images, read_by_us, written_by_us
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
pytest.importorskip("cv2", reason="not installed: pip install opencv-python-headless")
supervision: ModuleType = pytest.importorskip(
    "supervision", reason="not installed: pip install supervision"
)


@pytest.mark.parametrize("format_name", ["coco", "yolo", "voc"])
def test_supervision__what_it_writes__is_read_to_the_box(
    tmp_path: Path, format_name: FormatName
) -> None:
    dataset = client_dataset(tmp_path / "set", fraction=0 if format_name == "voc" else 0.25)
    ours = written_by_us("coco", dataset, tmp_path / "ours")
    annotations = ours / "annotations" / "instances_default.json"
    theirs = supervision.DetectionDataset.from_coco(str(ours / "images"), str(annotations))
    out = tmp_path / "out"
    copy_images(dataset, out)
    match format_name:
        case "coco":
            theirs.as_coco(annotations_path=str(out / "coco.json"))
        case "yolo":
            theirs.as_yolo(
                annotations_directory_path=str(out), data_yaml_path=str(out / "data.yaml")
            )
        case _:
            theirs.as_pascal_voc(annotations_directory_path=str(out))
    assert read_by_us(format_name, Source(out)) == boxes_of(dataset)
