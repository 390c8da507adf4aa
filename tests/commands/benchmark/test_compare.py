"""Tests for `gapjunction.commands.benchmark.compare` and what it logs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from builders import build_dataset
from gapjunction import cli
from gapjunction.commands.benchmark import detection
from gapjunction.commands.benchmark.compare import run
from gapjunction.commands.benchmark.config import BenchmarkCompareConfig
from gapjunction.errors import BenchmarkError, ConfigError
from group_cases import write_predictions
from logged_runs import LoggedRuns, take_the_place_of_mlflow

EXAMPLE = Path(__file__).parents[3] / "benchmark" / "data_examples" / "object_detection"


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    monkeypatch.setattr(detection, "_figures", lambda _study: iter(()))
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def config(**changes: Any) -> BenchmarkCompareConfig:
    settings = {
        "predictions_a": EXAMPLE / "predictions_b",
        "predictions_b": EXAMPLE / "predictions",
        "ground_truth_dir": EXAMPLE / "ground_truth",
    }
    return BenchmarkCompareConfig(**settings | changes)


def test_run__example__tells_which_is_better(tmp_path: Path) -> None:
    result = run(config(json_file=tmp_path / "out.json", metric="f1_iou50"))
    assert "F1 at IoU 0.5: B is better than A" in str(result)
    written = json.loads((tmp_path / "out.json").read_text())["differences"]
    assert written["f1_iou50"]["better"] == "B"
    assert written["f1_iou50"]["interval"]["low"] > 0


def test_run__three_metrics_of_six_assets__cannot_show_a_difference() -> None:
    result = run(config(margin=0.01, count_margin=0.1))
    assert "F1 at IoU 0.5: no difference between A and B is shown (p = 0.094); 6 assets cannot" in (
        str(result)
    )
    assert "count error per image: that A and B differ by less than 0.1 is not shown" in str(result)


def test_run__the_other_way_round__turns_the_differences_round() -> None:
    there = run(config())
    back = run(
        config(predictions_a=EXAMPLE / "predictions", predictions_b=EXAMPLE / "predictions_b")
    )
    for one, other in zip(there.differences, back.differences, strict=True):
        assert one.difference is not None
        assert other.difference == pytest.approx(-one.difference)
        assert one.p_value == other.p_value


def test_cli__missing_folder__is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    truth = ["--ground_truth_dir", str(EXAMPLE / "ground_truth")]
    folders = [str(EXAMPLE / "predictions"), str(tmp_path / "none")]
    assert cli.run(["benchmark", "compare", *folders, *truth]) == 2
    assert "none: expected a file or folder" in capsys.readouterr().err


def test_run__example__logs_a_run_for_each_set_under_the_comparison(logged: LoggedRuns) -> None:
    result = run(config())
    parent, a, b = logged.records
    assert (parent.experiment, parent.parent_run_id) == ("detection", None)
    assert [a.parent_run_id, b.parent_run_id] == [result.run.run_id] * 2
    assert parent.metrics["f1_iou50_a"] == a.metrics["f1_iou50"]
    assert parent.metrics["f1_iou50_b"] == b.metrics["f1_iou50"]
    assert parent.metrics["f1_iou50_difference_low"] > 0
    assert b.params["predictions_dir"] == str(EXAMPLE / "predictions")


def test_run__other_images_of_a_dataset__are_an_error(logged: LoggedRuns, tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rats", num_assets=2, images_per_asset=1)
    folders = [write_predictions(root, tmp_path / name) for name in "ab"]
    next(folders[1].glob("detections/0_0_*")).unlink()
    changes = {"predictions_a": folders[0], "predictions_b": folders[1]}
    with pytest.raises(BenchmarkError, match="found only one has 0_0_rats"):
        run(config(ground_truth_dir=root, **changes))
    assert not logged.records


def test_run__lists_cut_at_different_scores__compare_no_average_precision(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(EXAMPLE / "predictions", tmp_path / "cut")
    manifest = tmp_path / "cut" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"lowest_score": 0.2}))
    text = str(run(config(predictions_b=tmp_path / "cut")))
    assert "AP is not compared: boxes were written from a score of 0.000 on in A" in caplog.text
    assert "AP at IoU 0.5: there is too little to tell A and B apart." in text


def test_run__chosen_images_and_class__are_all_that_is_compared(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    stems = sorted(path.stem for path in (EXAMPLE / "predictions" / "detections").iterdir())
    names = [stem.removesuffix("_bbox") for stem in stems[:3]]
    (tmp_path / "names.txt").write_text("\n".join(names))
    run(config(forced_filenames_path=tmp_path / "names.txt", label="gap_junction"))
    parent, a, b = logged.records
    assert [each.metrics["num_images"] for each in (a, b)] == [3, 3]
    assert [each.params["label"] for each in (parent, a, b)] == ["gap_junction"] * 3
    assert parent.params["forced_filenames_path"] == str(tmp_path / "names.txt")


@pytest.mark.usefixtures("logged")
def test_run__class_that_neither_side_has__is_an_error() -> None:
    with pytest.raises(BenchmarkError, match="label: expected one of gap_junction"):
        run(config(label="nucleus"))


@pytest.mark.parametrize(
    "given",
    [{"metric": "count_mae", "margin": 0.02}, {"metric": "f1_iou50", "count_margin": 1.0}],
)
def test_compare_config__margin_of_another_metric__is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="found one that it has no use for"):
        BenchmarkCompareConfig(predictions_a=Path("a"), predictions_b=Path("b"), **given)
