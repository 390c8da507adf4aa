"""Tests for `gapjunction.dataset.formats.labelme`."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders import build_dataset
from foreign_files import HEIGHT, WIDTH, only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.labelme import IN_GROUP, read_labelme, write_labelme
from gapjunction.dataset.formats.shapes import OUTLINES, WITHOUT_AREA
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset

SHAPE = {"label": "gap_junction", "points": [[1, 2], [5, 7]], "shape_type": "rectangle"}


def save_labelme(folder: Path, *shapes: dict[str, Any], **changes: Any) -> Source:
    """Write an image and its JSON file."""
    save_image(folder / "a.png")
    content = {"shapes": shapes, "imagePath": "a.png", "imageHeight": HEIGHT, "imageWidth": WIDTH}
    save_text(folder / "a.json", json.dumps(content | changes))
    return Source(folder)


@pytest.mark.parametrize("points", [[[1, 2], [5, 7]], [[5, 7], [1, 2]], [[1, 7], [5, 2]]])
def test_read_labelme__rectangle__from_any_two_corners(
    tmp_path: Path, points: list[list[int]]
) -> None:
    source = save_labelme(tmp_path, SHAPE | {"points": points})
    assert only_image(read_labelme, source).boxes.tolist() == [[1, 2, 5, 7]]
    assert read_labelme(source).notes == ()


def test_read_labelme__no_shapes__is_empty_and_no_file_is_not(tmp_path: Path) -> None:
    source = save_labelme(tmp_path)
    save_image(tmp_path / "b.png")
    [empty, unseen] = only_dataset(read_labelme, source).images()
    assert (empty.is_annotated, unseen.is_annotated) == (True, False)


def test_read_labelme__shapes_of_a_group__are_noted(tmp_path: Path) -> None:
    parts = [SHAPE | {"group_id": group} for group in (1, 1, 2, None)]
    assert f"{IN_GROUP}: 2" in read_labelme(save_labelme(tmp_path, *parts)).notes


def test_read_labelme__images_of_one_name_in_two_folders__each_get_their_own(
    tmp_path: Path,
) -> None:
    save_labelme(tmp_path / "left", SHAPE)
    save_labelme(tmp_path / "right")
    assets = only_dataset(read_labelme, Source(tmp_path)).assets
    assert [(a.name, len(a.images[0].boxes)) for a in assets] == [("left", 1), ("right", 0)]


@pytest.mark.parametrize(
    ("kind", "points", "box"),
    [
        ("polygon", [[1, 2], [5, 2], [5, 9]], [1, 2, 5, 9]),
        ("circle", [[10, 10], [13, 14]], [5, 5, 15, 15]),
        ("rotation", [[1, 2], [5, 2], [6, 9], [2, 9]], [1, 2, 6, 9]),
    ],
)
def test_read_labelme__other_shapes__become_boxes_around_them(
    tmp_path: Path, kind: str, points: list[list[int]], box: list[float]
) -> None:
    source = save_labelme(tmp_path, SHAPE | {"shape_type": kind, "points": points})
    assert only_image(read_labelme, source).boxes.tolist() == [box]
    assert read_labelme(source).notes == (f"{OUTLINES}: 1",)


def test_read_labelme__line__is_left_out_and_noted(tmp_path: Path) -> None:
    source = save_labelme(tmp_path, SHAPE | {"shape_type": "line"})
    assert read_labelme(source).notes == (f"{WITHOUT_AREA}: 1",)


def test_read_labelme__point__becomes_a_square_of_the_given_size(tmp_path: Path) -> None:
    shape = SHAPE | {"shape_type": "point", "points": [[10, 10]]}
    source = save_labelme(tmp_path, shape)
    assert "how large the squares" in refusal(read_labelme, source)
    sized = Source(tmp_path, point_size_px=4)
    assert only_image(read_labelme, sized).boxes.tolist() == [[8, 8, 12, 12]]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (SHAPE | {"label": ""}, "shape 0: expected label as text"),
        (SHAPE | {"points": []}, "shape 0: expected points, found none"),
        (SHAPE | {"points": [[1, 2], [5]]}, "shape 0: expected a finite number for y"),
        (SHAPE | {"points": [[1, 2], [float("nan"), 5]]}, "shape 0: expected a finite number"),
        (SHAPE | {"points": [[1, 2], [1, 5]]}, "shape 0: expected a width and height above 0"),
    ],
)
def test_read_labelme__wrong_shape__is_one_line_that_names_it(
    tmp_path: Path, shape: dict[str, Any], words: str
) -> None:
    assert words in refusal(read_labelme, save_labelme(tmp_path, shape))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"imagePath": "b.png"}, "imagePath: expected one image 'b.png'"),
        ({"imageWidth": 9}, "expected the image's size, 40 x 30 px, found 9 x 30 px"),
        ({"shapes": None}, "expected a list of shapes, found nothing"),
    ],
)
def test_read_labelme__wrong_file__is_one_line_that_names_it(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in refusal(read_labelme, save_labelme(tmp_path, SHAPE, **changes))


def test_write_labelme__file_beside_the_image__names_it(tmp_path: Path, out: Path) -> None:
    write_labelme(read_dataset(build_dataset(tmp_path / "set")), out)
    files = sorted(out.rglob("*.json"))
    assert len(files) == 6
    for path in files:
        assert (path.parent / json.loads(path.read_text())["imagePath"]).is_file()
