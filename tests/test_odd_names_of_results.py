"""Odd names in commands that make datasets, runs and benchmarks, beside `test_odd_names`."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction import cli
from gapjunction.csv_tables import text_of_cell
from gapjunction.dataset.reader import inspect_dataset, read_dataset
from gapjunction.dataset.splits import read_assignment
from gapjunction.runs.folder import SPLITS_NAME
from logged_runs import take_the_place_of_mlflow
from odd_names import NAMES, build_named
from tiny_detectors import tiny_trainings

FOUND = {
    "label_name": "gap_junction",
    "bbox_x": 1.0,
    "bbox_y": 2.0,
    "bbox_width": 4.0,
    "bbox_height": 5.0,
    "score": 0.75,
}


@pytest.mark.long
def test_simulate__odd_name_of_the_folder__is_that_of_the_dataset(tmp_path: Path) -> None:
    for name in NAMES:
        out = tmp_path / name
        sizes = ["--images", "1", "--assets", "1", "--size", "64"]
        assert cli.run(["simulate", f"{out}", *sizes]) == 0
        dataset, problems = inspect_dataset(out)
        assert dataset is not None
        assert dataset.name == name
        assert not [each for each in problems if each.severity == "error"]


@pytest.mark.long
def test_publish__odd_names__are_those_of_the_predictions(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        folder = tmp_path / str(number)
        root = build_named(folder / "set", name, name)
        [boxes] = root.glob("Assets/*/Detection/*.json")
        boxes.unlink()
        predicted = folder / "predicted" / "detections" / f"{name}_bbox.json"
        predicted.parent.mkdir(parents=True)
        predicted.write_text(json.dumps({name: [FOUND]}), encoding="utf-8")
        (folder / "predicted" / "manifest.json").write_text('{"threshold": 0.5}')
        assert cli.run(["publish", f"{folder / 'predicted'}", f"{root}"]) == 0
        [image] = read_dataset(root).images()
        assert image.stem == name
        assert image.predictions is not None
        assert image.predictions.boxes.tolist() == [[1, 2, 5, 7]]


def test_benchmark_segmentation__odd_names__are_those_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = take_the_place_of_mlflow(monkeypatch, tmp_path)
    for side, suffix in (("truth", "_mask"), ("found", "")):
        (tmp_path / side).mkdir()
        for name in NAMES:
            mask = Image.fromarray(np.eye(8, dtype=np.uint8))
            mask.save(tmp_path / side / f"{name}{suffix}.png")
    (tmp_path / "label_properties.json").write_text('{"gap_junction": "#4EF8FF"}')
    sides = ["--ground_truth_dir", "truth", "--predictions_dir", "found"]
    labels = ["--label_properties", "label_properties.json"]
    assert cli.run(["benchmark", "segmentation", *sides, *labels]) == 0
    table = io.StringIO(runs.files["per_image.csv"].decode("utf-8"), newline="")
    assert sorted(text_of_cell(row["image"]) for row in csv.DictReader(table)) == sorted(NAMES)


@pytest.mark.long
def test_train__odd_names__are_those_in_the_split(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "a\nb =1", num_assets=len(NAMES), images_per_asset=1)
    for number, name in enumerate(NAMES):
        asset = root / "Assets" / f"asset_{number}"
        [image], [boxes] = (asset / "Raw").iterdir(), (asset / "Detection").iterdir()
        [records] = json.loads(boxes.read_text()).values()
        image.rename(image.with_name(f"{name}.png"))
        boxes.unlink()
        of_name = boxes.with_name(f"{name}_bbox.json")
        of_name.write_text(json.dumps({name: [each | {"image_name": name} for each in records]}))
        asset.rename(asset.with_name(name))
    run = tmp_path / "%s {run}"
    with tiny_trainings(tmp_path):
        assert cli.run(["train", f"{root}", "--output", f"{run}", "--folds", "1"]) == 0
    splits = read_assignment(run / SPLITS_NAME).splits
    assert sorted(splits) == sorted((root.name, name) for name in NAMES)
