"""Tests for `gapjunction.dataset.formats.voc`."""

import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from builders import add_image, build_dataset
from foreign_files import HEIGHT, WIDTH, only_dataset, only_image, refusal, save_image, save_text
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.voc import FROM_0, read_voc, write_voc
from gapjunction.dataset.reader import read_dataset

BOX = "<bndbox><xmin>3</xmin><ymin>4</ymin><xmax>7</xmax><ymax>9</ymax></bndbox>"
OBJECT = f"<object><name>gap_junction</name>{BOX}</object>"
SIZE = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height></size>"


def save_voc(folder: Path, content: str, filename: str = "a.png") -> Source:
    """Write an image and its XML file."""
    save_image(folder / "JPEGImages" / "a.png")
    head = f"<annotation><filename>{filename}</filename>"
    save_text(folder / "Annotations" / "a.xml", f"{head}{content}</annotation>")
    return Source(folder)


def test_read_voc__pixels_from_1_with_their_ends__become_edges(tmp_path: Path) -> None:
    image = only_image(read_voc, save_voc(tmp_path, SIZE + OBJECT))
    assert image.boxes.tolist() == [[2, 3, 7, 9]]


def test_read_voc__tool_that_counts_from_0__has_edges_already(tmp_path: Path) -> None:
    source = replace(save_voc(tmp_path, SIZE + OBJECT), first_pixel=0)
    assert only_image(read_voc, source).boxes.tolist() == [[3, 4, 7, 9]]


def test_read_voc__box_from_pixel_0__is_noted_unless_counted_from_there(tmp_path: Path) -> None:
    source = save_voc(tmp_path, OBJECT.replace(">3<", ">0<"))
    assert read_voc(source).notes == (f"{FROM_0}: 1",)
    assert read_voc(replace(source, first_pixel=0)).notes == ()


def test_read_voc__whole_image__reaches_from_edge_to_edge(tmp_path: Path) -> None:
    whole = OBJECT.replace("3<", "1<").replace("4<", "1<").replace("7<", "40<").replace("9<", "30<")
    assert only_image(read_voc, save_voc(tmp_path, whole)).boxes.tolist() == [[0, 0, 40, 30]]


def test_read_voc__no_objects__is_empty_and_no_file_is_not(tmp_path: Path) -> None:
    source = save_voc(tmp_path, SIZE)
    save_image(tmp_path / "JPEGImages" / "b.png")
    [empty, unseen] = only_dataset(read_voc, source).images()
    assert (empty.is_annotated, unseen.is_annotated) == (True, False)


def test_read_voc__filename_of_a_copy__goes_by_the_xml_files_own_name(tmp_path: Path) -> None:
    source = save_voc(tmp_path, OBJECT, filename="a.jpg")
    assert len(only_image(read_voc, source).boxes) == 1


def test_read_voc__turned_box_of_rolabelimg__becomes_the_box_around_it(tmp_path: Path) -> None:
    sides = {"cx": 20, "cy": 15, "w": 24, "h": 4, "angle": math.pi / 2}
    turned = "".join(f"<{name}>{value}</{name}>" for name, value in sides.items())
    source = save_voc(tmp_path, OBJECT.replace(BOX, f"<robndbox>{turned}</robndbox>"))
    assert only_image(read_voc, source).boxes[0].tolist() == pytest.approx([18, 3, 22, 27])


def test_read_voc__difficult__is_noted(tmp_path: Path) -> None:
    source = save_voc(tmp_path, OBJECT.replace("</object>", "<difficult>1</difficult></object>"))
    assert read_voc(source).notes == ("objects marked as difficult, taken like any other: 1",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SIZE.replace("40", "41"), "a.png: expected the image's size, 40 x 30 px"),
        (OBJECT.replace("gap_junction", ""), "object 0: expected <name>, found none"),
        (OBJECT.replace(BOX, ""), "object 0: expected <bndbox>, found none"),
        (OBJECT.replace("<xmin>3</xmin>", ""), "object 0: expected a finite number for xmin"),
        (OBJECT.replace(">3<", ">NaN<"), "object 0: expected a finite number for xmin"),
        (OBJECT.replace(">3<", ">9<"), "object 0: expected a width and height above 0"),
        (
            OBJECT.replace("<xmin>3", "<xmin>2</xmin><xmin>3"),
            "object 0: expected one <xmin>, found 2",
        ),
        (OBJECT.replace(BOX, BOX + BOX), "object 0: expected one <bndbox>, found 2"),
        (
            OBJECT.replace("</name>", "</name><name>b</name>"),
            "object 0: expected one <name>, found 2",
        ),
        (SIZE + SIZE, "annotation: expected one <size>, found 2"),
        ("<filename>b.png</filename>", "annotation: expected one <filename>, found 2"),
        ("<object>", "expected valid XML"),
    ],
)
def test_read_voc__something_wrong__is_one_line_that_names_it(
    tmp_path: Path, content: str, words: str
) -> None:
    assert words in refusal(read_voc, save_voc(tmp_path, content))


def test_read_voc__image_missing__is_named(tmp_path: Path) -> None:
    source = save_voc(tmp_path, OBJECT)
    (tmp_path / "JPEGImages" / "a.png").rename(tmp_path / "JPEGImages" / "b.png")
    assert "filename: expected one image" in refusal(read_voc, source)


def test_write_voc__classes_and_colors__come_back(tmp_path: Path, out: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set", class_names=("a", "b", "c", "d")))
    write_voc(dataset, out)
    assert only_dataset(read_voc, Source(out)).classes == dataset.classes


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ((10.2, 10.6, 0.3, 0.3), [10, 11, 11, 12]),
        ((39.7, 29.7, 3, 3), [39, 29, 43, 33]),
        ((-3, -3, 3.3, 3.3), [-3, -3, 1, 1]),
    ],
)
def test_write_voc__thin_or_hardly_inside__keeps_a_pixel_in_the_image(
    tmp_path: Path, out: Path, drawn: tuple[float, ...], written: list[int]
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=0)
    add_image(root / "Assets" / "slide", "a", np.zeros((HEIGHT, WIDTH), np.uint8), [drawn])
    write_voc(read_dataset(root), out)
    assert only_image(read_voc, Source(out)).boxes.tolist() == [written]


def test_write_voc__supervision__reads_the_same_boxes(
    tmp_path: Path, out: Path, supervision: ModuleType
) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "set"))
    write_voc(dataset, out)
    for asset in dataset.assets:
        read = supervision.DetectionDataset.from_pascal_voc(
            str(out / "JPEGImages" / asset.name), str(out / "Annotations" / asset.name)
        )
        found = {Path(path).name: detections.xyxy.tolist() for path, _, detections in read}
        assert found == {image.path.name: image.boxes.tolist() for image in asset.images}


def test_write_voc__names_with_colons_or_like_comments__come_back(
    tmp_path: Path, out: Path
) -> None:
    names = ("gap_junction", "size, 1:2", "#hash", "background", "a:1,2,3::b")
    dataset = read_dataset(build_dataset(tmp_path / "set", class_names=names))
    write_voc(dataset, out)
    assert only_dataset(read_voc, Source(out)).classes == dataset.classes


def test_read_voc__background_and_comments_of_others__are_no_classes(tmp_path: Path) -> None:
    source = save_voc(tmp_path, OBJECT)
    save_text(
        tmp_path / "labelmap.txt",
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nbackground\ngap_junction:1,2,3::\n",
    )
    assert only_dataset(read_voc, source).classes == {"gap_junction": "#010203"}
