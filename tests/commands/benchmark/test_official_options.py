"""Tests for the options that users of the published repository know."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from gapjunction import cli
from gapjunction.commands.benchmark import counts, detection, segmentation
from gapjunction.commands.benchmark.config import (
    BenchmarkCountsConfig,
    BenchmarkDetectionConfig,
    BenchmarkSegmentationConfig,
)
from gapjunction.commands.predict.command import run as predict
from gapjunction.commands.predict.config import PredictConfig
from logged_runs import LoggedRuns, take_the_place_of_mlflow

pytestmark = pytest.mark.usefixtures("quick_figures")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def write_boxes(folder: Path, classes_of: Mapping[str, str]) -> Path:
    """Write a detection file for each stem, with a box for each letter, which is its class."""
    folder.mkdir()
    for stem, letters in classes_of.items():
        sides = {"bbox_y": 0, "bbox_width": 8, "bbox_height": 8}
        boxes = [
            {"label_name": letter, "bbox_x": 10 * place, **sides}
            for place, letter in enumerate(letters)
        ]
        (folder / f"{stem}_bbox.json").write_text(json.dumps({stem: boxes}))
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """Two images on both sides, a third on one: `a` is found, `b` missed in the second."""
    return {
        "ground_truth_dir": write_boxes(tmp_path / "truth", {"i1": "ab", "i2": "ab", "i3": "a"}),
        "predictions_dir": write_boxes(tmp_path / "found", {"i1": "ab", "i2": "a"}),
    }


def stems_file(tmp_path: Path, *stems: str) -> Path:
    path = tmp_path / "stems.txt"
    path.write_text("\n".join(stems))
    return path


def test_counts__forced_filenames__are_all_that_is_compared(
    tmp_path: Path, settings: dict[str, Any], logged: LoggedRuns
) -> None:
    forced = stems_file(tmp_path, "i1", "i2")
    suite = counts.run(BenchmarkCountsConfig(**settings, forced_filenames_path=forced)).suite
    assert (suite["all"]["num_images"], suite["all"]["bias"]) == (2, -0.5)
    assert logged.records[0].params["forced_filenames_path"] == str(forced)


def test_counts__label__leaves_out_other_classes(
    tmp_path: Path, settings: dict[str, Any], logged: LoggedRuns
) -> None:
    forced = stems_file(tmp_path, "i2")
    run = BenchmarkCountsConfig(**settings, forced_filenames_path=forced, label="b")
    suite = counts.run(run).suite
    assert list(suite["classes"]) == ["b"]
    assert (suite["all"]["num_truth"], suite["all"]["num_predicted"]) == (1, 0)
    assert logged.records[0].params["label"] == "b"


def test_detection__label__leaves_out_other_classes(
    tmp_path: Path, settings: dict[str, Any], logged: LoggedRuns
) -> None:
    forced = stems_file(tmp_path, "i1", "i2")
    suites = [
        detection.run(
            BenchmarkDetectionConfig(**settings, forced_filenames_path=forced, label=label)
        ).suite
        for label in ("a", "b", None)
    ]
    assert [(suite["all"]["num_truth"], suite["all"]["num_found"]) for suite in suites] == [
        (2, 2),
        (2, 1),
        (4, 3),
    ]
    assert list(suites[1]["classes"]) == ["b"]
    assert len(logged.records) == 3


@pytest.mark.usefixtures("logged")
def test_segmentation__label_and_forced_filenames__leave_out_the_rest(tmp_path: Path) -> None:
    label_file = tmp_path / "label_properties.json"
    label_file.write_text('{"a": "#FF0000", "b": "#00FF00"}')
    red, green, black = (255, 0, 0), (0, 255, 0), (0, 0, 0)
    for name, row in (("truth", [red, green, green]), ("found", [red, green, black])):
        (tmp_path / name).mkdir()
        Image.fromarray(np.array([row], np.uint8)).save(tmp_path / name / "i1.png")
    Image.fromarray(np.array([[red]], np.uint8)).save(tmp_path / "truth" / "i2.png")
    settings = {
        "ground_truth_dir": tmp_path / "truth",
        "predictions_dir": tmp_path / "found",
        "label_properties": label_file,
        "forced_filenames_path": stems_file(tmp_path, "i1"),
    }
    for label, iou in (("a", 1.0), ("b", 0.5)):
        suite = segmentation.run(BenchmarkSegmentationConfig(**settings, label=label)).suite
        assert suite["all"]["mean_iou"] == iou
        assert list(suite["classes"]) == [label]


def test_counts__versions__are_logged_as_stated(
    tmp_path: Path, settings: dict[str, Any], logged: LoggedRuns
) -> None:
    forced = stems_file(tmp_path, "i1")
    versions = {"model_version": "m7", "dataset_version": "d3"}
    counts.run(BenchmarkCountsConfig(**settings, forced_filenames_path=forced, **versions))
    params = logged.records[0].params
    assert {name: params[name] for name in versions} == versions


@pytest.mark.parametrize("script", ["counts", "detection"])
@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        ("--forced_label", "c", "label: expected one of a, b, found 'c'"),
        ("--label", "c", "(--label)"),
        ("--forced_filenames_path", "none.txt", "(--forced_filenames_path)"),
    ],
)
def test_command_line__what_is_unknown__is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    script: str,
    option: str,
    value: str,
    line: str,
) -> None:
    folders = [
        *("--prediction_dir", str(write_boxes(tmp_path / "found", {"i1": "ab"}))),
        *("--ground_truth_dir", str(write_boxes(tmp_path / "truth", {"i1": "a"}))),
    ]
    code = cli.run(["benchmark", script, *folders, option, value])
    errors = [each for each in capsys.readouterr().err.splitlines() if "expected" in each]
    assert code == cli.USER_ERROR
    assert len(errors) == 1
    assert line in errors[0]


@pytest.mark.long
@pytest.mark.usefixtures("logged")
def test_counts_and_detection__csv_of_a_prediction__give_the_numbers_of_its_folder(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set")
    output = tmp_path / "out"
    predict(PredictConfig(input=root, checkpoint=checkpoint, output=output, csv=True))
    of_folder: dict[str, Any] = {
        "ground_truth_dir": root,
        "predictions_dir": output,
    }
    of_csv = of_folder | {"predictions_dir": output / "csv"}
    counted = counts.run(BenchmarkCountsConfig(**of_csv)).suite
    assert counted == counts.run(BenchmarkCountsConfig(**of_folder)).suite
    assert counted["all"]["num_predicted"] > 0
    found = detection.run(BenchmarkDetectionConfig(**of_csv)).suite
    assert found == detection.run(BenchmarkDetectionConfig(**of_folder)).suite


@pytest.mark.usefixtures("logged")
def test_counts__tables_on_both_sides__are_compared(tmp_path: Path) -> None:
    header = "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height"
    box = "a,1,2,3,4,i1.webp,64,64"
    sides = {"truth": {"i1": [box, box], "i2": []}, "found": {"i1": [box], "i2": []}}
    for side, rows_of in sides.items():
        (tmp_path / side).mkdir()
        for stem, rows in rows_of.items():
            (tmp_path / side / f"{stem}.csv").write_text("\n".join([header, *rows]))
    (tmp_path / "found" / "counts.csv").write_text("image,asset\ni1,s1\ni2,s2\n")
    config = BenchmarkCountsConfig(
        ground_truth_dir=tmp_path / "truth",
        predictions_dir=tmp_path / "found",
    )
    overall = counts.run(config).suite["all"]
    assert (overall["num_images"], overall["num_truth"], overall["num_predicted"]) == (2, 2, 1)
