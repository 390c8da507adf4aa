"""Tests for `gapjunction.commands.pipeline`."""

import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import yaml

from builders import add_image, build_dataset
from gapjunction import presets
from gapjunction.commands import train
from gapjunction.commands.pipeline import PipelineConfig, PipelineResult, run
from gapjunction.errors import BenchmarkError, CheckpointError
from gapjunction.presets import PRESETS
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.folds import NO_FOLDS
from stack_cases import TWO_PLAQUES, build_stacks
from tiny_detectors import tiny_trainings

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("tiny_preset")]


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    build_dataset(tmp_path / "data" / "set", num_assets=4)
    return config_in(tmp_path)


def config_in(folder: Path) -> PipelineConfig:
    return PipelineConfig(
        data_dir=folder / "data", output_dir=folder / "runs", mlflow_dir=folder / "mlflow"
    )


@pytest.fixture(scope="module")
def whole_way(tmp_path_factory: pytest.TempPathFactory) -> PipelineResult:
    """Return a whole way whose last epoch was best; nobody may change what it made."""
    folder = tmp_path_factory.mktemp("pipeline") / "made"
    with tiny_trainings(folder.parent) as patched:
        take_the_last(patched)
        build_dataset(folder / "data" / "set", num_assets=4)
        return run(config_in(folder))


def take_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the last epoch, as a run that is no better than its start would be passed over."""
    for module in ("cross_validation", "recorder", "card", "fit"):
        monkeypatch.setattr(f"gapjunction.runs.{module}.best_record", lambda all_: all_[-1])


@pytest.fixture
def trained(tmp_path: Path, whole_way: PipelineResult, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the run folder in a copy of the whole way without its tests, in `tmp_path`."""
    monkeypatch.setattr("gapjunction.runs.card.best_record", lambda all_: all_[-1])
    made = whole_way.run_folder.parents[1]
    left_out = shutil.ignore_patterns("test_predictions", "test_ground_truth")
    shutil.copytree(made, tmp_path, ignore=left_out, dirs_exist_ok=True)
    return tmp_path / whole_way.run_folder.relative_to(made)


def test_run__whole_way__names_what_it_made_and_all_of_it_is_there(
    whole_way: PipelineResult,
) -> None:
    result = whole_way
    assert (result.conversion / "annotations" / "instances_train2017.json").is_file()
    predicted = result.run_folder / "test_predictions"
    truth = result.run_folder / "test_ground_truth"
    assert [p.name for p in sorted((predicted / "detections").iterdir())] == [
        p.name for p in sorted(truth.iterdir())
    ]
    assert result.counts is not None
    assert result.score is not None
    assert result.counts.suite["all"]["num_images"] == 2
    assert result.counts.suite["all"]["num_truth"] == result.score.num_truth == 6
    assert "F1 at IoU 0.5" in str(result)
    assert "mlflow ui" in str(result)


def test_run__test_images_that_are_slices__names_the_table_of_their_plaques(
    tmp_path: Path, whole_way: PipelineResult
) -> None:
    assert "stacks.csv" not in str(whole_way)
    data = build_stacks(tmp_path / "stacks", a=TWO_PLAQUES, b=TWO_PLAQUES, c=TWO_PLAQUES)
    result = run(config_in(tmp_path).but(data_dir=data, skip_training=True))
    assert result.results is not None
    table = result.results / "test_predictions" / "stacks.csv"
    assert len(table.read_text().splitlines()) == 2
    assert f"plaques of stacks, each counted once  {table}" in str(result)


def test_run__trains_on_the_splits_of_the_conversion(whole_way: PipelineResult) -> None:
    converted = json.loads((whole_way.conversion / "manifest.json").read_text())["assets"]
    assert json.loads((whole_way.run_folder / "splits.json").read_text())["assets"] == converted


def test_run__learning_rate__is_that_of_the_training(config: PipelineConfig) -> None:
    result = run(config.but(skip_inference=True, learning_rate=0.0125))
    settings = yaml.safe_load((result.run_folder / "settings.yaml").read_text())
    assert settings["training"]["learning_rate"] == 0.0125


def test_run__skip_inference__ends_after_training(config: PipelineConfig) -> None:
    result = run(config.but(skip_inference=True))
    assert result.score is None
    assert not (result.run_folder / "test_predictions").exists()


def test_run__skip_training__uses_the_newest_run(config: PipelineConfig, trained: Path) -> None:
    result = run(config.but(skip_training=True))
    assert result.run_folder == trained
    assert result.counts is not None


def stop_in_epoch_2(_: EpochTable, epoch: int, __: float) -> None:
    if epoch == 2:
        raise KeyboardInterrupt


