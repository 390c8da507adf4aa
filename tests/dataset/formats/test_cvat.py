"""Tests for `gapjunction.dataset.formats.cvat`."""

from pathlib import Path

import pytest

from builders import build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.cvat import read_cvat, write_cvat
from gapjunction.dataset.formats.shapes import DETECTED, OUTLINES, WITHOUT_AREA
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset

LABEL = "<label><name>gap_junction</name><color>#4ef8ff</color></label>"
META = f"<meta><task><labels>{LABEL}</labels></task></meta>"
BOX = '<box label="gap_junction" xtl="3.5" ytl="4" xbr="7" ybr="9"/>'


def save_cvat(folder: Path, shapes: str, meta: str = META, size: str = "") -> Source:
    """Write an image and annotations.xml with these shapes in it."""
    save_image(folder / "images" / "a.png")
    image = f'<image id="0" name="a.png" {size}>{shapes}</image>'
    save_text(folder / "annotations.xml", f"<annotations>{meta}{image}</annotations>")
    return Source(folder)


def test_read_cvat__box_and_label__are_taken_with_the_color(tmp_path: Path) -> None:
    dataset = only_dataset(read_cvat, save_cvat(tmp_path, BOX))
    [image] = dataset.images()
    assert image.boxes.tolist() == [[3.5, 4, 7, 9]]
    assert dataset.classes == {"gap_junction": "#4EF8FF"}


def test_read_cvat__listed_without_shapes__is_empty(tmp_path: Path) -> None:
    assert only_image(read_cvat, save_cvat(tmp_path, "")).is_annotated


def test_read_cvat__polygon_and_turned_box__become_boxes_around_them(tmp_path: Path) -> None:
    polygon = '<polygon label="gap_junction" points="1,2;5,2;5,9"/>'
    turned = '<box label="gap_junction" xtl="10" ytl="10" xbr="14" ybr="12" rotation="45"/>'
    source = save_cvat(tmp_path, polygon + turned)
    boxes = only_image(read_cvat, source).boxes
    assert boxes[0].tolist() == [1, 2, 5, 9]
    assert boxes[1].tolist() == pytest.approx([9.879, 8.879, 14.121, 13.121], abs=0.001)
    assert read_cvat(source).notes == (f"{OUTLINES}: 2",)


@pytest.mark.parametrize(("source", "is_predicted"), [("auto", True), ("manual", False)])
def test_read_cvat__score__counts_where_no_person_drew_the_box(
    tmp_path: Path, source: str, is_predicted: bool
) -> None:
    attribute = '<attribute name="score">0.5</attribute>'
    box = BOX.replace("/>", f' source="{source}">{attribute}</box>')
    image = only_image(read_cvat, save_cvat(tmp_path, box))
    assert image.is_annotated != is_predicted
    assert (image.predictions is not None) == is_predicted


def test_read_cvat__box_of_a_program_without_a_score__is_a_prediction(tmp_path: Path) -> None:
    source = save_cvat(tmp_path, BOX.replace("/>", ' source="auto"/>'))
    image = only_image(read_cvat, source)
    assert image.predictions is not None
    assert image.predictions.scores.tolist() == [1]
    assert read_cvat(source).notes == (f"{DETECTED}: 1",)


@pytest.mark.parametrize(
    "shape",
    [
        '<ellipse label="gap_junction" cx="12" cy="15" rx="2" ry="5"/>',
        '<mask label="gap_junction" left="10" top="10" width="4" height="10" rle="1, 39"/>',
    ],
)
def test_read_cvat__ellipse_and_mask__become_boxes_around_them(tmp_path: Path, shape: str) -> None:
    source = save_cvat(tmp_path, shape)
    assert only_image(read_cvat, source).boxes.tolist() == [[10, 10, 14, 20]]
    assert read_cvat(source).notes == (f"{OUTLINES}: 1",)


@pytest.mark.parametrize(
    ("rotation", "half_width", "half_height"),
    [("90", 2, 12), ("45", (72 + 2) ** 0.5, (72 + 2) ** 0.5), ("-180", 12, 2)],
)
def test_read_cvat__turned_ellipse__is_turned_before_the_box_is_taken(
    tmp_path: Path, rotation: str, half_width: float, half_height: float
) -> None:
    ellipse = (
        f'<ellipse label="gap_junction" cx="20" cy="15" rx="12" ry="2" rotation="{rotation}"/>'
    )
    [box] = only_image(read_cvat, save_cvat(tmp_path, ellipse)).boxes.tolist()
    assert box == pytest.approx(
        [20 - half_width, 15 - half_height, 20 + half_width, 15 + half_height]
    )


def test_read_cvat__points__need_a_size(tmp_path: Path) -> None:
    source = save_cvat(tmp_path, '<points label="gap_junction" points="10,10;20,20"/>')
    assert "how large the squares" in refusal(read_cvat, source)
    sized = Source(source.path, point_size_px=4)
    assert only_image(read_cvat, sized).boxes.tolist() == [[8, 8, 12, 12], [18, 18, 22, 22]]


def test_read_cvat__line__is_left_out_and_noted(tmp_path: Path) -> None:
    source = save_cvat(tmp_path, '<polyline label="gap_junction" points="1,2;5,2"/>')
    assert len(only_image(read_cvat, source).boxes) == 0
    assert read_cvat(source).notes == (f"{WITHOUT_AREA}: 1",)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (BOX.replace("gap_junction", "debris"), "a.png, box 0: expected a class of gap_junction"),
        (BOX.replace("3.5", "nan"), "a.png, box 0: expected a finite number for xtl"),
        (BOX.replace('xtl="3.5"', ""), "found nothing"),
        (BOX.replace("3.5", "7"), "expected a width and height above 0"),
        ('<polygon label="gap_junction" points="1,2;5"/>', 'expected "x,y;x,y;..."'),
        ('<polygon label="gap_junction"/>', 'expected "x,y;x,y;..."'),
    ],
)
def test_read_cvat__something_wrong__is_one_line_that_names_it(
    tmp_path: Path, shapes: str, words: str
) -> None:
    assert words in refusal(read_cvat, save_cvat(tmp_path, shapes))


def test_read_cvat__size_of_another_image__is_refused(tmp_path: Path) -> None:
    source = save_cvat(tmp_path, BOX, size='width="20" height="30"')
    assert "expected the image's size, 40 x 30 px, found 20 x 30 px" in refusal(read_cvat, source)


def test_read_cvat__video__says_what_to_export(tmp_path: Path) -> None:
    source = save_cvat(tmp_path, BOX, meta=META + "<track/>")
    assert "tracks of a video; export the task as 'CVAT for images 1.1'" in refusal(
        read_cvat, source
    )


def test_write_cvat__classes_without_objects__come_back_with_their_colors(
    tmp_path: Path, out: Path
) -> None:
    root = build_dataset(tmp_path / "set", class_names=("a", "b", "c", "d"))
    dataset = read_dataset(root)
    write_cvat(dataset, out)
    assert only_dataset(read_cvat, Source(out)).classes == dataset.classes
