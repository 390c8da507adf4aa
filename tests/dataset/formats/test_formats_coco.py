"""Tests for `gapjunction.dataset.formats.coco`."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pycocotools.coco import COCO

from builders import build_dataset, edit_json
from foreign_files import HEIGHT, WIDTH, only_image, refusal, save_image
from gapjunction.dataset.formats.coco import (
    ANNOTATIONS,
    OTHER_TASK,
    WITHOUT_BOX,
    read_coco,
    write_coco_dataset,
)
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.strays import OF_NO_CLASS, OF_NO_IMAGE
from gapjunction.dataset.reader import read_dataset

CATEGORIES = [{"id": 7, "name": "gap_junction"}]
IMAGE = {"id": 1, "file_name": "a.png", "height": HEIGHT, "width": WIDTH}
ANNOTATION = {"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 4, 5]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the image a.png."""
    save_image(tmp_path / "a.png")
    return tmp_path


def save_coco(folder: Path, **changes: Any) -> Path:
    """Write a COCO file with one box, but for the changes."""
    content = {"images": [IMAGE], "annotations": [ANNOTATION], "categories": CATEGORIES}
    (folder / "coco.json").write_text(json.dumps(content | changes), encoding="utf-8")
    return folder / "coco.json"


def test_read_coco__category_ids_with_gaps__become_labels(folder: Path) -> None:
    save_coco(folder)
    image = only_image(read_coco, Source(folder))
    assert (image.boxes.tolist(), image.labels.tolist()) == ([[1, 2, 5, 7]], [0])


def test_read_coco__listed_without_objects__is_empty(folder: Path) -> None:
    save_coco(folder, annotations=[])
    assert only_image(read_coco, Source(folder)).is_annotated


def test_read_coco__not_listed__is_one_nobody_looked_at(folder: Path) -> None:
    save_coco(folder, images=[], annotations=[])
    assert not only_image(read_coco, Source(folder)).is_annotated


def test_read_coco__outlines_and_crowds__are_noted(folder: Path) -> None:
    save_coco(folder, annotations=[ANNOTATION | {"iscrowd": 1, "segmentation": [[1, 2, 5, 7]]}])
    assert len(read_coco(Source(folder)).notes) == 2


CORNERS = [[20, 15, 26, 20], [30, 3, 36, 9], [25, 20, 30, 28]]  # x0, y0, x1, y1


def test_read_coco__corners_in_place_of_sizes__are_refused(folder: Path) -> None:
    save_coco(folder, annotations=[ANNOTATION | {"bbox": bbox} for bbox in CORNERS])
    line = refusal(read_coco, Source(folder))
    assert "coco.json: expected bbox of x, y, width, height, found 3 of 3 boxes" in line


def test_read_coco__area_that_width_and_height_give__is_believed(folder: Path) -> None:
    boxes = [{"bbox": bbox, "area": bbox[2] * bbox[3]} for bbox in CORNERS]
    save_coco(folder, annotations=[ANNOTATION | each for each in boxes])
    assert len(only_image(read_coco, Source(folder)).boxes) == 3


@pytest.mark.parametrize("bbox", [None, []])
def test_read_coco__outline_without_a_box__gives_the_box_around_it(
    folder: Path, bbox: list[int] | None
) -> None:
    outline = [[10, 20, 16, 20, 16, 25, 10, 25]]
    without = {"bbox": bbox, "segmentation": outline}
    save_coco(folder, annotations=[ANNOTATION | without])
    assert only_image(read_coco, Source(folder)).boxes.tolist() == [[10, 20, 16, 25]]
    assert read_coco(Source(folder)).notes == (f"{WITHOUT_BOX}: 1",)


def test_read_coco__list_of_images_beside_their_objects__is_passed_over(folder: Path) -> None:
    other = save_coco(folder, annotations=[]).rename(folder / "image_info_default.json")
    save_coco(folder)
    assert only_image(read_coco, Source(folder)).boxes.tolist() == [[1, 2, 5, 7]]
    assert read_coco(Source(folder)).notes == (f"{OTHER_TASK}: 1 ({other.name})",)


def test_read_coco__the_same_once_more__is_passed_over(folder: Path) -> None:
    other = save_coco(folder).rename(folder / "stuff_default.json")
    save_coco(folder)
    assert only_image(read_coco, Source(folder)).boxes.tolist() == [[1, 2, 5, 7]]
    assert read_coco(Source(folder)).notes == (f"{OTHER_TASK}: 1 ({other.name})",)


