"""Tests for what `gapjunction.commands.benchmark.compare` logs."""

import json
from pathlib import Path

import pytest

from detection_study import groups_of
from gapjunction.benchmark.compare import MetricDifference
from gapjunction.commands.benchmark.compare import log_comparison
from gapjunction.commands.benchmark.config import BenchmarkCompareConfig
from gapjunction.metrics.interval import Interval
from gapjunction.prediction_folder import Manifest
from logged_runs import LoggedRuns, take_the_place_of_mlflow

DIFFERENCES = [
    MetricDifference(
        "f1_iou50", 0.5, 0.75, 0.25, Interval(0.125, 0.375), 0.03, 0.04, "B", 0.5, 0.02
    ),
    MetricDifference("ap50", None, None, None),
]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def log(json_file: Path | None = None) -> None:
    config = BenchmarkCompareConfig(
        predictions_a=Path("a"), predictions_b=Path("b"), json_file=json_file
    )
    manifests = Manifest(model_version="m1"), Manifest(model_version="m2")
    log_comparison(config, manifests, DIFFERENCES, groups_of(0, 1, 2))


def test_log_comparison__metrics__are_what_has_a_value(logged: LoggedRuns) -> None:
    log()
    [record] = logged.records
    assert record.metrics == {
        "f1_iou50_a": 0.5,
        "f1_iou50_b": 0.75,
        "f1_iou50_difference": 0.25,
        "f1_iou50_difference_low": 0.125,
        "f1_iou50_difference_high": 0.375,
        "f1_iou50_p": 0.03,
        "f1_iou50_p_holm": 0.04,
        "f1_iou50_p_equivalent": 0.02,
        "num_assets": 3,
    }
    assert record.run_name == "m1 and m2 compared"
    assert (record.params["model_version_a"], record.params["model_version_b"]) == ("m1", "m2")


def test_log_comparison__table__has_a_row_for_each_metric(logged: LoggedRuns) -> None:
    log()
    lines = logged.files["comparison.csv"].decode().splitlines()
    assert lines[1:] == [
        "f1_iou50,0.5,0.75,0.25,0.125,0.375,0.03,0.04,B,0.5,0.02",
        "ap50,,,,,,,,unknown,,",
    ]


@pytest.mark.usefixtures("logged")
def test_log_comparison__json_file__holds_all_differences(tmp_path: Path) -> None:
    log(tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())["differences"]
    assert written["f1_iou50"]["interval"] == {"low": 0.125, "high": 0.375}
    assert written["ap50"]["a"] is None
