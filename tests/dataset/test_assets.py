"""Tests for `gapjunction.dataset.assets`."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import add_image, box_record, build_dataset, write_json_file
from gapjunction.dataset.assets import inspect_asset
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.rules import Severity

BLACK = np.zeros((30, 40), np.uint8)
Found = list[tuple[Severity, str, str]]


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    """Return the folder of an asset with one image, "a.png", and one box."""
    folder = tmp_path / "slide"
    add_image(folder, "a", BLACK, [(10, 5, 8, 4)])
    return folder


def problems_of(asset: Path) -> Found:
    """Return (severity, file name, what was expected) of all problems."""
    _, problems = inspect_asset(asset, ("gap_junction",))
    return [(problem.severity, problem.file.name, problem.expected) for problem in problems]


def test_inspect_asset__nothing_wrong__has_no_problems(asset: Path) -> None:
    assert problems_of(asset) == []


def test_inspect_asset__image_without_boxes_file__is_a_warning(asset: Path) -> None:
    add_image(asset, "b", BLACK, None)
    assert problems_of(asset) == [("warning", "b.png", "a detection file b_bbox.json")]


def test_inspect_asset__boxes_file_without_image__is_an_error(asset: Path) -> None:
    write_json_file(asset / "Detection" / "b_bbox.json", {"b": []})
    assert problems_of(asset) == [("error", "b_bbox.json", "an image 'b' in Raw")]


def test_inspect_asset__key_of_another_image__is_an_error(asset: Path) -> None:
    write_json_file(asset / "Detection" / "a_bbox.json", {"c": []})
    assert problems_of(asset) == [("error", "a_bbox.json", "the image's stem 'a'")]


@pytest.mark.parametrize("content", [{}, {"a": [], "b": []}])
def test_inspect_asset__not_one_key__is_an_error(
    asset: Path, content: dict[str, list[int]]
) -> None:
    write_json_file(asset / "Detection" / "a_bbox.json", content)
    assert problems_of(asset) == [("error", "a_bbox.json", "one key, the image's stem")]


def test_inspect_asset__broken_json__is_one_error_and_no_warning_of_a_missing_file(
    asset: Path,
) -> None:
    (asset / "Detection" / "a_bbox.json").write_text('{"a": [')
    assert problems_of(asset) == [("error", "a_bbox.json", "valid JSON")]


def test_inspect_asset__several_wrong_boxes__are_all_listed(asset: Path) -> None:
    good = box_record((1, 1, 5, 5), "gap_junction", "a.png", 30, 40)
    infinite = good | {"bbox_x": float("nan")}
    no_label = {name: value for name, value in good.items() if name != "label_name"}
    write_json_file(asset / "Detection" / "a_bbox.json", {"a": [good, infinite, no_label]})
    _, problems = inspect_asset(asset, ("gap_junction",))
    assert [problem.item for problem in problems] == ["box 1 bbox_x", "box 2 label_name"]


def test_inspect_asset__two_boxes_files_for_one_image__is_an_error(asset: Path) -> None:
    write_json_file(asset / "Detection" / "a.json", {"a": []})
    assert problems_of(asset) == [("error", "a_bbox.json", "one detection file for each image")]


def test_inspect_asset__two_images_of_one_stem__is_an_error(asset: Path) -> None:
    Image.fromarray(BLACK).save(asset / "Raw" / "a.webp")
    assert problems_of(asset) == [("error", "a.webp", "a stem of its own")]


def test_inspect_asset__count_files__are_not_boxes(asset: Path) -> None:
    write_json_file(asset / "Detection" / "a_bbox_metrics.json", {"gap_junction": 1})
    assert problems_of(asset) == []


def test_inspect_asset__file_of_another_kind__is_a_warning(asset: Path) -> None:
    (asset / "Raw" / "a.czi").write_bytes(b"")
    [(severity, name, _)] = problems_of(asset)
    assert (severity, name) == ("warning", "a.czi")


def test_inspect_asset__unreadable_image__is_an_error_and_left_out(asset: Path) -> None:
    (asset / "Raw" / "a.png").write_bytes(b"")
    read, [problem] = inspect_asset(asset, ("gap_junction",))
    assert (read.images, problem.severity, problem.found) == ((), "error", "an empty file")


def test_inspect_asset__no_raw_folder__is_an_error(asset: Path) -> None:
    shutil.rmtree(asset / "Raw")
    assert ("error", "Raw", "a folder of images") in problems_of(asset)


def test_inspect_asset__no_image__is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "Raw").mkdir()
    (tmp_path / "Detection").mkdir()
    assert problems_of(tmp_path) == [("warning", "Raw", "at least one image")]


def test_inspect_asset__no_detection_folder__warns_of_it_and_not_of_each_image(
    asset: Path,
) -> None:
    shutil.rmtree(asset / "Detection")
    assert problems_of(asset) == [("warning", "Detection", "a folder of detection files")]


def test_inspect_asset__mask__is_paired_by_stem(asset: Path) -> None:
    (asset / "Segmentation").mkdir()
    mask_path = asset / "Segmentation" / "a_mask.webp"
    Image.new("RGBA", (40, 30)).save(mask_path)
    read, problems = inspect_asset(asset, ("gap_junction",))
    assert (read.images[0].mask_path, problems) == (mask_path, [])


def test_inspect_asset__mask_of_another_size__is_an_error(asset: Path) -> None:
    (asset / "Segmentation").mkdir()
    Image.new("RGBA", (20, 15)).save(asset / "Segmentation" / "a_mask.webp")
    expected = "the size of its image, 40 x 30 px"
    assert problems_of(asset) == [("error", "a_mask.webp", expected)]


def test_inspect_asset__mask_without_image__is_a_warning(asset: Path) -> None:
    (asset / "Segmentation").mkdir()
    Image.new("RGBA", (40, 30)).save(asset / "Segmentation" / "b_mask.webp")
    assert problems_of(asset) == [("warning", "b_mask.webp", "an image 'b' in Raw")]


def test_inspect_asset__scores__are_predictions_and_no_annotations(asset: Path) -> None:
    record = box_record((10, 5, 8, 4), "gap_junction", "a.png", 30, 40)
    write_json_file(asset / "Detection" / "a_bbox.json", {"a": [record | {"score": 0.5}]})
    found, _ = inspect_asset(asset, ("gap_junction",))
    [image] = found.images
    assert (image.is_annotated, len(image.boxes)) == (False, 0)
    assert image.predictions is not None
    assert image.predictions.boxes.tolist() == [[10, 5, 18, 9]]
    assert problems_of(asset) == [("warning", "a_bbox.json", "boxes drawn by a person")]


def test_inspect_asset__one_score_among_boxes_without__is_not_trained_on(asset: Path) -> None:
    record = box_record((10, 5, 8, 4), "gap_junction", "a.png", 30, 40)
    other = box_record((1, 1, 3, 3), "gap_junction", "a.png", 30, 40)
    write_json_file(asset / "Detection" / "a_bbox.json", {"a": [record | {"score": 0.5}, other]})
    found, _ = inspect_asset(asset, ("gap_junction",))
    assert not found.images[0].is_annotated


def test_inspect_asset__predictions__are_checked_like_annotations(asset: Path) -> None:
    record = box_record((10, 5, 8, 4), "debris", "a.png", 30, 40)
    write_json_file(asset / "Detection" / "a_bbox.json", {"a": [record | {"score": 0.5}]})
    assert ("error", "a_bbox.json", "a label of gap_junction") in problems_of(asset)


def test_inspect_asset__detection_file__is_named(asset: Path) -> None:
    add_image(asset, "b", BLACK, None)
    found, _ = inspect_asset(asset, ("gap_junction",))
    assert [image.boxes_path for image in found.images] == [
        asset / "Detection" / "a_bbox.json",
        None,
    ]


@pytest.mark.parametrize("dataset", ["RAT__gap_junctions", "RAT_gap_junctions"])
def test_read_dataset__copy_of_the_platforms_store__is_as_the_export(
    tmp_path: Path, dataset: str
) -> None:
    exported = read_dataset(build_dataset(tmp_path / "export" / dataset))
    store = build_dataset(tmp_path / "store" / dataset)
    for asset in (store / "Assets").iterdir():
        (asset / "Processed" / "Metrics" / "Detection").mkdir(parents=True)
        (asset / "Detection").rename(asset / "Processed" / "Detection")
        (asset / "asset_metadata.json").unlink()
        (asset / "Metrics").mkdir()
        (asset / "Metrics" / "counts.json").write_text('{"gap_junction": 3}')
    read = read_dataset(store)
    assert read.name == dataset
    for own, other in zip(read.images(), exported.images(), strict=True):
        assert own.is_annotated
        np.testing.assert_array_equal(own.boxes, other.boxes)


def test_inspect_asset__slices_of_a_stack__are_in_their_order(tmp_path: Path) -> None:
    asset = build_dataset(tmp_path / "a", num_assets=1, images_per_asset=3) / "Assets" / "asset_0"
    for path, name in zip(
        sorted((asset / "Raw").iterdir()), ("1_Z10_", "2_Z9_", "3_Z8_"), strict=True
    ):
        path.rename(path.with_name(f"{name}.png"))
    found, _ = inspect_asset(asset, ("gap_junction",))
    assert [image.stem for image in found.images] == ["3_Z8_", "2_Z9_", "1_Z10_"]


def test_inspect_asset__true_plaques_that_are_a_folder__is_an_error(asset: Path) -> None:
    (asset / "true_plaques.csv").mkdir()
    assert problems_of(asset) == [("error", "true_plaques.csv", "a table (CSV)")]


def test_inspect_asset__true_plaques_that_are_a_broken_link__is_an_error(asset: Path) -> None:
    (asset / "true_plaques.csv").symlink_to(asset / "nothing")
    assert problems_of(asset) == [("error", "true_plaques.csv", "a table (CSV)")]
