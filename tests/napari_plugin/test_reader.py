"""Tests for `gapjunction.napari_plugin.reader`, and of the layers that it gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from builders import build_dataset, write_json_file
from gapjunction.detections import Detections
from gapjunction.detections_json import write_detection_file
from gapjunction.napari_plugin.box_layers import NO_PLAQUE, boxes_of
from gapjunction.napari_plugin.hidden_boxes import HIDDEN
from gapjunction.napari_plugin.layer_data import LayerData, origin_of
from gapjunction.napari_plugin.reader import get_reader
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction_folder import PREDICTED_PLAQUES, Manifest, file_of, write_manifest
from review_cases import predicted_dataset
from stack_cases import TWO_PLAQUES, build_stacks

SIDE_UM = 0.103


def layers_of(path: Path) -> list[LayerData]:
    """Return what napari is given when a path is opened."""
    read = get_reader(str(path))
    assert read is not None
    return read(str(path))


def named(layers: list[LayerData], name: str) -> tuple[Any, dict[str, Any]]:
    """Return data and options of the layer with a name."""
    [(content, shown)] = [(each[0], each[1]) for each in layers if each[1]["name"] == name]
    return content, shown


def predict_stacks(data: Path, folder: Path) -> Path:
    """Write predictions of the stack "s": the first box of each slice, and the plaque they are."""
    boxes = np.array([[10, 10, 16, 18]], np.float32)
    found = Detections(boxes, np.array([0.7], np.float32), np.zeros(1, np.int64))
    for number in (3, 4, 5):
        stem = f"{9000 - number}_cx43_Z{number}_s"
        path = file_of(folder, "detections", stem)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_detection_file(
            path, found, ("gap_junction",), image_name=f"{stem}.png", image_size=(32, 64)
        )
    numbers = np.array([3, 4, 5])
    plaque = TabledPlaque(
        7, "gap_junction", numbers, np.repeat(boxes, 3, axis=0), (data.name, "s"), (0.9,)
    )
    PREDICTED_PLAQUES.write(folder / "plaque_boxes.csv", [plaque])
    write_manifest(folder, Manifest(input=str(data), threshold=0.5))
    return folder


def test_get_reader__images_of_an_asset__lie_one_behind_the_other(tmp_path: Path) -> None:
    layers = layers_of(build_dataset(tmp_path / "rat"))
    pixels, shown = named(layers, "asset_1")
    assert (pixels.shape, np.asarray(pixels[1]).shape) == ((2, 64, 80, 3), (64, 80, 3))
    assert shown["rgb"]
    assert [each[2] for each in layers] == ["image", "shapes"] * 3
    assert [each[1].get("visible", True) for each in layers] == [True] * 2 + [False] * 4


def test_get_reader__pixel_size_known__scales_in_um(tmp_path: Path) -> None:
    _, shown = named(layers_of(build_dataset(tmp_path / "rat")), "asset_0")
    assert shown["scale"] == [1.0, pytest.approx(SIDE_UM), pytest.approx(SIDE_UM)]
    assert shown["units"] == ["pixel", "um", "um"]


def test_get_reader__boxes__begin_half_a_pixel_before_the_center_of_their_first(
    tmp_path: Path,
) -> None:
    root = build_stacks(tmp_path / "rat", s={1: [(10, 20, 6, 8)], 2: []})
    corners, shown = named(layers_of(root), "s boxes")
    assert corners[0].min(axis=0).tolist() == [0, 19.5, 9.5]
    assert corners[0].max(axis=0).tolist() == [0, 27.5, 15.5]
    assert boxes_of(corners)[0].tolist() == [[10, 20, 16, 28]]
    assert shown["features"]["class"].tolist() == ["gap_junction"]
    assert shown["features"]["score"].tolist() == [1.0]


def test_get_reader__stack__has_its_slices_in_order_and_its_z_step(tmp_path: Path) -> None:
    root = build_stacks(tmp_path / "rat", s=TWO_PLAQUES)
    write_json_file(root / "Assets" / "s" / "asset_metadata.json", {"z_step_um": 0.4})
    _, shown = named(layers_of(root), "s")
    origin = origin_of(shown["metadata"])
    assert origin is not None
    assert origin.numbers == (3, 4, 5)
    assert shown["scale"][0] == 0.4


def test_get_reader__predictions__hide_what_does_not_count(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "rat")
    out = tmp_path / "out"
    (out / "detections").mkdir(parents=True)
    source = root / "Assets" / "asset_0" / "Detection" / "0_0_rat_bbox.json"
    (out / "detections" / source.name).write_bytes(source.read_bytes())
    write_manifest(out, Manifest(input=str(root), threshold=0.4))
    corners, shown = named(layers_of(out), "0_0_rat boxes")
    assert shown["features"]["score"].tolist() == pytest.approx([0.9, 0.5])
    assert (len(corners), len(shown["metadata"][HIDDEN])) == (2, 1)


def test_get_reader__predicted_stack__shows_its_plaques_linked(tmp_path: Path) -> None:
    root = build_stacks(tmp_path / "rat", s=TWO_PLAQUES)
    layers = layers_of(predict_stacks(root, tmp_path / "out"))
    points, _ = named(layers, "s plaques")
    links, shown = named(layers, "s links")
    assert points.tolist() == [[z, 13.5, 12.5] for z in (0, 1, 2)]
    assert links.tolist() == [[[z, 13.5, 12.5], [1, 0, 0]] for z in (0, 1)]
    assert shown["features"]["plaque"].tolist() == [7, 7]
    assert named(layers, "s boxes")[1]["features"]["plaque"].tolist() == [7, 7, 7]


def test_get_reader__boxes_of_no_plaque__have_no_number(tmp_path: Path) -> None:
    layers = layers_of(build_stacks(tmp_path / "rat", s=TWO_PLAQUES))
    assert set(named(layers, "s boxes")[1]["features"]["plaque"]) == {NO_PLAQUE}


def test_get_reader__predictions_of_plain_files__show_these(tmp_path: Path) -> None:
    images, out = tmp_path / "images", tmp_path / "out"
    images.mkdir()
    tifffile.imwrite(images / "a.tif", np.zeros((20, 30), np.uint16))
    path = file_of(out, "detections", "a")
    path.parent.mkdir(parents=True)
    write_detection_file(
        path, Detections.none(), ("gap_junction",), image_name="a.tif", image_size=(20, 30)
    )
    write_manifest(out, Manifest(input=str(images)))
    pixels, shown = named(layers_of(out), "a")
    assert (pixels.shape, shown["rgb"]) == ((20, 30), False)


def test_get_reader__hyperstack__has_a_layer_for_each_channel_with_its_scale(
    tmp_path: Path,
) -> None:
    stack = np.arange(3 * 2 * 8 * 9, dtype=np.uint16).reshape(3, 2, 8, 9)
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path,
        stack,
        imagej=True,
        resolution=(5, 5),
        metadata={"axes": "ZCYX", "unit": "um", "spacing": 0.5},
    )
    first, second = layers_of(path)
    assert (second[0] == stack[:, 1]).all()
    assert first[1]["scale"] == [0.5, pytest.approx(0.2), pytest.approx(0.2)]
    assert (first[1]["name"], second[1]["name"]) == ("a channel 1", "a channel 2")
    assert (first[1]["colormap"], second[1]["blending"]) == ("green", "additive")


def test_get_reader__something_else__is_left_to_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    assert get_reader(str(tmp_path / "a.txt")) is None
    assert get_reader(str(tmp_path)) is None
    assert get_reader([str(tmp_path / "a.tif"), str(tmp_path / "b.tif")]) is None
