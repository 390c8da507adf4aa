"""Tests for `gapjunction.dataset.reader`."""

import json
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import CLASSES, add_image, box_record, build_dataset, edit_json, write_json_file
from gapjunction.dataset.reader import (
    clipped_annotations,
    find_datasets,
    inspect_dataset,
    read_dataset,
    read_datasets,
    relabeled,
)
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.dataset.writer import write_dataset
from gapjunction.errors import DatasetError

BLACK = np.zeros((30, 40), np.uint8)


def one_image_dataset(root: Path, stem: str = "a") -> Path:
    """Write a dataset with one image of 30 x 40 px and one box; return the asset's folder."""
    build_dataset(root, num_assets=0)
    asset = root / "Assets" / "slide"
    add_image(asset, stem, BLACK, [(10, 5, 8, 4)])
    return asset


def detection_path(asset: Path, stem: str = "a") -> Path:
    return asset / "Detection" / f"{stem}_bbox.json"


def test_read_dataset__first_variant__gives_everything_in_it(tmp_path: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "RAT", num_assets=3, images_per_asset=2))
    assert dataset.name == "RAT"
    assert dataset.classes == CLASSES
    assert dataset.um_per_px == pytest.approx(0.103)
    assert [asset.name for asset in dataset.assets] == ["asset_0", "asset_1", "asset_2"]
    assert dataset.assets[0].metadata.age_months == 18
    assert [len(image.boxes) for image in dataset.images()] == [3] * 6


def test_read_dataset__box__becomes_xyxy(tmp_path: Path) -> None:
    one_image_dataset(tmp_path / "d")
    [image] = read_dataset(tmp_path / "d").images()
    assert (image.height, image.width) == (30, 40)
    assert image.boxes.tolist() == [[10, 5, 18, 9]]
    assert image.labels.tolist() == [0]


