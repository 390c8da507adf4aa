"""Tests for `gapjunction.dataset.coco_layouts`."""

from typing import get_args

from gapjunction.dataset.coco_layouts import LAYOUTS, LayoutName


def test_layouts__every_name__is_there() -> None:
    assert set(LAYOUTS) == set(get_args(LayoutName))


def test_coco__names__are_those_of_the_official_dino() -> None:
    layout = LAYOUTS["coco"]
    assert layout.image_path("val", "a.webp") == "val2017/a.webp"
    assert layout.name_in_coco("val", "a.webp") == "a.webp"
    assert layout.annotation_file("val") == "annotations/instances_val2017.json"


def test_autogluon__names__lead_from_the_output_to_png_files() -> None:
    layout = LAYOUTS["autogluon"]
    assert layout.image_path("val", "a.b.webp") == "images/a.b.png"
    assert layout.name_in_coco("val", "a.b.webp") == "images/a.b.png"
    assert layout.annotation_file("val") == "Annotations/val.json"
    assert layout.file_name(layout.file_name("a.b.webp")) == "a.b.png"
