"""Tests of `gapjunction predict --threshold` and `--min_score` on finished predictions."""

import csv
import json
import logging
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction import cli
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.result import PredictResult
from gapjunction.detections_csv import read_box_table
from gapjunction.detections_json import read_detection_file

HIGHER, LOWER = 0.512, 0.505  # beside 0.5085, the threshold of the detector for tests


@pytest.fixture
def config(tmp_path: Path, checkpoint: Path) -> PredictConfig:
    """Return the settings for a folder of two images of noise, with overlays."""
    for number, name in enumerate(("a", "b")):
        pixels = np.random.default_rng(number).integers(0, 255, (70, 90), dtype=np.uint8)
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / "in" / f"{name}.png")
    return PredictConfig(
        input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out", overlays=True
    )


@pytest.fixture
def no_detector(config: PredictConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Predict once; from then on, predicting anything is a failure."""
    run(config)

    def detect(*_: object) -> None:
        raise AssertionError("an image was predicted anew")

    monkeypatch.setattr("gapjunction.prediction.model.detect_image", detect)


def with_threshold(
    config: PredictConfig, threshold: float | None, min_score: float | None = None
) -> PredictConfig:
    return config.but(threshold=threshold, min_score=min_score)


def content_of(output: Path) -> dict[str, bytes]:
    paths = [path for path in sorted(output.rglob("*")) if path.is_file()]
    return {str(path.relative_to(output)): path.read_bytes() for path in paths}


def rows_of(result: PredictResult) -> list[dict[str, str]]:
    return list(csv.DictReader((result.output / "counts.csv").read_text().splitlines()))


def num_boxes(output: Path, stem: str) -> int:
    return len(read_detection_file(output / "detections" / f"{stem}_bbox.json").boxes)


@pytest.mark.long
@pytest.mark.usefixtures("no_detector")
@pytest.mark.parametrize("threshold", [HIGHER, LOWER])
def test_run__another_threshold__is_as_if_predicted_with_it(
    config: PredictConfig, threshold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(with_threshold(config, threshold))
    assert (result.num_counted_anew, result.num_skipped) == (2, 0)
    assert "2 images (2 counted anew, without predicting again)" in str(result)
    monkeypatch.undo()
    fresh = config.but(output=config.output.parent / "fresh")
    run(with_threshold(fresh, threshold))
    assert content_of(config.output) == content_of(fresh.output)


@pytest.mark.long
@pytest.mark.usefixtures("no_detector")
def test_run__threshold__moves_counts_boxes_and_overlays(config: PredictConfig) -> None:
    totals, overlays = [], []
    for threshold in (HIGHER, None, LOWER):
        result = run(with_threshold(config, threshold))
        (total,) = result.totals.values()
        totals.append(total)
        overlays.append((config.output / "overlays" / "a.png").read_bytes())
        assert sum(num_boxes(config.output, stem) for stem in "ab") == total
        assert sum(int(row["count"]) for row in rows_of(result)) == total
    assert totals == sorted(set(totals))
    assert len(set(overlays)) == 3


@pytest.mark.usefixtures("no_detector")
def test_run__there_and_back__gives_the_same_bytes(config: PredictConfig) -> None:
    before = content_of(config.output)
    run(with_threshold(config, HIGHER))
    assert content_of(config.output) != before
    run(config)
    assert content_of(config.output) == before


@pytest.mark.usefixtures("no_detector")
def test_run__lower_min_score__writes_more_boxes_and_counts_the_same(
    config: PredictConfig,
) -> None:
    before, boxes = rows_of(run(config)), num_boxes(config.output, "a")
    result = run(with_threshold(config, None, min_score=0.1))
    assert rows_of(result) == before
    assert num_boxes(config.output, "a") > boxes
    assert json.loads((config.output / "manifest.json").read_text())["lowest_score"] == 0.1


@pytest.mark.usefixtures("no_detector")
def test_run__overlays_wanted_later__are_drawn_without_predicting(config: PredictConfig) -> None:
    without = config.but(overlays=False)
    run(with_threshold(without, HIGHER))
    assert not list((config.output / "overlays").iterdir())
    run(with_threshold(config, HIGHER))
    assert (config.output / "overlays" / "a.png").exists()


@pytest.mark.usefixtures("no_detector")
def test_run__csv_wanted_later__holds_what_is_counted_without_predicting(
    config: PredictConfig,
) -> None:
    assert not (config.output / "csv").exists()
    with_csv = with_threshold(config, HIGHER, min_score=LOWER).but(csv=True)
    result = run(with_csv)
    tables = {
        row["image"]: read_box_table(config.output / "csv" / f"{row['image']}.csv")
        for row in rows_of(result)
    }
    counts = {row["image"]: int(row["count"]) for row in rows_of(result)}
    assert {name: len(table.records) for name, table in tables.items()} == counts
    assert 0 < counts["a"] < num_boxes(config.output, "a")
    assert run(with_csv).num_skipped == 2


@pytest.mark.usefixtures("no_detector")
def test_run__counted_anew_without_csv__leaves_no_table_of_another_threshold(
    config: PredictConfig,
) -> None:
    run(config.but(csv=True))
    run(config)
    assert len(list((config.output / "csv").iterdir())) == 2
    run(with_threshold(config, HIGHER))
    assert not list((config.output / "csv").iterdir())


@pytest.mark.long
@pytest.mark.usefixtures("no_detector")
@pytest.mark.parametrize("next_threshold", [HIGHER, None])
def test_run__killed_between_two_thresholds__mixes_nothing(
    config: PredictConfig, next_threshold: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(with_threshold(config, next_threshold))
    expected = content_of(config.output)
    run(with_threshold(config, None if next_threshold else HIGHER))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gapjunction.commands.predict.files.write_count_file", killed)
        with pytest.raises(KeyboardInterrupt):
            run(with_threshold(config, LOWER))
    assert not (config.output / "counts.csv").exists()
    run(with_threshold(config, next_threshold))
    assert content_of(config.output) == expected


def test_run__changed_image_and_another_threshold__predicts_that_one_alone(
    config: PredictConfig,
) -> None:
    run(config)
    Image.new("L", (32, 32)).save(config.input / "a.png")
    result = run(with_threshold(config, HIGHER))
    assert (result.num_images, result.num_counted_anew, result.num_skipped) == (2, 1, 0)


def test_run__damaged_file_of_what_was_seen__predicts_that_image_anew(
    config: PredictConfig,
) -> None:
    run(config)
    before = content_of(config.output)
    (config.output / "seen" / "a.npz").write_bytes(b"PK")
    run(with_threshold(config, HIGHER))
    run(config)
    assert content_of(config.output) == before


@pytest.mark.usefixtures("no_detector")
def test_run__image_for_an_overlay_unreadable__is_named(config: PredictConfig) -> None:
    path = config.input / "a.png"
    status = path.stat()
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    result = run(with_threshold(config, HIGHER))
    assert result.exit_code == 1
    assert result.num_images == 1


def test_run__manifest__tells_the_threshold_and_what_another_was_fitted_to(
    config: PredictConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        run(with_threshold(config, 0.75))
    manifest = json.loads((config.output / "manifest.json").read_text())
    assert (manifest["threshold"], manifest["threshold_fitted"]) == (0.75, 0.5085)
    assert manifest["threshold_fitted_to_images"] == 0
    assert "objects count from a probability of 0.75 on, as asked for" in caplog.text


@pytest.mark.parametrize("threshold", ["-0.1", "1.2"])
def test_cli__threshold_outside_0_to_1__is_one_line(
    threshold: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["predict", str(tmp_path), "--threshold", threshold]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "threshold" in line
    assert threshold in line


def test_result__one_image__is_in_the_singular() -> None:
    result = PredictResult(Path("out"), 1, 0, 0, {"gap_junction": 1})
    assert str(result).startswith("1 image: 1 gap_junction\n")


def test_run__counted_anew__leaves_no_patterns_of_another_threshold(config: PredictConfig) -> None:
    run(config)
    for name in ("space.csv", "ripley.csv", "density/a.png"):
        (config.output / name).parent.mkdir(exist_ok=True)
        (config.output / name).write_text("of before")
    run(with_threshold(config, HIGHER))
    left = {path.name for path in config.output.iterdir()}
    assert not left & {"space.csv", "ripley.csv", "density"}
