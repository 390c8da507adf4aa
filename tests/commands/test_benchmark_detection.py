"""Tests for `gapjunction.commands.benchmark_detection` and `benchmark_compare`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gapjunction import cli
from gapjunction.commands import benchmark_compare, benchmark_detection, benchmark_run
from gapjunction.commands.benchmark_compare import BenchmarkCompareConfig
from gapjunction.commands.benchmark_detection import BenchmarkDetectionConfig, run
from gapjunction.errors import BenchmarkError
from gapjunction.tracking import RunLink, RunRecord, TrackingStore

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "benchmark" / "data_examples" / "object_detection"


class LoggedRuns:
    """Stands in for MLflow: keeps what it was given, and the files before they are deleted."""

    def __init__(self) -> None:
        self.records: list[RunRecord] = []
        self.files: dict[str, bytes] = {}

    def log_run(self, record: RunRecord, store: TrackingStore) -> RunLink:
        assert record.artifact_folder is not None
        self.records.append(record)
        self.files = {path.name: path.read_bytes() for path in record.artifact_folder.iterdir()}
        return RunLink("run0", store.ui_command, "http://127.0.0.1:5000/#/run0")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    runs = LoggedRuns()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(benchmark_run, "log_run", runs.log_run)
    return runs


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the seconds that drawing takes."""
    monkeypatch.setattr(benchmark_detection, "_figures", lambda _study: iter(()))


def config(**changes: Any) -> BenchmarkDetectionConfig:
    settings = {
        "ground_truth_dir": EXAMPLE / "ground_truth",
        "predictions_dir": EXAMPLE / "predictions",
        "num_resamples": 100,
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
    assert "bootstrap over 6 assets" in text
    assert "Boxes count from score 0.4 on." in text


def test_run__example__logs_tables_and_figures(logged: LoggedRuns) -> None:
    run(config())
    for name in ("precision_recall.png", "f1_over_threshold.png", "error_kinds.png"):
        assert logged.files[name].startswith(b"\x89PNG")
    assert sum(name.startswith("worst_") for name in logged.files) == 4
    assert len(logged.files["per_image.csv"].splitlines()) == 13
    assert len(logged.files["thresholds.csv"].splitlines()) == 102


@pytest.mark.usefixtures("without_figures")
def test_run__no_assets_known__says_that_images_stand_in(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLE / "predictions" / "detections", tmp_path / "boxes")
    text = str(run(config(predictions_dir=tmp_path / "boxes")))
    assert "12 images, as nothing tells their assets" in text
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
    with pytest.raises(BenchmarkError, match="predict again with --min_score"):
        run(config(predictions_dir=predictions, threshold=0.1))
    assert not logged.records


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


def compare_config(**changes: Any) -> BenchmarkCompareConfig:
    settings = {
        "predictions_a": EXAMPLE / "predictions_b",
        "predictions_b": EXAMPLE / "predictions",
        "ground_truth_dir": EXAMPLE / "ground_truth",
        "num_resamples": 500,
    }
    return BenchmarkCompareConfig(**settings | changes)


def test_compare__example__tells_which_is_better(tmp_path: Path) -> None:
    result = benchmark_compare.run(compare_config(json_file=tmp_path / "out.json"))
    assert "F1 at IoU 0.5: B is better than A" in str(result)
    written = json.loads((tmp_path / "out.json").read_text())["differences"]
    assert written["f1_iou50"]["better"] == "B"
    assert written["f1_iou50"]["interval"]["low"] > 0


def test_compare__the_other_way_round__turns_the_differences_round() -> None:
    there = benchmark_compare.run(compare_config())
    back = benchmark_compare.run(
        compare_config(
            predictions_a=EXAMPLE / "predictions", predictions_b=EXAMPLE / "predictions_b"
        )
    )
    for one, other in zip(there.differences, back.differences, strict=True):
        assert one.difference is not None
        assert other.difference == pytest.approx(-one.difference)
        assert one.p_value == other.p_value


def test_compare__missing_folder__is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    truth = ["--ground_truth_dir", str(EXAMPLE / "ground_truth")]
    folders = [str(EXAMPLE / "predictions"), str(tmp_path / "none")]
    assert cli.run(["benchmark", "compare", *folders, *truth]) == 2
    assert "none: expected a folder" in capsys.readouterr().err


def test_script__runs_the_command() -> None:
    script = (REPOSITORY / "scripts" / "calculate_detection_metrics.py").read_text()
    assert '"benchmark", "detection"' in script
    assert benchmark_detection.EXAMPLE.parts[-1] == "object_detection"
