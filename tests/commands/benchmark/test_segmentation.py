"""Tests for `gapjunction.commands.benchmark.segmentation`."""

import io
import json
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction import cli
from gapjunction.commands import kept_runs
from gapjunction.commands.benchmark.config import BenchmarkSegmentationConfig
from gapjunction.commands.benchmark.segmentation import run
from gapjunction.errors import BenchmarkError, TrackingError
from gapjunction.report.mask_overlays import CAPTION_HEIGHT_PX
from logged_runs import COMMIT, LoggedRuns, take_the_place_of_mlflow

REPOSITORY = Path(__file__).parents[3]
EXAMPLE = REPOSITORY / "benchmark" / "data_examples" / "semantic_segmentation"
ARTIFACTS = {"metrics.json", "per_image.csv", "iou_per_class.png"}


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the example, to break."""
    shutil.copytree(EXAMPLE, tmp_path / "copied")
    return tmp_path / "copied"


def config(root: Path = EXAMPLE, **changes: Any) -> BenchmarkSegmentationConfig:
    settings: dict[str, Any] = {
        "ground_truth_dir": root / "ground_truth",
        "predictions_dir": root / "predictions",
    }
    return BenchmarkSegmentationConfig(**settings | changes)


def test_run__defaults__are_the_example_in_the_repository() -> None:
    defaults = BenchmarkSegmentationConfig()
    assert REPOSITORY / defaults.ground_truth_dir == EXAMPLE / "ground_truth"
    assert REPOSITORY / defaults.predictions_dir == EXAMPLE / "predictions"


def test_example__is_small_and_says_that_it_is_simulated() -> None:
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*.*")) < 200_000
    assert "Simulated" in (EXAMPLE / "README.md").read_text()


def test_run__example__logs_what_is_asked_of_every_run(logged: LoggedRuns) -> None:
    run(config())
    [record] = logged.records
    expected = {
        "git_commit": "01234",
        "model_version": "example1",
        "dataset": "semantic_segmentation_example",
        "classes": "gap_junction, nucleus",
    }
    assert {name: record.params[name] for name in expected} == expected
    assert (record.experiment, record.git_commit) == ("semantic_segmentation", COMMIT)
    classes = [record.metrics["gap_junction.iou"], record.metrics["nucleus.iou"]]
    assert record.metrics["mean_iou"] == pytest.approx(np.mean(classes))
    assert record.metrics["num_images_without_classes"] == 1
    assert "mean_iou_low" not in record.metrics


def test_run__groups__leave_images_of_one_asset_out_together(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    table = tmp_path / "groups.csv"
    rows = [f"example_0{number},rat{number // 5}" for number in range(1, 9)]
    table.write_text("\n".join(["image,asset", *rows]))
    result = run(config(groups_file=table))
    assert f"jackknife over 2 assets (from {table})" in str(result)
    [record] = logged.records
    assert record.metrics["mean_iou_low"] < record.metrics["mean_iou"]
    assert b"\nexample_05,rat1," in logged.files["per_image.csv"]


@pytest.mark.usefixtures("drawn_figures")
def test_run__example__logs_table_figure_and_the_worst_images(logged: LoggedRuns) -> None:
    run(config())
    table = logged.files["per_image.csv"].decode().splitlines()
    assert table[0].startswith("image,asset,mean_iou,")
    assert [line.split(",")[0] for line in table[1:]] == [f"example_0{n}" for n in range(1, 9)]
    assert logged.files["iou_per_class.png"].startswith(b"\x89PNG")
    assert json.loads(logged.files["metrics.json"])["all"]["num_images"] == 8
    assert "worst_1_example_02.png" in logged.files
    assert len(logged.files) == len(ARTIFACTS) + 5


@pytest.mark.usefixtures("logged")
def test_run__truth_against_itself__is_perfect_and_has_no_worst_image(logged: LoggedRuns) -> None:
    result = run(config(predictions_dir=EXAMPLE / "ground_truth"))
    overall = result.suite["all"]
    assert overall["mean_iou"] == overall["mean_iou_per_image"] == overall["pixel_accuracy"] == 1
    assert set(logged.files) == ARTIFACTS


@pytest.mark.usefixtures("logged")
def test_run__color_and_index_masks_of_one_image__give_the_same(tmp_path: Path) -> None:
    palette = np.array([(0, 0, 0, 0), (0x4E, 0xF8, 0xFF, 255), (0xFF, 0xB0, 0, 255)], np.uint8)
    for path in (EXAMPLE / "predictions").glob("*.png"):
        with Image.open(path) as indices:
            colors = Image.fromarray(palette[np.asarray(indices)])
        colors.save(tmp_path / f"{path.stem}_mask.png")
    assert run(config(predictions_dir=tmp_path)).suite == run(config()).suite


def test_run__images__are_drawn_on(logged: LoggedRuns, tmp_path: Path) -> None:
    run(config())
    on_black = logged.files["worst_1_example_02.png"]
    for number in range(1, 9):
        Image.new("L", (160, 160), 90 + number).save(tmp_path / f"example_0{number}.png")
    run(config(images_dir=tmp_path))
    assert logged.files["worst_1_example_02.png"] != on_black


@pytest.mark.usefixtures("logged")
def test_run__lossy_masks__warns_once_how_many_pixels_are_lost(
    copied: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (copied / "ground_truth").iterdir():
        with Image.open(path) as mask:
            lossy = mask.copy()
        lossy.save(path, quality=85)
    with caplog.at_level(logging.WARNING):
        run(config(copied))
    assert len(caplog.messages) == 1
    assert "pixels in 7 masks have the color of no class after lossy" in caplog.text


@pytest.mark.usefixtures("logged")
def test_run__json_file__holds_all_metrics_as_one_object(tmp_path: Path) -> None:
    result = run(config(json_file=tmp_path / "new" / "metrics.json"))
    written = json.loads((tmp_path / "new" / "metrics.json").read_text())
    assert written == {"params": result.params, **result.suite}


@pytest.mark.usefixtures("logged")
def test_run__result__tells_the_metrics_and_how_to_see_the_run() -> None:
    text = str(run(config()))
    assert "\nmean IoU  " in text
    assert "\n  mlflow ui\n" in text


def test_run__store_that_fails__leaves_the_json_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept_runs, "UNLOGGED", tmp_path / "unlogged")
    with pytest.raises(TrackingError, match=r"'gapjunction log .*' logs them then"):
        run(config(mlflow_dir=tmp_path / "file", json_file=tmp_path / "metrics.json"))
    assert (tmp_path / "metrics.json").exists()


TRUTH, FOUND = "ground_truth/example_03_mask.webp", "predictions/example_03.png"
LABELS = "Label_Properties/label_properties.json"


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing mask": (lambda root: (root / FOUND).unlink(), "found none for example_03"),
    "missing truth": (lambda root: (root / TRUTH).unlink(), "found none for example_03"),
    "no masks": (
        lambda root: empty(root / "predictions"),
        "expected masks (*.webp, *.png), found none",
    ),
    "no folder": (lambda root: shutil.rmtree(root / "predictions"), "found nothing there"),
    "other size": (
        lambda root: Image.new("L", (160, 80)).save(root / FOUND),
        "found 160 x 80 px",
    ),
    "unknown color": (
        lambda root: Image.new("RGB", (160, 160), (1, 2, 99)).save(root / FOUND),
        "found #010263 there, and 25,600 of 25,600 colored pixels",
    ),
    "unknown index": (
        lambda root: Image.new("L", (160, 160), 3).save(root / FOUND),
        "found 3; write class indices",
    ),
    "unreadable": (
        lambda root: (root / TRUTH).write_bytes(b"RIFF....WEBPVP8 ...."),
        "example_03_mask.webp: expected a readable image",
    ),
    "empty file": (lambda root: (root / FOUND).write_bytes(b""), "found an empty file"),
    "no label properties": (
        lambda root: (root / LABELS).unlink(),
        "expected label properties",
    ),
    "damaged label properties": (
        lambda root: (root / LABELS).write_text("{"),
        "label_properties.json: expected valid JSON",
    ),
    "damaged manifest": (
        lambda root: (root / "predictions" / "manifest.json").write_text("["),
        "manifest.json: expected valid JSON",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_benchmark_segmentation__broken_input__is_one_line_and_code_2(
    copied: Path, logged: LoggedRuns, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it, words = BREAKS[name]
    break_it(copied)
    folders = [
        "--ground_truth_dir",
        "copied/ground_truth",
        "--predictions_dir",
        "copied/predictions",
    ]
    assert cli.run(["benchmark", "segmentation", *folders]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert words in complaint
    assert not logged.records


def test_run__missing_images__are_found_before_masks_are_read(
    logged: LoggedRuns, tmp_path: Path
) -> None:
    Image.new("L", (160, 160)).save(tmp_path / "example_01.png")
    with pytest.raises(BenchmarkError, match="found none for example_02"):
        run(config(images_dir=tmp_path))
    assert not logged.records


@pytest.mark.slow
def test_script__no_arguments__logs_to_the_store_that_mlflow_ui_shows(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / EXAMPLE.relative_to(REPOSITORY))
    script = REPOSITORY / "scripts" / "calculate_semantic_segmentation_metrics.py"
    answer = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "\n  mlflow ui\n" in answer.stdout
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        [(experiment, status)] = database.execute(
            "SELECT experiments.name, runs.status FROM runs JOIN experiments USING (experiment_id)"
        )
        names = {name for (name,) in database.execute("SELECT key FROM metrics")}
    assert (experiment, status) == ("semantic_segmentation", "FINISHED")
    assert {"mean_iou", "mean_iou_per_image", "gap_junction.dice", "pixel_accuracy"} <= names
    stored = {path.name for path in (tmp_path / "mlruns").rglob("*.*")}
    assert stored >= ARTIFACTS


def test_run__one_class__is_all_that_is_drawn(logged: LoggedRuns, tmp_path: Path) -> None:
    of_class = {"gap_junction": 1, "other": 2}
    pixels = np.zeros((20, 20), np.uint8)
    pixels[2:6, 2:6], pixels[12:16, 12:16] = 1, 2
    for folder in ("ground_truth", "predictions"):
        (tmp_path / folder).mkdir()
    Image.fromarray(pixels).save(tmp_path / "ground_truth" / "a.png")
    Image.fromarray(np.zeros_like(pixels)).save(tmp_path / "predictions" / "a.png")
    labels = tmp_path / "label_properties.json"
    labels.write_text(json.dumps(dict(zip(of_class, ("#4EF8FF", "#FFB000"), strict=True))))
    drawn: dict[int, NDArray[np.bool_]] = {}
    for name, number in of_class.items():
        run(config(tmp_path, label_properties=labels, label=name))
        with Image.open(io.BytesIO(logged.files["worst_1_a.png"])) as picture:
            drawn[number] = np.asarray(picture)[CAPTION_HEIGHT_PX:].max(axis=2) > 0
    scale = len(drawn[1]) // len(pixels)
    for number, is_drawn in drawn.items():
        shown = is_drawn.reshape(20, scale, 20, scale).any(axis=(1, 3))
        np.testing.assert_array_equal(shown, pixels == number)
