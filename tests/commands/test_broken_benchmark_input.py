"""Tests that benchmarks and the report say in one line what is wrong with a broken dataset."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset, edit_json
from gapjunction import cli
from gapjunction.commands.benchmark import detection
from group_cases import write_predictions
from logged_runs import LoggedRuns, take_the_place_of_mlflow

ASSET = Path("Assets/asset_0")
IMAGE, BOXES = ASSET / "Raw" / "0_0_rats.png", ASSET / "Detection" / "0_0_rats_bbox.json"
LABELS, METADATA = Path("Label_Properties/label_properties.json"), ASSET / "asset_metadata.json"
STATIC = Path("Metadata_Static/metadata_static.json")
COMMANDS: dict[str, tuple[str, ...]] = {
    "counts": ("counts", "--ground_truth_dir", "rats", "--predictions_dir", "found"),
    "detection": ("detection", "--ground_truth_dir", "rats", "--predictions_dir", "found"),
    "compare": ("compare", "found", "found", "--ground_truth_dir", "rats"),
}


def copy(root: Path, path: Path, name: str) -> None:
    target = root / path.parent / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((root / path).read_bytes())


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def edit_box(root: Path, **changes: Any) -> None:
    [(stem, boxes)] = json.loads((root / BOXES).read_text()).items()
    boxes[0] |= changes
    (root / BOXES).write_text(json.dumps({stem: boxes}))


def drop_key(root: Path) -> None:
    [(stem, boxes)] = json.loads((root / BOXES).read_text()).items()
    del boxes[0]["bbox_width"]
    (root / BOXES).write_text(json.dumps({stem: boxes}))


def empty(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        path.unlink()


def rename_key(root: Path) -> None:
    [boxes] = json.loads((root / BOXES).read_text()).values()
    (root / BOXES).write_text(json.dumps({"another": boxes}))


def write_mask(root: Path) -> None:
    (root / ASSET / "Segmentation").mkdir()
    Image.fromarray(np.zeros((9, 9, 4), np.uint8)).save(
        root / ASSET / "Segmentation" / "0_0_rats_mask.png"
    )


BREAKS: dict[str, Callable[[Path], object]] = {
    "image that is none": lambda root: write(root / IMAGE, "no picture"),
    "empty image": lambda root: write(root / IMAGE, ""),
    "two images of one stem": lambda root: copy(root, IMAGE, "0_0_rats.webp"),
    "boxes of no image": lambda root: copy(root, BOXES, "gone_bbox.json"),
    "two files of boxes": lambda root: copy(root, BOXES, "0_0_rats.json"),
    "boxes of another image": rename_key,
    "boxes that are no JSON": lambda root: write(root / BOXES, '{"0_0_rats": ['),
    "boxes that are empty": lambda root: write(root / BOXES, ""),
    "boxes in a list": lambda root: write(root / BOXES, "[]"),
    "box without width": drop_key,
    "box of no number": lambda root: edit_box(root, bbox_x="left"),
    "box of an infinite side": lambda root: edit_box(root, bbox_width=1e999),
    "box of no width": lambda root: edit_box(root, bbox_width=0),
    "box outside the image": lambda root: edit_box(root, bbox_x=900.0),
    "box of another class": lambda root: edit_box(root, label_name="nucleus"),
    "box of another image size": lambda root: edit_box(root, image_width=1000),
    "mask of another size": write_mask,
    "no label file": lambda root: (root / LABELS).unlink(),
    "two label files": lambda root: write(root / LABELS.with_suffix(".yaml"), "a: '#000001'"),
    "label file that is no JSON": lambda root: write(root / LABELS, "{"),
    "no classes": lambda root: write(root / LABELS, "{}"),
    "color that is none": lambda root: write(root / LABELS, '{"gap_junction": "green"}'),
    "metadata that are no JSON": lambda root: write(root / METADATA, "{"),
    "age below zero": lambda root: edit_json(root / METADATA, age=-1),
    "sex that is none": lambda root: edit_json(root / METADATA, sex="M"),
    "static metadata in a list": lambda root: write(root / STATIC, "[]"),
    "scale below zero": lambda root: edit_json(
        root / STATIC, scales=[{"barcode": "60x", "unit": "nm", "value_per_pixel": -1}]
    ),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a dataset in the working directory, with predictions beside it."""
    monkeypatch.setattr(detection, "_figures", lambda _study: iter(()))
    root = build_dataset(tmp_path / "rats", num_assets=2, images_per_asset=1)
    write_predictions(root, tmp_path / "found")
    return root


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def require_one_line(arguments: list[str], complaint: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    said = complaint.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "; " in said.err  # what to do comes after it


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", BREAKS)
def test_benchmark__broken_ground_truth__is_one_line_and_code_2(
    root: Path, logged: LoggedRuns, capsys: pytest.CaptureFixture[str], name: str, command: str
) -> None:
    BREAKS[name](root)
    require_one_line(["benchmark", *COMMANDS[command]], capsys)
    assert not logged.records


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("name", BREAKS)
def test_report__broken_dataset__is_one_line_and_code_2(
    root: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    BREAKS[name](root)
    require_one_line(["report", "rats", "--predictions", "found", "--output", "out"], capsys)


FOUND = Path("found/detections/0_0_rats_bbox.json")
FOUND_BREAKS: dict[str, Callable[[Path], object]] = {
    "no folder": lambda folder: (folder / "found").rename(folder / "lost"),
    "no file": lambda folder: empty((folder / FOUND).parent),
    "empty file": lambda folder: write(folder / FOUND, ""),
    "file that is no JSON": lambda folder: write(folder / FOUND, '{"0_0_rats": ['),
    "list": lambda folder: write(folder / FOUND, "[]"),
    "boxes of another image": lambda folder: write(folder / FOUND, '{"another": []}'),
    "box without anything": lambda folder: write(folder / FOUND, '{"0_0_rats": [{}]}'),
    "two files of an image": lambda folder: copy(folder, FOUND, "0_0_rats.json"),
    "image of no dataset": lambda folder: write(folder / FOUND.parent / "a.json", '{"a": []}'),
    "manifest that is no JSON": lambda folder: write(folder / "found" / "manifest.json", "{"),
    "threshold above 1": lambda folder: edit_json(
        folder / "found" / "manifest.json", threshold=1.5
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", FOUND_BREAKS)
def test_benchmark__broken_predictions__are_one_line_and_code_2(
    root: Path, logged: LoggedRuns, capsys: pytest.CaptureFixture[str], name: str, command: str
) -> None:
    FOUND_BREAKS[name](root.parent)
    require_one_line(["benchmark", *COMMANDS[command]], capsys)
    assert not logged.records


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("name", FOUND_BREAKS)
def test_report__broken_predictions__are_one_line_and_code_2(
    root: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    FOUND_BREAKS[name](root.parent)
    require_one_line(["report", "rats", "--predictions", "found", "--output", "out"], capsys)


def test_benchmark_detection__image_cut_short__is_one_line_once_it_is_drawn(
    logged: LoggedRuns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=2, images_per_asset=1)
    write_predictions(root, tmp_path / "found", score=0.1)  # all below the threshold: missed
    (root / IMAGE).write_bytes((root / IMAGE).read_bytes()[:4000])
    require_one_line(["benchmark", *COMMANDS["detection"]], capsys)
    assert not logged.records


@pytest.mark.parametrize("command", ["counts", "compare"])
def test_benchmark__image_cut_short__is_compared_as_its_pixels_are_not_looked_at(
    root: Path, logged: LoggedRuns, command: str
) -> None:
    assert cli.run(["benchmark", *COMMANDS[command]]) == 0
    (root / IMAGE).write_bytes((root / IMAGE).read_bytes()[:4000])
    assert cli.run(["benchmark", *COMMANDS[command]]) == 0
    metrics = [record.metrics for record in logged.records]
    assert metrics[: len(metrics) // 2] == metrics[len(metrics) // 2 :]
