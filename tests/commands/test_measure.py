"""Tests for `gapjunction.commands.measure`, and for what `predict --objects` writes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

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


@pytest.mark.long
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


@pytest.mark.long
def test_predict__another_threshold_without_objects__leaves_no_old_table(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",))
    predicted(tmp_path, checkpoint, source, channel=("1",), threshold=0.6)
    assert not (output / "objects.csv").exists()


@pytest.mark.long
def test_run__prediction__gives_what_predict_gave(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",))
    before = (output / "objects.csv").read_bytes()
    result = measure.run(MeasureConfig(input=output))
    assert (output / "objects.csv").read_bytes() == before
    assert result.exit_code == 0
    assert f"{len(pd.read_csv(output / 'objects.csv')):,} object" in str(result)


def write_halves(path: Path) -> Path:
    """Write a label image of 96 px: 1 on the left, 2 on the right, nothing at the top."""
    labels = np.ones((96, 96), np.uint8)
    labels[:, 48:] = 2
    labels[:10] = 0
    Image.fromarray(labels).save(path)
    return path


@pytest.mark.long
def test_run__regions_and_cells_of_a_prediction__give_what_predict_gave(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    halves = write_halves(tmp_path / "halves.png")
    places = {"roi": halves, "cells": halves, "border_um": 0.3, "second_channel": "2"}
    output = predicted(tmp_path, checkpoint, source, channel=("1",), objects=("csv",), **places)
    again = tmp_path / "again"
    measure.run(MeasureConfig.model_validate({"input": output, "output": again} | places))
    for name in ("objects.csv", "cells.csv", "cell_pairs.csv", "colocalization.csv"):
        assert (again / name).read_bytes() == (output / name).read_bytes()
    table = pd.read_csv(again / "objects.csv")
    assert set(table["region"].dropna()) == {1, 2}
    assert table["cell"].equals(table["region"])
    assert table["cell_border_um"].notna().any()


def test_run__second_channel_of_annotations__has_a_row_for_each_image(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    for path in root.glob("Assets/*/Raw/*"):
        grey = np.asarray(Image.open(path).convert("L"))
        Image.fromarray(np.dstack([grey[::-1], grey, grey])).save(path)
    config = MeasureConfig(
        input=root, output=tmp_path / "out", channel="green", second_channel="red"
    )
    result = measure.run(config)
    table = pd.read_csv(tmp_path / "out" / "colocalization.csv")
    images = list(read_dataset(root).images())
    assert table["plaques"].sum() == sum(len(image.boxes) for image in images)
    assert set(table["second_channel"]) == {"red"}
    assert "Second channel red of" in str(result)


@pytest.mark.long
def test_run__second_channel_that_plaques_are_in__is_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    with pytest.raises(ImageError, match="which is the same"):
        measure.run(MeasureConfig(input=output, output=tmp_path / "again", second_channel="1"))


@pytest.mark.long
def test_run__places_that_are_asked_for_no_more__are_gone(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    halves = write_halves(tmp_path / "halves.png")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    again = tmp_path / "again"
    measure.run(MeasureConfig(input=output, output=again, roi=halves, cells=halves, space=True))
    assert (again / "space.csv").is_file()
    measure.run(MeasureConfig(input=output, output=again))
    assert [path.name for path in again.iterdir()] == ["objects.csv"]


@pytest.mark.long
def test_run__space_that_is_asked_for_no_more__is_gone_from_a_prediction(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    before = {path.name for path in output.iterdir()}
    measure.run(MeasureConfig(input=output, space=True))
    assert {path.name for path in output.iterdir()} - before == {
        "objects.csv",
        "space.csv",
        "ripley.csv",
        "density",
    }
    measure.run(MeasureConfig(input=output))
    assert {path.name for path in output.iterdir()} - before == {"objects.csv"}


@pytest.mark.long
def test_run__names_of_slices__are_told_as_asked(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a7b.tif")
    output = predicted(
        tmp_path, checkpoint, source, channel=("1",), objects=("csv",), slice_names=r"a(\d+)b"
    )
    before = (output / "objects.csv").read_bytes()
    measure.run(MeasureConfig(input=output, slice_names=r"a(\d+)b"))
    assert (output / "objects.csv").read_bytes() == before
    assert set(pd.read_csv(output / "objects.csv")["slice"]) == {7}


@pytest.mark.long
def test_run__places_where_a_region_was_predicted__are_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    manifest = json.loads((output / "manifest.json").read_text())
    manifest["settings"]["region"] = "0,0,48,48"
    (output / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ConfigError, match="a prediction of whole images, found one of a region"):
        measure.run(MeasureConfig(input=output, space=True))
    assert not measure.run(MeasureConfig(input=output)).failures


def test_run__output_with_predictions_of_other_objects__is_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    root = build_dataset(tmp_path / "set")
    with pytest.raises(ConfigError, match="choose another"):
        measure.run(MeasureConfig(input=root, output=output))


def test_run__image_changed_since__is_named(tmp_path: Path, checkpoint: Path) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    output = predicted(tmp_path, checkpoint, source, channel=("1",))
    tifffile.imwrite(source, np.zeros((2, 96, 96), np.uint16), imagej=True)
    with pytest.raises(ImageError, match=r"a\.tif.*predict again"):
        measure.run(MeasureConfig(input=output))


def test_run__image_that_could_not_be_predicted__is_left_out_and_said(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = write_stack_of_channels(tmp_path / "in" / "a.tif")
    (source.parent / "damaged.tif").write_bytes(source.read_bytes()[:3000])
    output = predicted(tmp_path, checkpoint, source.parent, channel=("1",))
    result = measure.run(MeasureConfig(input=output))
    assert not result.failures
    assert "left out, as it was not predicted: " in caplog.text
    assert "damaged.tif" in caplog.text
    assert set(pd.read_csv(output / "objects.csv")["image"]) == {"a"}


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
