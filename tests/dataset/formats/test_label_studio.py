"""Tests for `gapjunction.dataset.formats.label_studio`."""

import json
from pathlib import Path
from typing import Any

import pytest

from foreign_files import HEIGHT, WIDTH, only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.label_studio import TWO_LABELS, read_label_studio
from gapjunction.dataset.formats.source import Source

VALUE = {"x": 10, "y": 20, "width": 5, "height": 10, "rectanglelabels": ["gap_junction"]}
REGION = {"type": "rectanglelabels", "value": VALUE}
IN_PIXELS = [[4, 6, 6, 9]]  # of 40 x 30 px


def save_tasks(folder: Path, link: str = "a.png", **answers: Any) -> Source:
    """Write an image and a task about it."""
    save_image(folder / "images" / "a.png")
    task = {"id": 1, "data": {"image": link}} | answers
    save_text(folder / "tasks.json", json.dumps([task]))
    return Source(folder)


def annotated(folder: Path, *regions: dict[str, Any]) -> Source:
    """Write a task with one annotation."""
    return save_tasks(folder, annotations=[{"result": list(regions)}])


def test_read_label_studio__percents__become_pixels(tmp_path: Path) -> None:
    assert only_image(read_label_studio, annotated(tmp_path, REGION)).boxes.tolist() == IN_PIXELS


@pytest.mark.parametrize(
    "link",
    [
        "/data/local-files/?d=images/a.png",
        "/data/upload/3/1b2c3d4e-a.png",
        "https://example.org/some/a.png",
        "s3://bucket/some/a.png",
        "images\\a.png",
    ],
)
def test_read_label_studio__links_that_occur__mean_the_image(tmp_path: Path, link: str) -> None:
    source = save_tasks(tmp_path, link, annotations=[{"result": [REGION]}])
    save_image(tmp_path / "images" / "b.png")
    assert [i.is_annotated for i in only_dataset(read_label_studio, source).images()] == [
        True,
        False,
    ]


def test_read_label_studio__empty_cancelled_or_no_annotation__are_told_apart(
    tmp_path: Path,
) -> None:
    empty = save_tasks(tmp_path / "a", annotations=[{"result": []}])
    cancelled = save_tasks(tmp_path / "b", annotations=[{"result": [], "was_cancelled": True}])
    unseen = save_tasks(tmp_path / "c")
    found = [only_image(read_label_studio, each) for each in (empty, cancelled, unseen)]
    assert [image.is_annotated for image in found] == [True, False, False]


def test_read_label_studio__predictions__stay_predictions(tmp_path: Path) -> None:
    regions = [REGION | {"score": 0.25}, REGION]
    source = save_tasks(tmp_path, predictions=[{"score": 0.5, "result": regions}])
    found = only_image(read_label_studio, source).predictions
    assert found is not None
    assert found.scores.tolist() == [0.25, 0.5]


def test_read_label_studio__annotation_beside_predictions__counts(tmp_path: Path) -> None:
    source = save_tasks(
        tmp_path, annotations=[{"result": [REGION]}], predictions=[{"result": [REGION, REGION]}]
    )
    image = only_image(read_label_studio, source)
    assert (image.boxes.tolist(), image.predictions) == (IN_PIXELS, None)


def test_read_label_studio__accepted_prediction__is_an_annotation(tmp_path: Path) -> None:
    image = only_image(read_label_studio, annotated(tmp_path, REGION | {"score": 0.5}))
    assert (image.is_annotated, image.predictions) == (True, None)


def test_read_label_studio__two_annotators__take_the_first_and_say_so(tmp_path: Path) -> None:
    answers = [{"result": [REGION]}, {"result": []}]
    source = save_tasks(tmp_path, annotations=answers)
    assert len(only_image(read_label_studio, source).boxes) == 1
    assert read_label_studio(source).notes[0].startswith("tasks annotated more than once")


