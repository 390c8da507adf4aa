"""Tests for the panel, in napari's own test viewer; skipped where napari or Qt is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gapjunction
from builders import BlobDetector, build_dataset
from gapjunction.detections_json import read_detection_file
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.napari_plugin.hidden_boxes import HIDDEN
from gapjunction.prediction.model import Model
from gapjunction.prediction_folder import Manifest, write_manifest
from review_cases import detection_file, predicted_dataset
from stack_cases import TWO_PLAQUES, build_stacks

pytest.importorskip("napari", reason="the extra napari is not installed")
pytest.importorskip("pytestqt", reason="pytest-qt is not installed")
try:
    from qtpy.QtWidgets import QApplication
except ImportError as error:
    pytest.skip(f"no Qt that works: {error}", allow_module_level=True)

# Napari, Qt and what they bring are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

MANIFEST = Path(gapjunction.__file__).parent / "napari_plugin" / "napari.yaml"
CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())
OPTIONS = {"plugin": "gapjunction"}


@pytest.fixture
def viewer(make_napari_viewer: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a viewer that knows the plug-in, whose model finds each bright spot."""
    from npe2 import PluginManager, PluginManifest  # noqa: PLC0415 - there, as napari is

    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)
    manager = PluginManager.instance()
    if "gapjunction" not in manager:
        manager.register(PluginManifest.from_file(MANIFEST))
    return make_napari_viewer()


def panel_of(viewer: Any) -> Any:
    """Open the panel; return its parts."""
    _, panel = viewer.window.add_plugin_dock_widget("gapjunction", "Find gap junctions")
    return panel.native.parts


def wait_until(qtbot: Any, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so, timeout=60_000)


def find_in(qtbot: Any, viewer: Any, part: Any, name: str) -> Any:
    """Find in an image layer; return the layer with the boxes."""
    part.image.value = viewer.layers[name]
    part.find()
    wait_until(qtbot, lambda: f"{name} found" in viewer.layers and part.find_button.enabled)
    return viewer.layers[f"{name} found"]


def test_open__a_dataset__has_its_layers_where_they_belong(viewer: Any, tmp_path: Path) -> None:
    viewer.open(str(build_dataset(tmp_path / "rat")), **OPTIONS)
    pixels, boxes = viewer.layers["asset_0"], viewer.layers["asset_0 boxes"]
    assert boxes.ndim == 3
    assert boxes.scale.tolist() == pixels.scale.tolist() == [1, *[pytest.approx(0.103)] * 2]
    assert str(pixels.units[-1]) == "micrometer"
    at_first = [each for each in boxes.data if each[0, 0] == 0]
    for corners in at_first:  # squares of 220 on a ground below 40
        (y0, x0), (y1, x1) = corners[:, 1:].min(axis=0), corners[:, 1:].max(axis=0)
        inside = np.asarray(pixels.data[0])[round(y0 + 0.5) : round(y1 + 0.5)]
        assert (inside[:, round(x0 + 0.5) : round(x1 + 0.5)] == 220).all()


def test_open__linked_plaques__are_there_in_three_dimensions(viewer: Any) -> None:
    viewer.open_sample("gapjunction", "stack")
    viewer.dims.ndisplay = 3
    links = viewer.layers["simulated stack links"]
    assert links.ndim == 3
    assert len(links.features["plaque"].unique()) > 1


def test_find__current_layer__shows_count_and_boxes(qtbot: Any, viewer: Any) -> None:
    part, boxes, _ = panel_of(viewer)
    pixels = np.zeros((64, 80), np.uint8)
    pixels[10:20, 30:40], pixels[40:50, 50:60] = 255, 230
    viewer.add_image(pixels, name="mine")
    layer = find_in(qtbot, viewer, part, "mine")
    assert boxes.boxes.value is layer
    assert len(layer.data) == 2
    assert "gap_junction: 2 objects (" in boxes.count.value
    assert (layer.data[0].min(axis=0) >= [9, 29]).all()


def test_find__threshold_moved__hides_boxes_and_brings_them_back(qtbot: Any, viewer: Any) -> None:
    part, boxes, _ = panel_of(viewer)
    pixels = np.zeros((64, 80), np.uint8)
    pixels[10:20, 30:40], pixels[40:50, 50:60] = 255, 200
    viewer.add_image(pixels, name="mine")
    layer = find_in(qtbot, viewer, part, "mine")
    scores = sorted(layer.features["score"])
    boxes.threshold.value = (scores[0] + scores[1]) / 2
    assert len(layer.data) == 1
    assert "1 object (" in boxes.count.value
    boxes.threshold.value = 0.1
    assert sorted(layer.features["score"]) == scores


def test_find__stack__counts_plaques_through_its_slices(
    qtbot: Any, viewer: Any, tmp_path: Path
) -> None:
    part, boxes, _ = panel_of(viewer)
    root = build_stacks(tmp_path / "rat", s=TWO_PLAQUES)
    for path in root.rglob("*.png"):
        pixels = np.zeros((32, 64), np.uint8)
        pixels[10:18, 10:16] = 255
        Image.fromarray(pixels).save(path)
    viewer.open(str(root), **OPTIONS)
    layer = find_in(qtbot, viewer, part, "s")
    assert "gap_junction: 1 plaque in 3 slices" in boxes.count.value
    assert layer.features["plaque"].tolist() == [0, 0, 0]


