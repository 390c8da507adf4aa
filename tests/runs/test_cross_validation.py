"""Tests for `gapjunction.runs.cross_validation`, through `gapjunction train`."""

import csv
import logging
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
import yaml

from builders import build_dataset
from gapjunction.commands.train import TrainResult, run
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.runs import cross_validation
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.folder import has_runs, newest_run
from stack_cases import TWO_PLAQUES, build_stacks
from tiny_detectors import tiny_trainings

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("tiny_preset")]

IN_A_RUN_FOLDER = {
    "model.safetensors",
    "config.json",
    "settings.yaml",
    "splits.json",
    "MODEL_CARD.md",
    "history.csv",
    "curves.png",
    "state.pt",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four assets, three of which are not for testing."""
    return build_dataset(tmp_path_factory.mktemp("shared") / "data", num_assets=4)


@pytest.fixture
def last_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the last epoch, as these trainings are too short to be better than their start."""
    take_the_last(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Path) -> TrainResult:
    """Return a finished run whose last epoch was best, to compare with and to copy."""
    folder = tmp_path_factory.mktemp("whole")
    with tiny_trainings(folder) as patched:
        take_the_last(patched)
        return trained(data, folder / "run")


def take_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (
        "runs.cross_validation",
        "runs.recorder",
        "runs.card",
        "runs.fit",
        "commands.train",
    ):
        monkeypatch.setattr(f"gapjunction.{module}.best_record", lambda all_: all_[-1])


def trained(data: Path, output: Path, max_epochs: int = 2) -> TrainResult:
    return run(TrainConfig(data=(data,), output=output, max_epochs=max_epochs))


def facts_of(folder: Path) -> dict[str, object]:
    facts: dict[str, object] = yaml.safe_load(
        (folder / "MODEL_CARD.md").read_text().split("---\n")[1]
    )
    return facts


@pytest.mark.usefixtures("last_is_best")
def test_run__few_assets__leaves_a_run_folder_without_folds(whole: TrainResult) -> None:
    assert {path.name for path in whole.run_folder.iterdir()} == IN_A_RUN_FOLDER
    assert (whole.num_epochs, whole.best_epoch) == (2, 2)
    with (whole.run_folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert [row["loss_center"] == "" for row in rows] == [True, False, False]
    facts = facts_of(whole.run_folder)
    assert facts["num_folds"] == 3
    assert facts["num_train_images"] == facts["num_calibration_images"] == 6


def test_run__few_assets__shows_every_asset_that_is_not_for_testing(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    trained(data, tmp_path / "run")
    splits = yaml.safe_load((tmp_path / "run" / "splits.json").read_text())["assets"]
    [tested] = splits.pop("test")
    shown = {f"data/{each['asset']}" for split in splits.values() for each in split}
    assert set(facts_of(tmp_path / "run")["assets"]) == shown  # type: ignore[call-overload]
    table = caplog.text[caplog.text.index("F1, start") :]
    assert all(asset in table for asset in shown)
    assert f"data/{tested['asset']}" not in table
    for number in (1, 2, 3):
        assert caplog.text.count(f"fold {number} of 3") == 1


def stopping_at(step: int) -> object:
    """Return an `on_step` that breaks off at the step of this number, as a kill does."""
    steps = iter(range(1, step + 1))

    def on_step(_: EpochTable, __: int, ___: float) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt

    return on_step


# Of folds that were judged at least as they began, and of the final training after an epoch.
NUM_TABLES = {1: 1, 4: 1, 5: 2, 12: 3, 13: 3, 16: 4}


# Two steps an epoch, two epochs a fold, three folds; the final training begins with step 13.
@pytest.mark.usefixtures("last_is_best")
@pytest.mark.parametrize("step", [1, 4, 5, 12, 13, 16])
def test_run__stopped_in_any_part_and_resumed__ends_as_without_the_break(
    tmp_path: Path, data: Path, whole: TrainResult, step: int
) -> None:
    with (
        patch.object(EpochTable, "on_step", stopping_at(step)),
        pytest.raises(KeyboardInterrupt),
    ):
        trained(data, tmp_path / "broken")
    tables = (tmp_path / "broken" / "folds").glob("*/history.csv")
    assert len(list(tables)) == NUM_TABLES[step]
    resumed = run(TrainConfig(output=tmp_path / "broken", resume=True))
    assert resumed.version == whole.version
    one, other = (load_checkpoint(each.run_folder).config for each in (whole, resumed))
    assert one == other
    assert {path.name for path in (tmp_path / "broken").iterdir()} == IN_A_RUN_FOLDER


@pytest.mark.usefixtures("last_is_best")
@pytest.mark.parametrize("name", ["_pooled_records", "_finish", "_write_records", "shutil.rmtree"])
def test_run__stopped_between_the_parts__ends_as_without_the_break(
    tmp_path: Path, data: Path, whole: TrainResult, name: str
) -> None:
    where = f"gapjunction.runs.cross_validation.{name}"
    with patch(where, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        trained(data, tmp_path / "broken")
    assert run(TrainConfig(output=tmp_path / "broken", resume=True)).version == whole.version
    assert not (tmp_path / "broken" / "folds").exists()


@pytest.mark.usefixtures("last_is_best")
def test_run__finished_run_resumed__is_left_as_it_is(tmp_path: Path, whole: TrainResult) -> None:
    shutil.copytree(whole.run_folder, tmp_path / "run")
    with patch.object(cross_validation, "train", side_effect=AssertionError):
        again = run(TrainConfig(output=tmp_path / "run", resume=True))
    assert (again.version, again.num_epochs) == (whole.version, whole.num_epochs)


def test_run__no_epoch_is_better__keeps_the_start_and_says_so(
    tmp_path: Path, data: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        patch("gapjunction.training.records.is_better", return_value=False),
        patch("gapjunction.runs.fit.NEXT_TO_NOTHING", 0.0),
    ):
        result = trained(data, tmp_path / "runs" / "mine")
    assert result.best_epoch == 0
    start, kept = (
        load_checkpoint(folder).detector.state_dict() for folder in (checkpoint, result.run_folder)
    )
    assert all(torch.equal(start[name], kept[name]) for name in start)
    assert caplog.text.count("no epoch was better than the weights that training started") == 1


def test_newest_run__run_that_is_no_better_than_its_start__is_passed_over(
    tmp_path: Path, data: Path
) -> None:
    with patch("gapjunction.training.records.is_better", return_value=False):
        result = trained(data, tmp_path / "runs" / "mine")
    assert not has_runs(tmp_path / "runs")
    with pytest.raises(CheckpointError, match="train first"):
        newest_run(tmp_path / "runs")
    assert newest_run(tmp_path / "runs", "state.pt") == result.run_folder


@pytest.mark.usefixtures("last_is_best")
def test_newest_run__run_that_is_better_than_its_start__is_found(whole: TrainResult) -> None:
    assert newest_run(whole.run_folder.parent) == whole.run_folder


def test_run__recipe_for_given_weights__has_fewer_epochs_in_folds(
    tmp_path: Path, data: Path
) -> None:
    assert run(TrainConfig(data=(data,), output=tmp_path / "run")).num_epochs == 1


def test_run__folds_of_the_run__cannot_be_changed_on_resume(tmp_path: Path, data: Path) -> None:
    run(TrainConfig(data=(data,), output=tmp_path / "run", folds=2))
    with pytest.raises(ConfigError, match="folds: expected the setting that the run was begun"):
        run(TrainConfig(output=tmp_path / "run", resume=True, folds=3))


@pytest.mark.usefixtures("last_is_best")
def test_run__annotated_stacks__fit_plaques_to_those_that_no_detector_had_seen(
    tmp_path: Path,
) -> None:
    data = build_stacks(tmp_path / "rats", **dict.fromkeys("abcdef", TWO_PLAQUES))
    trained(data, tmp_path / "run", max_epochs=1)
    config = load_checkpoint(tmp_path / "run").config
    assert config.known is not None
    assert config.known.num_images == 15  # slices: those of the sixth stack are for testing
    plaques = config.plaques
    assert plaques is not None
    assert plaques.calibration.num_images == 5  # the sixth is for testing