def test_read_coco__two_empty_lists_of_the_same_images__are_one(folder: Path) -> None:
    save_coco(folder, annotations=[]).rename(folder / "image_info_default.json")
    save_coco(folder, annotations=[])
    assert only_image(read_coco, Source(folder)).is_annotated


@pytest.mark.parametrize(
    ("stray", "words"),
    [({"image_id": 8}, OF_NO_IMAGE), ({"category_id": 8}, OF_NO_CLASS)],
)
def test_read_coco__one_unknown_id_of_ten__is_left_out_and_named(
    folder: Path, stray: dict[str, int], words: str
) -> None:
    others = [ANNOTATION | {"bbox": [x, 2, 4, 5]} for x in range(9)]
    path = save_coco(folder, annotations=[*others, ANNOTATION | stray])
    assert len(only_image(read_coco, Source(folder)).boxes) == 9
    assert read_coco(Source(folder)).notes == (f"{words}: 1 (first: {path}, annotation 9)",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"images": [IMAGE | {"file_name": "b.png"}]}, "image 1: expected one image 'b.png'"),
        ({"images": [IMAGE, IMAGE]}, "image 1: expected an id of its own, found 1 again"),
        ({"images": [IMAGE | {"width": 9}]}, "expected the image's size, 40 x 30 px"),
        (
            {"annotations": [ANNOTATION | {"category_id": 8}]},
            "annotation 0: expected the id of a c",
        ),
        ({"annotations": [ANNOTATION | {"image_id": 8}]}, "annotation 0: expected the id of an im"),
        ({"annotations": [ANNOTATION | {"bbox": [1, 2, 3]}]}, "4 numbers for bbox, found 3"),
        ({"annotations": [ANNOTATION | {"bbox": [1, 2, 3, float("nan")]}]}, "found nan"),
        ({"annotations": [ANNOTATION | {"bbox": [1, 2, 0, 5]}]}, "a width and height above 0"),
        ({"annotations": [3]}, "annotation 0: expected a JSON object"),
        ({"categories": [{"id": 1}]}, "category 0: expected name as text, found nothing"),
    ],
)
def test_read_coco__something_wrong__is_one_line_that_names_it(
    folder: Path, changes: dict[str, Any], words: str
) -> None:
    save_coco(folder, **changes)
    assert words in refusal(read_coco, Source(folder))


def test_read_coco__other_json_beside_it__is_passed_over(folder: Path) -> None:
    save_coco(folder)
    (folder / "manifest.json").write_text("{}")
    assert only_image(read_coco, Source(folder)).is_annotated


def test_read_coco__no_coco_file__says_what_was_expected(folder: Path) -> None:
    assert "expected a COCO file" in refusal(read_coco, Source(folder))


def test_write_coco__pycocotools__reads_the_same_boxes(tmp_path: Path, out: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", class_names=("a", "b")))
    write_coco_dataset(dataset, out)
    with redirect_stdout(io.StringIO()):
        coco = COCO(out / ANNOTATIONS)
    for asset in dataset.assets:
        for image in asset.images:
            [found] = [
                each
                for each in coco.loadImgs(coco.getImgIds())
                if each["file_name"] == f"{asset.name}/{image.path.name}"
            ]
            assert (out / "images" / found["file_name"]).is_file()
            boxes = coco.loadAnns(coco.getAnnIds(imgIds=[found["id"]]))
            corners = image.boxes.tolist()
            assert [each["bbox"] for each in boxes] == [
                [x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in corners
            ]
            assert [each["category_id"] - 1 for each in boxes] == image.labels.tolist()


def test_write_coco__supervision__reads_the_same_boxes(
    tmp_path: Path, out: Path, supervision: ModuleType
) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set"))
    write_coco_dataset(dataset, out)
    read = supervision.DetectionDataset.from_coco(str(out / "images"), str(out / ANNOTATIONS))
    found = {Path(path).name: detections.xyxy.tolist() for path, _, detections in read}
    assert found == {image.path.name: image.boxes.tolist() for image in dataset.images()}


def test_write_coco__predictions__are_not_among_the_annotations(tmp_path: Path, out: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1, images_per_asset=1)
    [path] = root.rglob("*_bbox.json")
    [(key, records)] = json.loads(path.read_text()).items()
    edit_json(path, **{key: [record | {"score": 0.5} for record in records]})
    write_coco_dataset(read_dataset(root), out)
    assert json.loads((out / ANNOTATIONS).read_text())["images"] == []
    back = only_image(read_coco, Source(out))
    assert back.predictions is not None
    assert back.predictions.scores.tolist() == [0.5] * len(records)