def test_choose__predictions__have_the_threshold_that_they_were_shown_with(
    viewer: Any, tmp_path: Path
) -> None:
    root, out = predicted_dataset(tmp_path / "rat"), tmp_path / "out"
    source = detection_file(root, "0_0")
    (out / "detections").mkdir(parents=True)
    (out / "detections" / source.name).write_bytes(source.read_bytes())
    write_manifest(out, Manifest(input=str(root), threshold=0.4))
    _, boxes, _ = panel_of(viewer)
    viewer.open(str(out), **OPTIONS)
    assert boxes.threshold.value == pytest.approx(0.4)
    assert boxes.count.value == "2 boxes shown"


def test_show__points_and_words__take_the_place_of_boxes(viewer: Any, tmp_path: Path) -> None:
    _, boxes, _ = panel_of(viewer)
    viewer.open(str(build_dataset(tmp_path / "rat")), **OPTIONS)
    layer = viewer.layers["asset_0 boxes"]
    boxes.boxes.value = layer
    boxes.texts.value, boxes.as_points.value = True, True
    points = viewer.layers["asset_0 boxes as points"]
    assert points.text.visible
    assert (len(points.data), layer.visible) == (len(layer.data), False)
    boxes.as_points.value = False
    assert points not in viewer.layers
    assert layer.visible


def test_save__boxes_drawn_and_deleted__are_in_the_dataset(viewer: Any, tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat")
    _, boxes, _ = panel_of(viewer)
    viewer.open(str(root), **OPTIONS)
    layer = viewer.layers["asset_0 boxes"]
    boxes.boxes.value = layer
    drawn = [[0, 1.5, 2.5], [0, 1.5, 8.5], [0, 9.5, 8.5], [0, 9.5, 2.5]]
    layer.add_rectangles(np.array(drawn))
    boxes.save()
    written = read_detection_file(detection_file(root, "0_0"))
    assert written.boxes.tolist()[-1] == [3, 2, 9, 10]
    assert "1 image saved" in boxes.saved.value
    assert "1 drawn, 3 kept" in boxes.saved.value
    boxes.save()
    assert "0 images saved" in boxes.saved.value


def test_save__predictions_that_count__become_annotations(viewer: Any, tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "rat")
    _, boxes, _ = panel_of(viewer)
    viewer.open(str(root), **OPTIONS)
    boxes.boxes.value = viewer.layers["asset_0 boxes"]
    boxes.threshold.value = 0.4
    assert len(boxes.boxes.value.metadata[HIDDEN]) == 1
    boxes.looked_through.value = "the image that is shown"
    viewer.dims.set_current_step(0, 0)
    boxes.save()
    written = read_detection_file(detection_file(root, "0_0"))
    assert (len(written.records), written.has_scores) == (2, False)


def test_save__no_dataset__is_told_and_no_traceback(
    qtbot: Any, viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("gapjunction.napari_plugin.telling.show_error", told.append)
    part, boxes, _ = panel_of(viewer)
    viewer.add_image(np.zeros((64, 80), np.uint8), name="mine")
    find_in(qtbot, viewer, part, "mine")
    boxes.looked_through.value = "all images"
    boxes.save_button.native.click()
    assert len(told) == 1
    assert "make a dataset with 'gapjunction create'" in told[0]


def test_give_class__selected_box__is_of_it(viewer: Any, tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat", class_names=("plaque", "debris"))
    _, boxes, _ = panel_of(viewer)
    viewer.open(str(root), **OPTIONS)
    layer = viewer.layers["asset_0 boxes"]
    boxes.boxes.value = layer
    layer.selected_data = {0}
    boxes.class_name.value = "debris"
    assert layer.features["class"][0] == "debris"


def test_train__begun_and_cancelled__ends_its_process(viewer: Any, tmp_path: Path) -> None:
    _, boxes, training = panel_of(viewer)
    viewer.open(str(build_dataset(tmp_path / "rat")), **OPTIONS)
    boxes.boxes.value = viewer.layers["asset_0 boxes"]
    training.train()
    assert training.cancel_button.enabled
    training.cancel()
    assert training.status.value == "cancelled"
    assert training.train_button.enabled
    QApplication.processEvents()


def test_cancel__while_it_looks__shows_nothing_and_finds_again(qtbot: Any, viewer: Any) -> None:
    part, *_ = panel_of(viewer)
    viewer.add_image(np.zeros((6, 64, 80), np.uint8), name="mine")
    part.image.value = viewer.layers["mine"]
    part.find()
    part.cancel()
    wait_until(qtbot, lambda: part.find_button.enabled)
    assert [layer.name for layer in viewer.layers] == ["mine"]
    find_in(qtbot, viewer, part, "mine")


@pytest.mark.slow
def test_train__to_its_end__finds_with_the_new_model(
    qtbot: Any, viewer: Any, tmp_path: Path
) -> None:
    part, boxes, training = panel_of(viewer)
    viewer.open(str(build_dataset(tmp_path / "rat", num_assets=4)), **OPTIONS)
    boxes.boxes.value = viewer.layers["asset_0 boxes"]
    training.epochs.value, training.quick.value = 1, True
    training.train()
    qtbot.waitUntil(lambda: training.train_button.enabled, timeout=900_000)
    assert training.status.value.startswith("done: ")
    assert (part.model.value / "model.safetensors").is_file()
    assert part.weights() == part.model.value