def test_run__skip_training_with_a_stopped_run__says_how_to_go_on(
    config: PipelineConfig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.runs.begin.choose_num_folds", lambda *_: NO_FOLDS)
    # A run that is no better than its start would be passed over.
    for module in ("training.loop", "runs.recorder", "runs.card"):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[-1])
    with (
        patch.object(EpochTable, "on_step", stop_in_epoch_2),
        pytest.raises(KeyboardInterrupt),
    ):
        run(config)
    without = config.but(skip_training=True, skip_inference=True)
    stopped = run(without).run_folder
    line = "the run was stopped after epoch 1 of 2: 'gapjunction train --resume --output"
    assert caplog.text.count(f"{line} {stopped}' goes on") == 1
    train.run(TrainConfig(output=stopped, resume=True))
    run(without)
    assert caplog.text.count(line) == 1


def test_run__model_given__says_which_settings_change_nothing(
    config: PipelineConfig, trained: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = config.but(
        checkpoint=trained, skip_inference=True, presets="best_quality", max_epochs=50
    )
    run(asked)
    assert "nothing is trained, so that --presets and --max_epochs" in caplog.text


@pytest.mark.parametrize("name", ["state.pt", "settings.yaml"])
def test_run__skip_training_with_damaged_files_of_the_training__needs_the_weights_only(
    config: PipelineConfig, trained: Path, name: str
) -> None:
    (trained / name).write_text("{")
    update = {"skip_training": True, "skip_inference": True}
    assert run(config.but(**update)).run_folder == trained


def test_run__skip_training_without_a_run__tests_the_weights_that_are_shipped(
    config: PipelineConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        result = run(config.but(skip_training=True))
    assert "using the weights that come with the package" in caplog.text
    assert result.run_folder.name.startswith("shipped_")
    assert result.counts is not None
    assert result.counts.suite["all"]["num_images"] == 2


def test_run__shipped_weights_tested_twice__other_data_and_seeds_have_splits_of_their_own(
    tmp_path: Path, config: PipelineConfig
) -> None:
    other = build_dataset(tmp_path / "other", num_assets=3, seed=1)
    asked: list[dict[str, object]] = [{}, {"data_dir": other}, {"seed": 3}]
    folders = {run(config.but(skip_training=True, **each)).run_folder for each in asked}
    assert len(folders) == 3


def test_run__skip_training_with_nothing_shipped__says_what_to_do(
    config: PipelineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = replace(PRESETS["medium_quality"], shipped=None)
    monkeypatch.setitem(presets.PRESETS, "medium_quality", preset)
    with pytest.raises(CheckpointError, match="train first"):
        run(config.but(skip_training=True))


def test_run__classes_in_another_order_than_the_model__are_matched_by_name(
    config: PipelineConfig, trained: Path, whole_way: PipelineResult
) -> None:
    labels = config.data_dir / "set" / "Label_Properties" / "label_properties.json"
    labels.write_text('{"nucleus": "#0000FF", "gap_junction": "#4EF8FF"}')
    again = run(config.but(skip_training=True))
    assert again.run_folder == trained
    assert again.score == whole_way.score


def test_run__one_stem_in_two_splits__has_one_name_on_both_sides(
    config: PipelineConfig,
) -> None:
    for asset in (config.data_dir / "set" / "Assets").iterdir():
        add_image(asset, "same", np.zeros((64, 64, 3), np.uint8))
    result = run(config)
    assert result.counts is not None
    assert result.counts.suite["all"]["num_images"] == 3


def test_run__test_image_that_cannot_be_read__is_named_before_it_is_missed(
    config: PipelineConfig, trained: Path, caplog: pytest.LogCaptureFixture
) -> None:
    splits = json.loads((trained / "splits.json").read_text())
    asset = config.data_dir / "set" / "Assets" / splits["assets"]["test"][0]["asset"]
    image = min((asset / "Raw").iterdir())
    image.write_bytes(image.read_bytes()[:-200])
    with pytest.raises(BenchmarkError, match=f"found none for {image.stem}"):
        run(config.but(skip_training=True, checkpoint=trained))
    assert f"not predicted: {image}: expected" in caplog.text


def test_run__two_assets__ends_after_training_and_says_why(
    tmp_path: Path, config: PipelineConfig, caplog: pytest.LogCaptureFixture
) -> None:
    data = build_dataset(tmp_path / "two", num_assets=2)
    result = run(config.but(data_dir=data))
    assert result.score is None
    assert "no asset is left to test on" in caplog.text


def test_run__checkpoint_from_elsewhere__leaves_its_folder_alone(
    tmp_path: Path, config: PipelineConfig, trained: Path
) -> None:
    before = sorted(path.name for path in trained.iterdir())
    update = {"checkpoint": trained, "output_dir": tmp_path / "elsewhere"}
    result = run(config.but(**update))
    assert result.results == tmp_path / "elsewhere" / trained.name
    assert sorted(path.name for path in trained.iterdir()) == before


def test_run__asset_added_after_training__is_not_taken_for_a_test_image(
    config: PipelineConfig, trained: Path
) -> None:
    build_dataset(config.data_dir / "later", num_assets=3)
    result = run(config.but(skip_training=True, checkpoint=trained))
    assert result.counts is not None
    assert result.counts.suite["all"]["num_images"] == 2
