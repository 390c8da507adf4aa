"""Tests for `gapjunction.dataset.formats.yolo`."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from builders import add_image, build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.shapes import OUTLINES
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.strays import OF_NO_CLASS
from gapjunction.dataset.formats.yolo import OF_NO_IMAGE, WITHOUT_FILE, read_yolo, write_yolo
from gapjunction.dataset.reader import read_dataset

NAMES = "names: [gap_junction, debris]\n"
LINE = "1 0.25 0.5 0.1 0.2\n"  # of 40 x 30 px: the center (10, 15), 4 x 6 px


def save_yolo(folder: Path, lines: str, names: str = NAMES) -> Source:
    """Write an image, its label file and the class names."""
    save_image(folder / "images" / "a.png")
    save_text(folder / "labels" / "a.txt", lines)
    save_text(folder / "data.yaml", names)
    return Source(folder)


def test_read_yolo__center_and_size__become_corners(tmp_path: Path) -> None:
    image = only_image(read_yolo, save_yolo(tmp_path, LINE))
    assert image.boxes.tolist() == [[8, 12, 12, 18]]
    assert image.labels.tolist() == [1]


def test_read_yolo__layout_of_yolo_1_1__is_read(tmp_path: Path) -> None:
    save_image(tmp_path / "obj_train_data" / "a.png")
    save_text(tmp_path / "obj_train_data" / "a.txt", LINE)
    save_text(tmp_path / "obj.names", "gap_junction\ndebris\n")
    save_text(tmp_path / "obj.data", "classes = 2\nnames = data/obj.names\n")
    save_text(tmp_path / "train.txt", "data/obj_train_data/a.png\n")
    dataset = only_dataset(read_yolo, Source(tmp_path))
    assert dataset.class_names == ("gap_junction", "debris")
    assert [asset.name for asset in dataset.assets] == [tmp_path.name]
    assert len(next(dataset.images()).boxes) == 1


def test_read_yolo__label_file_of_no_image__is_noted(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, LINE)
    save_text(tmp_path / "labels" / "gone.txt", LINE)
    save_text(tmp_path / "labels" / "classes.txt", "gap_junction\n")
    assert read_yolo(source).notes == (f"{OF_NO_IMAGE}: 1 (gone.txt)",)


def test_read_yolo__key_points__are_refused(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, LINE, NAMES + "kpt_shape: [1, 2]\n")
    assert "expected boxes or outlines, found key points" in refusal(read_yolo, source)


def test_read_yolo__box_with_score_and_track__is_no_outline(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, LINE.replace("\n", " 0.9 17\n"))
    assert "found boxes with 2 further numbers" in refusal(read_yolo, source)


def test_read_yolo__outline_that_leaves_the_image_far__is_refused(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, "1 0.1 0.1 0.2 0.1 0.2 17\n1 0.1 0.1 0.9 0.9 0.2 0.7\n")
    assert "line 1: expected an outline in shares of the image's sides" in refusal(
        read_yolo, source
    )


def test_read_yolo__one_unknown_class_of_ten__is_left_out_and_named(tmp_path: Path) -> None:
    lines = [f"1 0.{number} 0.5 0.1 0.2\n" for number in range(10, 19)]
    source = save_yolo(tmp_path, "".join([*lines, LINE.replace("1 ", "7 ", 1)]))
    assert len(only_image(read_yolo, source).boxes) == 9
    file = tmp_path / "labels" / "a.txt"
    assert read_yolo(source).notes == (f"{OF_NO_CLASS}: 1 (first: {file}, line 10)",)


@pytest.mark.parametrize(
    ("image", "labels"),
    [
        ("images/train/a.png", "labels/train/a.txt"),
        ("train/images/a.png", "train/labels/a.txt"),
        ("a.png", "a.txt"),
        ("pictures/a.png", "labels/a.txt"),
    ],
)
def test_read_yolo__layouts_that_occur__find_the_label_file(
    tmp_path: Path, image: str, labels: str
) -> None:
    save_image(tmp_path / image)
    save_text(tmp_path / labels, LINE)
    save_text(tmp_path / "data.yaml", NAMES)
    assert len(only_image(read_yolo, Source(tmp_path)).boxes) == 1


@pytest.mark.parametrize(
    "names",
    [
        "names: {0: gap_junction, 1: debris}\n",
        "names: {'0': gap_junction, '1': debris}\n",
        "names:\n- gap_junction\n- debris\n",
    ],
)
def test_read_yolo__names_as_list_or_mapping__give_the_classes(tmp_path: Path, names: str) -> None:
    dataset = only_dataset(read_yolo, save_yolo(tmp_path, LINE, names))
    assert dataset.class_names == ("gap_junction", "debris")


def test_read_yolo__classes_txt__gives_the_classes(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, LINE)
    (tmp_path / "data.yaml").unlink()
    save_text(tmp_path / "classes.txt", "gap_junction\ndebris\n")
    assert only_dataset(read_yolo, source).class_names == ("gap_junction", "debris")


def test_read_yolo__no_names__says_how_to_write_them(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, LINE)
    (tmp_path / "data.yaml").unlink()
    assert "expected class names in data.yaml, classes.txt or obj.names" in refusal(
        read_yolo, source
    )


def test_read_yolo__empty_label_file__is_an_empty_image_and_none_is_not(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, "")
    assert only_image(read_yolo, source).is_annotated
    (tmp_path / "labels" / "a.txt").unlink()
    assert not only_image(read_yolo, source).is_annotated
    assert read_yolo(source).notes == (f"{WITHOUT_FILE}: 1",)


@pytest.mark.parametrize("labels", ["labels/slide/a.txt", "slide/a.txt"])
def test_read_yolo__images_elsewhere__are_paired_by_their_sub_folders(
    tmp_path: Path, labels: str
) -> None:
    save_image(tmp_path / "pictures" / "slide" / "a.png")
    save_image(tmp_path / "pictures" / "other" / "a.png")
    save_text(tmp_path / "boxes" / labels, LINE)
    save_text(tmp_path / "boxes" / "data.yaml", NAMES)
    source = Source(tmp_path / "boxes", images=tmp_path / "pictures")
    other, slide = only_dataset(read_yolo, source).assets
    assert (len(other.images[0].boxes), len(slide.images[0].boxes)) == (0, 1)
    assert not other.images[0].is_annotated


def test_read_yolo__polygon__becomes_the_box_around_it(tmp_path: Path) -> None:
    source = save_yolo(tmp_path, "0 0.1 0.1 0.5 0.2 0.3 0.9\n")
    assert only_image(read_yolo, source).boxes.tolist() == [[4, 3, 20, 27]]
    assert read_yolo(source).notes == (f"{OUTLINES}: 1",)


def test_read_yolo__sixth_number__is_a_score(tmp_path: Path) -> None:
    found = only_image(read_yolo, save_yolo(tmp_path, "0 0.25 0.5 0.1 0.2 0.75\n")).predictions
    assert found is not None
    assert found.scores.tolist() == [0.75]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "2 0.25 0.5 0.1 0.2",
            "line 1: expected a class of 0 to 1 (gap_junction, debris), found 2",
        ),
        ("-1 0.25 0.5 0.1 0.2", "line 1: expected a class of 0 to 1"),
        ("0.5 0.25 0.5 0.1 0.2", "line 1: expected a whole number for the class"),
        ("0 0.25 nan 0.1 0.2", "line 1: expected a finite number"),
        ("0 0.25 0.5 0.1", "line 1: expected class, x, y, width, height, found 4 numbers"),
        ("0 0.25 0.5 0 0.2", "line 1: expected a width and height above 0"),
        ("0 100 200 30 40", "line 1: expected a box inside a.png"),
    ],
)
def test_read_yolo__wrong_line__is_named(tmp_path: Path, line: str, words: str) -> None:
    assert words in refusal(read_yolo, save_yolo(tmp_path, line))


@pytest.mark.parametrize("name", ["no", "1.50", "2024-01-31", "~"])
def test_read_yolo__name_that_yaml_takes_for_something_else__is_refused(
    tmp_path: Path, name: str
) -> None:
    source = save_yolo(tmp_path, LINE, f"names: [{name}, a]")
    assert "names: expected names as text" in refusal(read_yolo, source)
    quoted = save_yolo(tmp_path, LINE, f"names: ['{name}', a]")
    assert only_dataset(read_yolo, quoted).class_names == (name, "a")


@pytest.mark.parametrize("names", ["names: 3", "names: [a, a]", "names: {1: a}", "names: []"])
def test_read_yolo__wrong_names__are_refused(tmp_path: Path, names: str) -> None:
    assert "expected a list of different names" in refusal(
        read_yolo, save_yolo(tmp_path, LINE, names)
    )


def test_write_yolo__center_outside__is_cut_and_listed(tmp_path: Path, out: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=0)
    black = np.zeros((20, 20), np.uint8)
    add_image(root / "Assets" / "slide", "a", black, [(-3, 4, 4, 4), (-1, 4, 4, 4)])
    lost = write_yolo(read_dataset(root), out)
    assert lost[-1] == "what lies outside the image (boxes: 1)"
    image = only_image(read_yolo, Source(out))
    assert image.boxes.tolist() == [[0, 4, 1, 8], [-1, 4, 3, 8]]


def test_write_yolo__every_number__lies_between_0_and_1(tmp_path: Path, out: Path) -> None:
    write_yolo(read_dataset(build_dataset(tmp_path / "set")), out)
    lines = [line for path in out.rglob("labels/*/*.txt") for line in path.read_text().splitlines()]
    assert lines
    assert all(0 <= float(value) <= 1 for line in lines for value in line.split()[1:])


def test_write_yolo__supervision__reads_the_same_boxes(
    tmp_path: Path, out: Path, supervision: ModuleType
) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", class_names=("a", "b")))
    write_yolo(dataset, out)
    for asset in dataset.assets:
        read = supervision.DetectionDataset.from_yolo(
            str(out / "images" / asset.name),
            str(out / "labels" / asset.name),
            str(out / "data.yaml"),
        )
        assert tuple(read.classes) == dataset.class_names
        found = {Path(path).name: (each.xyxy, each.class_id) for path, _, each in read}
        for image in asset.images:
            boxes, labels = found[image.path.name]
            assert boxes == pytest.approx(image.boxes, abs=0.001)
            assert labels.tolist() == image.labels.tolist()


@pytest.mark.parametrize("line", ["1 0.25 0.5 0.1 0.2 0.9375\n", "1 0.9375 0.25 0.5 0.1 0.2\n"])
def test_read_yolo__score_at_the_end_or_after_the_class__is_the_score(
    line: str, tmp_path: Path
) -> None:
    found = only_image(read_yolo, save_yolo(tmp_path, line)).predictions
    assert found is not None
    assert found.boxes.tolist() == [[8, 12, 12, 18]]
    assert found.scores.tolist() == [0.9375]


CORNERS = "0 0.7 0.5 0.8 0.6\n0 0.1 0.8 0.2 0.9\n1 0.8 0.5 0.9 0.55\n"


def test_read_yolo__corners_in_place_of_center_and_size__are_refused(tmp_path: Path) -> None:
    line = refusal(read_yolo, save_yolo(tmp_path, CORNERS))
    assert "a.txt: expected the center, width and height of boxes, found 3 of 3 boxes" in line


def test_read_yolo__columns_in_data_yaml__are_believed(tmp_path: Path) -> None:
    columns = "columns: [class, x, y, width, height]\n"
    image = only_image(read_yolo, save_yolo(tmp_path, CORNERS, NAMES + columns))
    assert len(image.boxes) == 3


def test_read_yolo__columns_in_data_yaml__decide_where_boxes_do_not(tmp_path: Path) -> None:
    columns = "columns: [class, score, x, y, width, height]\n"
    source = save_yolo(tmp_path, "1 0.75 0.5 0.5 0.5 0.5\n", NAMES + columns)
    found = only_image(read_yolo, source).predictions
    assert found is not None
    assert found.boxes.tolist() == [[10, 7.5, 30, 22.5]]