@pytest.mark.parametrize(
    ("kind", "value", "box"),
    [
        ("polygonlabels", {"points": [[10, 10], [50, 10], [50, 50]]}, [4, 3, 20, 15]),
        ("ellipselabels", {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20}, [16, 9, 24, 21]),
        (
            "ellipselabels",  # 10 and 6 px long, turned by a right angle
            {"x": 50, "y": 50, "radiusX": 25, "radiusY": 20, "rotation": 90},
            [14, 5, 26, 25],
        ),
        ("rectanglelabels", VALUE | {"rotation": 45}, [1.879, 6, 5.414, 9.536]),
    ],
)
def test_read_label_studio__other_shapes__become_boxes_around_them(
    tmp_path: Path, kind: str, value: dict[str, Any], box: list[float]
) -> None:
    region = {"type": kind, "value": value | {kind: ["gap_junction"]}}
    source = annotated(tmp_path, region)
    assert only_image(read_label_studio, source).boxes[0].tolist() == pytest.approx(box, abs=0.001)
    assert len(read_label_studio(source).notes) == 1


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (REGION | {"original_width": WIDTH, "original_height": 9}, "expected the image's size, 40"),
        (
            REGION | {"value": VALUE | {"x": None}},
            "a.png, region 0: expected a finite number for x",
        ),
        (REGION | {"value": VALUE | {"rectanglelabels": []}}, "region 0: expected a label as text"),
        (REGION | {"value": VALUE | {"width": 0}}, "expected a width and height above 0"),
        (
            {"type": "polygonlabels", "value": {"polygonlabels": ["a"], "points": []}},
            "region 0: expected points, found none",
        ),
        (REGION | {"value": None}, "region 0: expected a JSON object"),
    ],
)
def test_read_label_studio__something_wrong__is_one_line_that_names_it(
    tmp_path: Path, region: dict[str, Any], words: str
) -> None:
    assert words in refusal(read_label_studio, annotated(tmp_path, region))


def test_read_label_studio__image_missing__is_named(tmp_path: Path) -> None:
    source = save_tasks(tmp_path, "b.png", annotations=[])
    assert "task 0: expected one image 'b.png'" in refusal(read_label_studio, source)


def save_flat(folder: Path, **changes: Any) -> Source:
    """Write a task as JSON-MIN has it, with one region."""
    region = VALUE | {"rotation": 0, "original_width": WIDTH, "original_height": HEIGHT}
    task = {"image": "/data/upload/a.png", "id": 1, "label": [region], "annotator": 1}
    save_image(folder / "images" / "a.png")
    save_text(folder / "tasks.json", json.dumps([task | {"annotation_id": 1} | changes]))
    return Source(folder)


def test_read_label_studio__json_min__is_read(tmp_path: Path) -> None:
    dataset = only_dataset(read_label_studio, save_flat(tmp_path))
    assert next(dataset.images()).boxes.tolist() == IN_PIXELS
    assert dataset.class_names == ("gap_junction",)


def test_read_label_studio__json_min_without_regions__is_empty(tmp_path: Path) -> None:
    assert only_image(read_label_studio, save_flat(tmp_path, label=[])).is_annotated


def test_read_label_studio__json_min_of_another_size__is_refused(tmp_path: Path) -> None:
    region = VALUE | {"original_width": WIDTH + 1, "original_height": HEIGHT}
    source = save_flat(tmp_path, label=[region])
    assert "expected the image's size, 40 x 30 px" in refusal(read_label_studio, source)


def test_read_label_studio__turned_image__is_refused(tmp_path: Path) -> None:
    source = annotated(tmp_path, REGION | {"image_rotation": 90})
    assert "expected an upright image, found one turned by 90 degrees" in refusal(
        read_label_studio, source
    )


def test_read_label_studio__file_of_an_old_version__is_read(tmp_path: Path) -> None:
    source = save_tasks(tmp_path, completions=[{"result": [REGION]}])
    assert only_image(read_label_studio, source).boxes.tolist() == IN_PIXELS


def test_read_label_studio__several_labels__are_noted(tmp_path: Path) -> None:
    value = VALUE | {"rectanglelabels": ["gap_junction", "bright"]}
    source = annotated(tmp_path, REGION | {"value": value})
    assert read_label_studio(source).notes == (f"{TWO_LABELS}: 1",)


def test_read_label_studio__mask_of_a_brush__is_refused(tmp_path: Path) -> None:
    region = {"type": "brushlabels", "value": {"rle": [1], "brushlabels": ["gap_junction"]}}
    assert "found a mask of a brush; export as COCO" in refusal(
        read_label_studio, annotated(tmp_path, region)
    )
