"""Tests for `gapjunction.commands.measure`, and for what `predict --objects` writes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from builders import build_dataset
from gapjunction.commands import measure
from gapjunction.commands.measure import MeasureConfig
from gapjunction.commands.predict.command import run as run_predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.detections_json import read_detection_file
from gapjunction.errors import BenchmarkError, ConfigError, GapJunctionError, ImageError


def write_stack_of_channels(path: Path) -> Path:
    """Write two channels of 16 bits, 0.1 um a pixel: squares, and twice their light."""
    rng = np.random.default_rng(0)
    plane = rng.integers(90, 110, (96, 96)).astype(np.uint16)
    for y, x in ((20, 20), (60, 50), (30, 70)):
        plane[y : y + 6, x : x + 6] += 3000
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(
        path,
        np.stack([plane, 2 * plane]),
        imagej=True,
        resolution=(10, 10),
        metadata={"axes": "CYX", "unit": "um"},
    )
    return path


def predicted(tmp_path: Path, checkpoint: Path, source: Path, **options: object) -> Path:
    output = tmp_path / "out"
    run_predict(
        PredictConfig.model_validate(
            {"input": source, "checkpoint": checkpoint, "output": output} | options
        )
    )
    return output


def test_predict__objects__has_a_row_for_each_counted_box(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",))
    table = pd.read_csv(output / "objects.csv")
    boxes = read_detection_file(output / "detections" / "a_bbox.json").boxes
    assert len(table) == len(boxes) > 0
    assert table["um_per_px"].tolist() == pytest.approx([0.1] * len(table))
    assert {"mean_1", "mean_2"} <= set(table)
    seen = table.dropna(subset=["background_1"])
    assert seen["background_2"].tolist() == pytest.approx(
        (2 * seen["background_1"]).tolist(), rel=1e-4
    )


def test_predict__another_threshold_without_objects__leaves_no_old_table(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",))
    predicted(tmp_path, checkpoint, source, channel=("1",), threshold=0.6)
    assert not (output / "objects.csv").exists()


def test_run__prediction__gives_what_predict_gave(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",))
    before = (output / "objects.csv").read_bytes()
    result = measure.run(MeasureConfig(input=output))
    assert (output / "objects.csv").read_bytes() == before
    assert result.exit_code == 0
    assert f"{len(pd.read_csv(output / 'objects.csv')):,} object" in str(result)


def test_run__image_changed_since__is_named(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    tifffile.imwrite(source, np.zeros((2, 96, 96), np.uint16), imagej=True)
    with pytest.raises(ImageError, match=r"a\.tif.*predict again"):
        measure.run(MeasureConfig(input=output))


def test_run__manifest_of_another_program__is_refused(tmp_path: Path) -> None:
    (tmp_path / "detections").mkdir()
    (tmp_path / "manifest.json").write_text(json.dumps({"model": "mine"}))
    with pytest.raises(BenchmarkError, match="predict again"):
        measure.run(MeasureConfig(input=tmp_path))


def test_run__prediction_and_a_channel__is_refused(tmp_path: Path) -> None:
    (tmp_path / "detections").mkdir()
    with pytest.raises(ConfigError, match="leave it out"):
        measure.run(MeasureConfig(input=tmp_path, channel="red"))


def test_run__dataset__has_a_row_for_each_annotation(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    measure.run(MeasureConfig(input=root, output=tmp_path / "out", formats=("parquet",)))
    table = pd.read_parquet(tmp_path / "out" / "objects.parquet")
    images = list(read_dataset(root).images())
    assert len(table) == sum(len(image.boxes) for image in images) > 0
    assert table["score"].isna().all()
    assert set(table["asset"]) == {"asset_0", "asset_1", "asset_2"}


def test_run__dataset_and_a_channel_it_lacks__is_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    with pytest.raises(ImageError, match="channel ultraviolet"):
        measure.run(MeasureConfig(input=root, output=tmp_path / "out", channel="ultraviolet"))


def test_run__neither__is_refused(tmp_path: Path) -> None:
    with pytest.raises(GapJunctionError):
        measure.run(MeasureConfig(input=tmp_path / "nothing", output=tmp_path / "out"))
