"""Tests for `gapjunction.commands.benchmark.log`."""

import json
from pathlib import Path

import pytest

from gapjunction.commands.benchmark.config import BenchmarkCountsConfig
from gapjunction.commands.benchmark.log import BenchmarkOutcome, log_benchmark
from gapjunction.prediction_folder import Manifest
from gapjunction.tracking.runs import (
    TRAINING_EXPERIMENT,
    TRAINING_TAG,
    VERSION_TAG,
    RunLink,
    RunRecord,
)
from logged_runs import COMMIT, LoggedRuns, take_the_place_of_mlflow

SUITE = {"all": {"mae": 1.5, "pearson_r": None}, "classes": {"puncta": {"mae": 2.0}}}


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def write_note(folder: Path) -> None:
    (folder / "note.txt").write_text("seen")


OUTCOME = BenchmarkOutcome(SUITE, {"threshold": "0.5"}, "mae  1.25", write_note)


def test_log_benchmark__logs_metrics_params_and_files(logged: LoggedRuns, tmp_path: Path) -> None:
    config = BenchmarkCountsConfig(ground_truth_dir=tmp_path / "truth")
    manifest = Manifest(model_version="m1", git_commit="abcdef0")
    result = log_benchmark(config, manifest, OUTCOME)
    [record] = logged.records
    assert record.metrics == {"mae": 1.5, "puncta.mae": 2.0}
    assert record.run_name == "m1 on truth"
    assert record.params == result.params
    assert (result.params["git_commit"], result.params["predictions_git_commit"]) == (
        "01234",
        "abcde",
    )
    assert (result.params["dataset"], result.params["threshold"]) == (
        str(tmp_path / "truth"),
        "0.5",
    )
    assert record.note.startswith("```\nmae  1.25\n```\n")
    assert logged.files["note.txt"] == b"seen"
    assert json.loads(logged.files["metrics.json"]) == {"params": result.params, **SUITE}


def test_log_benchmark__output__has_the_files_as_well(logged: LoggedRuns, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    for name in ("worst_1_of_another.png", "mine.txt"):
        (output / name).touch()
    log_benchmark(BenchmarkCountsConfig(output=output), Manifest(model_version="m1"), OUTCOME)
    assert {path.name for path in output.iterdir()} == {"mine.txt", *logged.files}
    assert (output / "note.txt").read_text() == "seen"
    assert (output / "metrics.json").read_bytes() == logged.files["metrics.json"]


def test_log_benchmark__dataset_of_the_manifest__names_the_run(logged: LoggedRuns) -> None:
    manifest = Manifest(model_version="m1", dataset="data/rats")
    log_benchmark(BenchmarkCountsConfig(), manifest, OUTCOME)
    assert logged.records[0].run_name == "m1 on rats"


def test_log_benchmark__model_trained_in_the_store__leads_to_its_training_run(
    logged: LoggedRuns,
) -> None:
    manifest = Manifest(model_version="m1")
    log_benchmark(BenchmarkCountsConfig(), manifest, OUTCOME)
    training = RunRecord(TRAINING_EXPERIMENT, "t", {}, {}, COMMIT, tags={VERSION_TAG: "m1"})
    logged.records.append(training)
    log_benchmark(BenchmarkCountsConfig(), manifest, OUTCOME)
    before, _, after = logged.records
    assert before.tags == {VERSION_TAG: "m1"}
    assert after.tags == {VERSION_TAG: "m1", TRAINING_TAG: "run1"}
    assert after.note == f"Model m1: [its training run](#/run1)\n\n{before.note}"


def test_log_benchmark__part_of_a_comparison__has_it_as_parent(logged: LoggedRuns) -> None:
    parent = RunLink("p", None, "page/#/p")
    log_benchmark(BenchmarkCountsConfig(), Manifest(), OUTCOME, parent)
    assert logged.records[0].parent_run_id == "p"
