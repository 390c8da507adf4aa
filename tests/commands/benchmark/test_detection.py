"""Tests for `gapjunction.commands.benchmark.detection`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from builders import edit_json
from gapjunction import cli
from gapjunction.commands.benchmark import detection
from gapjunction.commands.benchmark.config import BOXES, BenchmarkDetectionConfig
from gapjunction.commands.benchmark.detection import run
from gapjunction.errors import BenchmarkError
from group_cases import build_study_data, name_trained_assets, write_predictions
from logged_runs import LoggedRuns, take_the_place_of_mlflow

REPOSITORY = Path(__file__).parents[3]
EXAMPLE = REPOSITORY / "benchmark" / "data_examples" / "object_detection"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the seconds that drawing takes."""
    monkeypatch.setattr(detection, "_figures", lambda _study: iter(()))


def config(**changes: Any) -> BenchmarkDetectionConfig:
    settings = {
        "ground_truth_dir": EXAMPLE / "ground_truth",
        "predictions_dir": EXAMPLE / "predictions",
    }
    return BenchmarkDetectionConfig(**settings | changes)


def test_run__defaults__are_the_example_in_the_repository() -> None:
    defaults = BenchmarkDetectionConfig()
    assert (REPOSITORY / defaults.ground_truth_dir).is_dir()
    assert (REPOSITORY / defaults.predictions_dir).is_dir()


@pytest.mark.usefixtures("without_figures")
def test_run__example__logs_metrics_with_intervals(logged: LoggedRuns) -> None:
    text = str(run(config(pixel_size_um=0.103)))
    [record] = logged.records
    assert record.experiment == "detection"
    assert record.metrics["f1_iou50_low"] <= record.metrics["f1_iou50"]
    assert record.metrics["gap_junction.ap50"] == record.metrics["ap50"]
    assert (record.params["threshold"], record.params["pixel_size_um"]) == ("0.4", "0.103")
    assert record.metrics["ap_within_um_0.25"] <= record.metrics["ap_within_um_1"]
    assert "jackknife over 6 assets" in text
    assert "AP, centers within 0.5 um" in text
    assert "errors as TIDE's, all scores" in text
    assert "Boxes count from score 0.400 on." in text


@pytest.mark.long
@pytest.mark.usefixtures("drawn_figures")
def test_run__example__logs_tables_and_figures(logged: LoggedRuns) -> None:
    run(config())
    figures = ("precision_recall", "f1_over_threshold", "error_kinds", "bland_altman", "froc")
    for name in (f"{each}.png" for each in (*figures, "reliability", "predicted_against_true")):
        assert logged.files[name].startswith(b"\x89PNG")
    assert sum(name.startswith("worst_") for name in logged.files) == 4
    assert len(logged.files["per_image.csv"].splitlines()) == 13
    assert len(logged.files["thresholds.csv"].splitlines()) == 102
    assert len(logged.files["per_asset.csv"].splitlines()) == 7
    assert len(logged.files["froc.csv"].splitlines()) == 8
    assert len(logged.files["reliability.csv"].splitlines()) == 11


@pytest.mark.usefixtures("without_figures")
def test_run__no_assets_known__has_no_intervals_and_says_why(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLE / "predictions" / "detections", tmp_path / "boxes")
    text = str(run(config(predictions_dir=tmp_path / "boxes")))
    assert "No intervals: nothing tells the asset (subject) of each image" in text
    assert not [name for name in logged.records[0].metrics if name.endswith("_low")]
    assert "num_assets" not in logged.records[0].metrics
    assert logged.records[0].params["threshold"] == "none"


@pytest.mark.usefixtures("without_figures")
def test_run__json_file__holds_all_metrics(logged: LoggedRuns, tmp_path: Path) -> None:
    result = run(config(json_file=tmp_path / "metrics.json"))
    written = json.loads((tmp_path / "metrics.json").read_text())
    assert written == {"params": result.params, **result.suite}
    assert len(logged.records) == 1


def test_run__threshold_that_was_not_written__is_an_error(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    predictions = tmp_path / "predictions"
    shutil.copytree(EXAMPLE / "predictions", predictions)
    manifest = json.loads((predictions / "manifest.json").read_text())
    (predictions / "manifest.json").write_text(json.dumps(manifest | {"lowest_score": 0.3}))
    with pytest.raises(BenchmarkError, match="predict again with a lower min_score"):
        run(config(predictions_dir=predictions, threshold=0.1))
    assert not logged.records


@pytest.mark.usefixtures("without_figures", "logged")
def test_run__predictions_of_trained_assets__warn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = build_study_data(tmp_path / "rats")
    predictions = write_predictions(data, tmp_path / "predictions")
    name_trained_assets(predictions, "rats", "asset_0", "asset_3")
    run(config(ground_truth_dir=data, predictions_dir=predictions))
    assert "trained or validated on the assets of 2 of the 4 images" in caplog.text


@pytest.mark.usefixtures("without_figures", "logged")
@pytest.mark.parametrize(
    ("lowest_score", "is_told"), [(0.4, True), (0.39, False), (0.0, False), (None, False)]
)
def test_run__boxes_below_the_threshold_not_written__are_told(
    tmp_path: Path, lowest_score: float | None, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    predictions = shutil.copytree(EXAMPLE / "predictions", tmp_path / "predictions")
    edit_json(predictions / "manifest.json", lowest_score=lowest_score)
    run(config(predictions_dir=predictions))
    line = "boxes below the threshold, 0.400, were not written: AP is too low"
    assert (line in caplog.text) == is_told


@pytest.mark.parametrize("content", ["{", '{"other": []}', '{"gap_junction": 3}', "[]"])
def test_cli__broken_prediction__is_one_line_and_code_2(
    logged: LoggedRuns, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions = tmp_path / "predictions"
    shutil.copytree(EXAMPLE / "predictions", predictions)
    broken = sorted((predictions / "detections").iterdir())[0]
    broken.write_text(content)
    truth = str(EXAMPLE / "ground_truth")
    folders = ["--ground_truth_dir", truth, "--predictions_dir", str(predictions)]
    assert cli.run(["benchmark", "detection", *folders]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert broken.name in complaint
    assert not logged.records


@pytest.mark.parametrize(
    ("folder", "words"), [("elsewhere", "found others only"), ("none", "found no such folder")]
)
def test_run__images_dir_without_the_images__is_an_error(
    logged: LoggedRuns, tmp_path: Path, folder: str, words: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.png").touch()
    with pytest.raises(BenchmarkError, match=words):
        run(config(images_dir=tmp_path / folder))
    assert not logged.records


def test_script__runs_the_command() -> None:
    script = (REPOSITORY / "scripts" / "calculate_detection_metrics.py").read_text()
    assert '"benchmark", "detection"' in script
    assert BOXES.parts[-1] == "object_detection"
