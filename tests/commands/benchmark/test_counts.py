"""Tests for `gapjunction.commands.benchmark.counts`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gapjunction.commands.benchmark import log
from gapjunction.commands.benchmark.config import BenchmarkCountsConfig
from gapjunction.commands.benchmark.counts import run
from gapjunction.errors import BenchmarkError
from gapjunction.provenance import UNKNOWN
from group_cases import name_trained_assets
from logged_runs import COMMIT, LoggedRuns, take_the_place_of_mlflow

EXAMPLE = Path(__file__).parents[3] / "benchmark" / "data_examples" / "object_counts"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def config(**changes: Any) -> BenchmarkCountsConfig:
    settings: dict[str, Any] = {
        "ground_truth_dir": EXAMPLE / "ground_truth",
        "predictions_dir": EXAMPLE / "predictions",
    }
    return BenchmarkCountsConfig(**settings | changes)


def test_run__defaults__are_the_example_in_the_repository() -> None:
    repository = Path(__file__).parents[3]
    defaults = BenchmarkCountsConfig()
    assert repository / defaults.ground_truth_dir == EXAMPLE / "ground_truth"
    assert repository / defaults.predictions_dir == EXAMPLE / "predictions"


def test_run__example__logs_what_is_asked_of_every_run(logged: LoggedRuns) -> None:
    run(config())
    [record] = logged.records
    expected = {
        "git_commit": "01234",
        "model_version": "example1",
        "dataset": "object_counts_example",
        "threshold": "0.4",
    }
    assert {name: record.params[name] for name in expected} == expected
    assert (record.experiment, record.git_commit) == ("object_counts", COMMIT)
    assert record.metrics["num_images"] == 8
    assert record.metrics["mae"] == record.metrics["gap_junction.mae"] > 0
    assert record.metrics["mae_low"] < record.metrics["mae"] < record.metrics["mae_high"]


@pytest.mark.usefixtures("drawn_figures")
def test_run__example__logs_table_figures_and_metrics(logged: LoggedRuns) -> None:
    run(config())
    table = logged.files["per_image.csv"].decode().splitlines()
    assert table[:2] == [
        "image,asset,truth,predicted,difference",
        "example_01,object_counts_example/rat_01,0,1,1",
    ]
    assert len(table) == 9
    for name in ("bland_altman.png", "predicted_against_true.png"):
        assert logged.files[name].startswith(b"\x89PNG")
    assert json.loads(logged.files["metrics.json"])["all"]["num_images"] == 8


def test_run__threshold__goes_before_that_of_the_manifest(logged: LoggedRuns) -> None:
    all_boxes, none = run(config(threshold=0.0)), run(config(threshold=1.0))
    assert all_boxes.suite["all"]["num_predicted"] > 80
    assert none.suite["all"]["num_predicted"] == 0
    assert [record.params["threshold"] for record in logged.records] == ["0.0", "1.0"]


def test_run__threshold_below_the_lowest_written_score__is_an_error(
    tmp_path: Path, logged: LoggedRuns
) -> None:
    predictions = tmp_path / "predictions"
    shutil.copytree(EXAMPLE / "predictions", predictions)
    manifest = json.loads((predictions / "manifest.json").read_text())
    (predictions / "manifest.json").write_text(json.dumps(manifest | {"lowest_score": 0.4}))
    with pytest.raises(BenchmarkError, match="predict again with a lower min_score"):
        run(config(predictions_dir=predictions, threshold=0.1))
    assert not logged.records


def test_run__manifest_of_the_version_before__is_read(tmp_path: Path, logged: LoggedRuns) -> None:
    """It kept the choice of images apart from the settings, and the estimate among these."""
    predictions = tmp_path / "predictions"
    shutil.copytree(EXAMPLE / "predictions", predictions)
    settings = {"scale": None, "estimated_scale": 1.0, "backend": "torch", "precision": "no"}
    (predictions / "manifest.json").write_text(
        json.dumps(
            {
                "model": "runs/mine",
                "model_version": "32626061",
                "seen_assets": [["rats", "asset_0"]],
                "class_names": ["gap_junction"],
                "tiling": {"tile_size": 256, "magnification": 1, "overlap": 64},
                "calibration": {"slope": 1.0, "intercept": 0.0},
                "threshold": 0.4,
                "lowest_score": 0.4,
                "settings": {**settings, "pixel_size_um": None},
                "pixel_sizes": {"believed_um": [0.2], "doubted_um": {"1.0": "a placeholder"}},
                "dataset": "data/rats",
                "selection": {"split": "test", "annotated_only": True, "channel": [], "z": None},
                "found_channels": {},
                "shared_spans": {},
                "package_version": "0.1.0",
            }
        )
    )
    run(config(predictions_dir=predictions))
    [record] = logged.records
    assert (record.params["model_version"], record.params["dataset"]) == ("32626061", "data/rats")
    assert record.params["threshold"] == "0.4"


def test_run__threshold_for_counted_predictions__is_an_error(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    predictions = tmp_path / "counted"
    predictions.mkdir()
    for path in (EXAMPLE / "ground_truth").iterdir():
        (predictions / path.name).write_text('{"gap_junction": 2}')
    with pytest.raises(BenchmarkError, match=r"threshold 0\.5: expected detection files"):
        run(config(predictions_dir=predictions, threshold=0.5))
    assert run(config(predictions_dir=predictions)).suite["all"]["num_predicted"] == 16
    assert len(logged.records) == 1


def test_run__no_manifest__counts_every_box_and_says_so(logged: LoggedRuns, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "predictions" / "detections", tmp_path / "a" / "boxes")
    run(config(predictions_dir=tmp_path / "a" / "boxes"))
    [record] = logged.records
    assert (record.params["threshold"], record.params["model_version"]) == ("none", UNKNOWN)
    assert record.params["dataset"] == str(EXAMPLE / "ground_truth")


@pytest.mark.usefixtures("logged")
def test_run__predictions_of_trained_assets__warn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictions = shutil.copytree(EXAMPLE / "predictions", tmp_path / "predictions")
    name_trained_assets(predictions, "object_counts_example", "rat_01")
    run(config(predictions_dir=predictions))
    assert "trained or validated on the assets of 2 of the 8 images" in caplog.text


def test_run__no_git__logs_unknown_in_full(
    logged: LoggedRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "git_commit", lambda: UNKNOWN)
    run(config())
    [record] = logged.records
    assert (record.params["git_commit"], record.git_commit) == (UNKNOWN, UNKNOWN)


@pytest.mark.usefixtures("logged")
def test_run__json_file__holds_all_metrics_as_one_object(tmp_path: Path) -> None:
    result = run(config(json_file=tmp_path / "new" / "metrics.json"))
    written = json.loads((tmp_path / "new" / "metrics.json").read_text())
    assert written == {"params": result.params, **result.suite}


@pytest.mark.usefixtures("logged")
def test_run__result__tells_the_metrics_and_how_to_see_the_run() -> None:
    text = str(run(config()))
    assert "mean absolute error" in text
    assert "jackknife over 4 assets (from " in text
    assert "\nobject_counts_example/rat_04 " in text
    assert "\n  mlflow ui\n" in text


def test_run__folders_that_do_not_fit__log_nothing(logged: LoggedRuns, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError):
        run(config(ground_truth_dir=tmp_path))
    assert not logged.records


@pytest.mark.long
def test_run__real_store__keeps_the_run(tmp_path: Path) -> None:
    result = run(config(mlflow_dir=tmp_path))
    stored = {path.name for path in (tmp_path / "artifacts" / result.run.run_id).rglob("*.*")}
    assert stored == {
        "bland_altman.png",
        "predicted_against_true.png",
        "per_image.csv",
        "per_asset.csv",
        "per_dataset.csv",
        "metrics.json",
    }


def test_run__further_people__are_compared_with_the_ground_truth(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    result = run(config(people=(EXAMPLE / "ground_truth",), json_file=tmp_path / "all.json"))
    assert "2 people counted 8 images: ICC(A,1) 1.000" in str(result)
    assert json.loads((tmp_path / "all.json").read_text())["people"]["reproducibility"] == 0
    assert logged.records