def test_read_dataset__assets_directly_in_the_root__reads_the_same(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    expected = [image.boxes.tolist() for image in read_dataset(root).images()]
    for asset in (root / "Assets").iterdir():
        asset.rename(root / asset.name)
    (root / "Assets").rmdir()
    assert [image.boxes.tolist() for image in read_dataset(root).images()] == expected


@pytest.mark.parametrize("name", ["a.json", "a_bbox.json"])
@pytest.mark.parametrize("key", ["a", "a.png", "a.tif"])
def test_read_dataset__names_of_file_and_key__may_vary(tmp_path: Path, name: str, key: str) -> None:
    asset = one_image_dataset(tmp_path / "d")
    records = json.loads(detection_path(asset).read_text())["a"]
    detection_path(asset).unlink()
    write_json_file(asset / "Detection" / name, {key: records})
    [image] = read_dataset(tmp_path / "d").images()
    assert len(image.boxes) == 1


@pytest.mark.parametrize("stem", ["a.b", "17 field 03", "Präparat", "試料_1", "a_bbox", "a.tif"])
def test_read_dataset__unusual_stems__are_read(tmp_path: Path, stem: str) -> None:
    one_image_dataset(tmp_path / "d", stem)
    [image] = read_dataset(tmp_path / "d").images()
    assert (image.stem, len(image.boxes)) == (stem, 1)


def test_read_dataset__decomposed_file_names__match_composed_keys(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d", "Präparat")
    decomposed = unicodedata.normalize("NFD", "Präparat")
    (asset / "Raw" / "Präparat.png").rename(asset / "Raw" / f"{decomposed}.png")
    [image] = read_dataset(tmp_path / "d").images()
    assert len(image.boxes) == 1


def test_read_dataset__image_called_like_a_detection_file__key_settles_which(
    tmp_path: Path,
) -> None:
    asset = one_image_dataset(tmp_path / "d", "a")
    add_image(asset, "a_bbox", BLACK, [(1, 1, 5, 5), (9, 9, 5, 5)])
    counts = {image.stem: len(image.boxes) for image in read_dataset(tmp_path / "d").images()}
    assert counts == {"a": 1, "a_bbox": 2}


def test_read_dataset__both_ways_of_naming_at_once__key_settles_which(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d", "a")
    add_image(asset, "a_bbox", BLACK, None)
    detection_path(asset, "a").rename(asset / "Detection" / "a.json")
    write_json_file(asset / "Detection" / "a_bbox.json", {"a_bbox": []})
    counts = {image.stem: len(image.boxes) for image in read_dataset(tmp_path / "d").images()}
    assert counts == {"a": 1, "a_bbox": 0}


def test_read_dataset__tiff_beside_others__is_read(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    (asset / "Raw" / "a.png").unlink()
    tifffile.imwrite(asset / "Raw" / "a.TIF", np.zeros((30, 40), np.uint16))
    [image] = read_dataset(tmp_path / "d").images()
    assert image.path.name == "a.TIF"


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_read_dataset__labels_in_yaml__keep_their_order(tmp_path: Path, suffix: str) -> None:
    one_image_dataset(tmp_path / "d")
    labels = tmp_path / "d" / "Label_Properties" / "label_properties.json"
    labels.unlink()
    labels.with_suffix(suffix).write_text('other: "#FF0000"\ngap_junction: "#4EF8FF"\n')
    dataset = read_dataset(tmp_path / "d")
    assert dataset.class_names == ("other", "gap_junction")
    assert [image.labels.tolist() for image in dataset.images()] == [[1]]


def test_read_dataset__no_objects_and_nobody_looked__are_told_apart(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    add_image(asset, "empty", BLACK, [])
    add_image(asset, "unseen", BLACK, None)
    looked = {image.stem: image.is_annotated for image in read_dataset(tmp_path / "d").images()}
    assert looked == {"a": True, "empty": True, "unseen": False}


@pytest.mark.parametrize(
    "stray", [".DS_Store", "Thumbs.db", "._a.png", "._a_bbox.json", "desktop.ini"]
)
def test_inspect_dataset__stray_files__are_no_problem(tmp_path: Path, stray: str) -> None:
    asset = one_image_dataset(tmp_path / "d")
    for folder in (tmp_path / "d", asset, asset / "Raw", asset / "Detection", asset.parent):
        (folder / stray).write_bytes(b"stray")
    assert inspect_dataset(tmp_path / "d")[1] == []


def test_inspect_dataset__link_to_a_folder_above__is_not_followed(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    (asset.parent / "loop").symlink_to(tmp_path / "d", target_is_directory=True)
    (tmp_path / "d" / "loop").symlink_to(tmp_path / "d" / "loop")
    dataset, problems = inspect_dataset(tmp_path / "d")
    assert dataset is not None
    assert (len(dataset.assets), problems) == (1, [])


def test_inspect_dataset__many_mistakes__are_found_in_one_pass(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    assets = root / "Assets"
    edit_json(assets / "asset_0" / "asset_metadata.json", age="old", sex="male")
    shutil.rmtree(assets / "asset_1" / "Raw")
    (assets / "asset_2" / "Raw" / "2_0_d.png").write_bytes(b"not an image")
    _, problems = inspect_dataset(root)
    errors = [problem for problem in problems if problem.severity == "error"]
    assert [error.file.name for error in errors] == [
        "asset_metadata.json",
        "asset_metadata.json",
        "Raw",
        "1_0_d_bbox.json",
        "1_1_d_bbox.json",
        "2_0_d.png",
    ]


def test_read_dataset__errors__are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    records = [box_record((10, 5, 0, 4), name, "a.png", 30, 40) for name in ("gap_junction", "x")]
    write_json_file(detection_path(asset), {"a": records})
    message = r"found 3 errors, first: .*box 0: .* found 0 x 4 px; .*run 'gapjunction validate .*'"
    with pytest.raises(DatasetError, match=message):
        read_dataset(tmp_path / "d")


def test_read_dataset__warnings_only__reads_all_the_same(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    write_json_file(
        detection_path(asset), {"a": [box_record((-3, 5, 8, 4), "gap_junction", "a.png", 30, 40)]}
    )
    [image] = read_dataset(tmp_path / "d").images()
    assert image.boxes.tolist() == [[-3, 5, 5, 9]]


def test_find_datasets__folder_of_datasets__gives_each(tmp_path: Path) -> None:
    roots = [build_dataset(tmp_path / name, num_assets=1) for name in ("A", "B")]
    (tmp_path / "notes").mkdir()
    assert find_datasets(tmp_path) == roots


def test_find_datasets__dataset__gives_itself(tmp_path: Path) -> None:
    assert find_datasets(build_dataset(tmp_path / "d")) == [tmp_path / "d"]


@pytest.mark.parametrize(
    ("folder", "message"),
    [("nowhere", "found nothing"), (".", "expected a dataset"), ("d/Assets/slide/Raw", "neither")],
)
def test_find_datasets__no_dataset__says_what_one_looks_like(
    tmp_path: Path, folder: str, message: str
) -> None:
    one_image_dataset(tmp_path / "x" / "d")
    target = tmp_path / folder if folder in (".", "nowhere") else tmp_path / "x" / folder
    with pytest.raises(DatasetError, match=message):
        find_datasets(target)


def test_find_datasets__asset__says_to_go_up(tmp_path: Path) -> None:
    asset = one_image_dataset(tmp_path / "d")
    with pytest.raises(DatasetError, match=r"found an asset .*; name the folder above it"):
        find_datasets(asset)


def test_inspect_dataset__asset_that_is_a_link_to_nothing__is_an_error(tmp_path: Path) -> None:
    one_image_dataset(tmp_path / "d")
    (tmp_path / "d" / "Assets" / "rat_9").symlink_to(tmp_path / "nowhere")
    dataset, [problem] = inspect_dataset(tmp_path / "d")
    assert dataset is not None
    assert (problem.severity, problem.file.name) == ("error", "rat_9")


def test_find_datasets__folder_of_images__names_the_command_that_makes_a_dataset(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.CZI").touch()
    with pytest.raises(DatasetError, match=f"'gapjunction create OUT --from {tmp_path}'"):
        find_datasets(tmp_path)


def test_find_datasets__image_file__names_the_command_that_makes_a_dataset(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"pixels")
    with pytest.raises(DatasetError, match=r"found an image that is in none; .* create OUT"):
        find_datasets(path)


def test_find_datasets__predictions__names_the_command_that_puts_them_into_a_dataset(
    tmp_path: Path,
) -> None:
    (tmp_path / "detections").mkdir()
    with pytest.raises(DatasetError, match=f"found predictions; .*publish {tmp_path} DATASET'"):
        find_datasets(tmp_path)


def test_read_datasets__dataset_named_twice__is_read_once(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d")
    assert [dataset.name for dataset in read_datasets([root, tmp_path])] == ["d"]


def test_read_datasets__two_of_one_name__are_refused(tmp_path: Path) -> None:
    roots = [build_dataset(tmp_path / parent / "d", num_assets=1) for parent in ("x", "y")]
    with pytest.raises(DatasetError, match="datasets with different names"):
        read_datasets(roots)


def test_relabeled__different_class_lists__labels_follow_the_names(tmp_path: Path) -> None:
    names = [("gap_junction",), ("debris", "gap_junction")]
    roots = [
        build_dataset(tmp_path / f"d{i}", num_assets=1, images_per_asset=1, class_names=own)
        for i, own in enumerate(names)
    ]
    datasets = read_datasets(roots)
    [image] = relabeled(datasets[1], ("gap_junction", "debris")).images()
    assert image.labels.tolist() == [1, 0, 1]


def test_relabeled__predictions__follow_the_names_too(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "d", num_assets=1, images_per_asset=1, class_names=("a", "b"))
    [path] = root.rglob("*_bbox.json")
    [(key, records)] = json.loads(path.read_text()).items()
    write_json_file(path, {key: [record | {"score": 0.5} for record in records]})
    dataset, problems = inspect_dataset(root)
    assert dataset is not None
    assert [problem.expected for problem in problems] == ["boxes drawn by a person"]
    [image] = relabeled(dataset, ["b", "a"]).images()
    assert image.predictions is not None
    assert image.predictions.labels.tolist() == [1, 0, 1]


def test_relabeled__class_missing__is_our_mistake(tmp_path: Path) -> None:
    dataset = read_dataset(build_dataset(tmp_path / "d"))
    with pytest.raises(ValueError, match="gap_junction"):
        relabeled(dataset, ["other"])


def test_clipped_annotations__cut_and_vanishing_boxes__are_counted() -> None:
    inside, cut, sliver = [1, 1, 9, 9], [-2, 5, 6, 9], [39.8, 1, 50, 9]
    image = AnnotatedImage(
        path=Path("a.png"),
        height=30,
        width=40,
        boxes=np.array([inside, cut, sliver], np.float32),
        labels=np.array([0, 1, 2]),
    )
    boxes, labels, num_clipped = clipped_annotations(image)
    assert boxes.tolist() == [inside, [0, 5, 6, 9]]
    assert (labels.tolist(), num_clipped) == ([0, 1], 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.floats(-2, 38, width=32),
            st.floats(-2, 28, width=32),
            st.floats(2.5, 20, width=32),
            st.floats(2.5, 20, width=32),
        ),
        max_size=8,
    )
)
def test_read_dataset__after_write_dataset__boxes_are_equal(
    tmp_path: Path, drawn: list[tuple[float, float, float, float]]
) -> None:
    source = tmp_path / "source"
    if not source.exists():
        one_image_dataset(source)
    original = read_dataset(source)
    [asset] = original.assets
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in drawn], np.float32).reshape(-1, 4)
    image = replace(asset.images[0], boxes=boxes, labels=np.zeros(len(boxes), np.int64))
    written = replace(original, assets=(replace(asset, images=(image,)),))
    write_dataset(written, tmp_path / "copy")
    read = read_dataset(tmp_path / "copy")
    np.testing.assert_allclose(next(read.images()).boxes, boxes, atol=1e-3)
    assert read.um_per_px == pytest.approx(original.um_per_px)
    assert read.assets[0].metadata == asset.metadata


def test_inspect_dataset__asset_beside_others_that_is_a_link_to_nothing__is_an_error(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "d")
    for asset in (root / "Assets").iterdir():
        asset.rename(root / asset.name)
    (root / "Assets").rmdir()
    (root / "rat_9").symlink_to(tmp_path / "nowhere")
    _, problems = inspect_dataset(root)
    [problem] = [each for each in problems if each.severity == "error"]
    assert (problem.file.name, problem.found) == ("rat_9", "a link to nothing")


def test_find_datasets__one_that_is_a_link_to_nothing__is_an_error(tmp_path: Path) -> None:
    build_dataset(tmp_path / "RAT")
    (tmp_path / "HUMAN").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="HUMAN: expected a dataset, found a link to nothing"):
        find_datasets(tmp_path)
