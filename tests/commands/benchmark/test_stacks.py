"""Tests for `gapjunction.commands.benchmark.stacks`."""

import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import build_dataset, edit_json
from gapjunction import cli
from gapjunction.boxes import as_boxes
from gapjunction.commands.benchmark.config import BenchmarkStacksConfig
from gapjunction.commands.benchmark.stacks import run
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME, TruePlaque, write_true_plaques
from gapjunction.errors import BenchmarkError, ConfigError
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction_folder import PLAQUE_BOXES_NAME, PREDICTED_PLAQUES, STACKS_NAME
from group_cases import name_trained_assets, write_predictions
from logged_runs import LoggedRuns, take_the_place_of_mlflow
from stack_cases import FIRST, TWO_PLAQUES, add_slice, build_stacks


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Return three stacks of two plaques each, in five boxes."""
    return build_stacks(tmp_path / "rats", a=TWO_PLAQUES, b=TWO_PLAQUES, c=TWO_PLAQUES)


@pytest.fixture
def found(truth: Path, tmp_path: Path) -> Path:
    """Return predictions that are right."""
    return write_predictions(truth, tmp_path / "found")


def config(truth: Path, found: Path, **changes: Any) -> BenchmarkStacksConfig:
    return BenchmarkStacksConfig(ground_truth_dir=truth, predictions_dir=found, **changes)


def test_run__perfect_predictions__are_1_with_intervals(
    truth: Path, found: Path, logged: LoggedRuns
) -> None:
    text = str(run(config(truth, found)))
    [record] = logged.records
    assert (record.experiment, record.params["threshold"]) == ("stacks", "0.5")
    assert (record.metrics["num_stacks"], record.metrics["num_truth"]) == (3, 6)
    for name in ("precision", "recall", "f1", "ass_re", "ass_pr", "ass_a", "det_a", "hota"):
        assert record.metrics[name] == record.metrics[f"{name}_high"] == 1
        assert record.metrics[f"{name}_low"] < 0.6  # six plaques of three stacks are few
        assert record.metrics[f"gap_junction.{name}"] == 1
    assert (record.metrics["bias"], record.metrics["mape_percent"]) == (0, 0)
    assert "jackknife over 3 stacks" in text
    assert "annotated boxes, linked" in text
    assert "\nrats/a " in text


@pytest.mark.usefixtures("drawn_figures")
def test_run__any__logs_a_row_a_stack_and_figures(
    truth: Path, found: Path, logged: LoggedRuns
) -> None:
    run(config(truth, found))
    header, *rows = logged.files["per_stack.csv"].decode().splitlines()
    assert header.startswith("stack,slices,first_slice,last_slice,truth,num_truth,num_found,")
    assert [row.split(",")[:7] for row in rows] == [
        [f"rats/{name}", "3", "3", "5", "linked annotations", "2", "2"] for name in "abc"
    ]
    for name in ("bland_altman.png", "predicted_against_true.png"):
        assert logged.files[name].startswith(b"\x89PNG")


def test_run__plaque_that_one_stack_lacks__is_an_error_of_one(truth: Path, tmp_path: Path) -> None:
    other = shutil.copytree(truth, tmp_path / "other" / "rats")
    for number in (4, 5):
        add_slice(other, "b", number, [FIRST])
    suite = run(config(truth, write_predictions(other, tmp_path / "less"))).suite
    assert suite["stacks"]["rats/b"]["bias"] == -1
    assert suite["all"]["bias"] == pytest.approx(-1 / 3)
    assert (suite["all"]["precision"], suite["all"]["recall"]) == (1, pytest.approx(5 / 6))
    assert suite["all"]["recall_low"] < 5 / 6 < suite["all"]["recall_high"] < 1


def test_run__second_person__is_compared_in_the_slices_that_both_annotated(
    truth: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    other = shutil.copytree(truth, tmp_path / "other" / "rats_ben")
    next(other.rglob("*_Z5_a_bbox.json")).unlink()
    next(truth.rglob("*_Z5_b_bbox.json")).unlink()
    result = run(config(truth, other))
    assert result.suite["all"]["f1"] == 1
    assert result.params["model"] == "a person"
    for name in "ab":
        assert f"rats/{name}: only one side has slices 5, which are not compared" in caplog.text


def test_run__slices_that_nobody_annotated__are_named_and_cost_nothing(
    truth: Path, found: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    next(truth.rglob("*_Z4_a_bbox.json")).unlink()
    assert run(config(truth, found)).suite["all"]["f1"] == 1
    assert "rats/a: only one side has slices 4, which are not compared" in caplog.text


def test_run__one_stack__has_no_intervals_and_says_so(tmp_path: Path) -> None:
    truth = build_stacks(tmp_path / "rats", a=TWO_PLAQUES)
    result = run(config(truth, write_predictions(truth, tmp_path / "found")))
    assert "No intervals: there is one stack only." in str(result)
    assert "f1_low" not in result.suite["all"]


def test_run__true_plaques_of_an_asset__are_its_truth_and_the_output_says_so(
    truth: Path, found: Path
) -> None:
    """The box that is linked through three slices is two plaques, one behind the other."""
    x, y, width, height = FIRST
    corners = (x, y, x + width, y + height)
    plaques = [
        TruePlaque("gap_junction", np.array(numbers), as_boxes([corners] * len(numbers)), (0, 0, 0))
        for numbers in ([3], [4, 5])
    ]
    write_true_plaques(truth / "Assets" / "b" / TRUE_PLAQUES_NAME, plaques)
    result = run(config(truth, found))
    assert "true_plaques.csv, as simulated, of 1 stack; annotated boxes" in str(result)
    own = result.suite["stacks"]["rats/b"]
    assert (own["num_truth"], own["num_found"], own["recall"]) == (2, 2, 0.5)


def test_run__predictions_of_trained_assets__warn(
    truth: Path, found: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name_trained_assets(found, "rats", "b")
    run(config(truth, found))
    assert "trained or validated on the assets of 3 of the 9 images" in caplog.text


def test_run__wrong_rule_of_slice_names__is_an_error(truth: Path, found: Path) -> None:
    with pytest.raises(ConfigError, match="slice names"):
        run(config(truth, found, slice_names="plane"))


def test_cli__no_stacks__is_one_line_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = build_dataset(tmp_path / "rats")
    found = write_predictions(truth, tmp_path / "found")
    words = ["--ground_truth_dir", str(truth), "--predictions_dir", str(found)]
    assert cli.run(["benchmark", "stacks", *words]) == cli.USER_ERROR
    line = capsys.readouterr().err.splitlines()[-1]
    assert "expected assets whose images are slices" in line
    assert line.endswith("(--slice_names)")


def test_cli__files_without_assets__take_them_from_a_table(
    tmp_path: Path, truth: Path, found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found / "counts.csv").unlink()
    files = tmp_path / "files"
    files.mkdir()
    for path in truth.rglob("*_bbox.json"):
        shutil.copy(path, files)
    words = ["--ground_truth_dir", str(files), "--predictions_dir", str(found)]
    assert cli.run(["benchmark", "stacks", *words]) == cli.USER_ERROR
    assert capsys.readouterr().err.splitlines()[-1].endswith("(--groups)")
    stems = sorted(path.name.removesuffix("_bbox.json") for path in files.iterdir())
    table = tmp_path / "groups.csv"
    table.write_text("image,asset\n" + "".join(f"{each},{each[-1]}\n" for each in stems))
    assert cli.run(["benchmark", "stacks", *words, "--groups", str(table)]) == 0
    assert "jackknife over 3 stacks" in capsys.readouterr().out


def test_run__true_plaques_in_none_of_the_slices__is_an_error(truth: Path, found: Path) -> None:
    write_true_plaques(truth / "Assets" / "a" / TRUE_PLAQUES_NAME, [])
    with pytest.raises(BenchmarkError, match="expected plaques in the compared slices"):
        run(config(truth, found))


def report_plaques(found: Path, threshold: float, *plaques: tuple[str, list[int], float]) -> None:
    """Write plaques at one place, each with its asset, slices and probability."""
    x, y, width, height = FIRST
    corners = (x, y, x + width, y + height)
    tabled = [
        TabledPlaque(
            number,
            "gap_junction",
            np.array(numbers),
            as_boxes([corners] * len(numbers)),
            ("rats", asset),
            (probability,),
        )
        for number, (asset, numbers, probability) in enumerate(plaques)
    ]
    PREDICTED_PLAQUES.write(found / PLAQUE_BOXES_NAME, tabled)
    (found / STACKS_NAME).write_text("dataset,asset\nrats,a\nrats,b\n")
    edit_json(found / "manifest.json", plaque_threshold=threshold)


def test_run__reported_plaques__are_judged_instead_of_linked_boxes(
    truth: Path, found: Path
) -> None:
    report_plaques(found, 0.5, ("a", [3], 0.9), ("a", [4, 5], 0.6))
    result = run(config(truth, found))
    counts = {name[-1]: own["num_found"] for name, own in result.suite["stacks"].items()}
    assert counts == {"a": 2, "b": 0, "c": 2}
    assert "plaque_boxes.csv, as predicted, of 2 stacks; found boxes, linked, of 1" in str(result)


def test_run__threshold_above_that_of_reported_plaques__counts_fewer(
    truth: Path, found: Path
) -> None:
    report_plaques(found, 0.5, ("a", [3], 0.9), ("a", [4, 5], 0.6))
    suite = run(config(truth, found, threshold=0.8)).suite
    assert suite["stacks"]["rats/a"]["num_found"] == 1


def test_run__threshold_below_that_of_reported_plaques__is_refused(
    truth: Path, found: Path
) -> None:
    report_plaques(found, 0.7, ("a", [3], 0.9))
    with pytest.raises(BenchmarkError, match=r"at least 0\.7, from which on plaques were counted"):
        run(config(truth, found, threshold=0.6))


def test_run__reported_plaques_beyond_the_compared_slices__are_left_out(
    truth: Path, found: Path
) -> None:
    next(truth.rglob("*_Z3_a_bbox.json")).unlink()
    report_plaques(found, 0.5, ("a", [3], 0.9), ("a", [3, 4, 5], 0.9))
    assert run(config(truth, found)).suite["stacks"]["rats/a"]["num_found"] == 1


def test_run__damaged_table_of_plaques__is_one_line(truth: Path, found: Path) -> None:
    report_plaques(found, 0.5)
    (found / PLAQUE_BOXES_NAME).write_text("plaque,class\n")
    with pytest.raises(BenchmarkError, match="line 1: expected the columns dataset,asset,plaque"):
        run(config(truth, found))
