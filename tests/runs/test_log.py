"""Tests for `gapjunction.runs.log`, through a tiny training."""

import logging
import shutil
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.commands.train import run
from gapjunction.errors import TrackingError
from gapjunction.runs import log
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.log import FILES, FOLDER_TAG, log_finished
from gapjunction.tracking.runs import VERSION_TAG
from logged_runs import LoggedRuns

pytestmark = pytest.mark.usefixtures("tiny_preset")


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    data = build_dataset(tmp_path / "data", num_assets=4)
    return TrainConfig(data=(data,), output=tmp_path / "run")


@pytest.mark.long
def test_log_training__finished_run__has_curves_files_and_version(
    config: TrainConfig, logged_training: LoggedRuns
) -> None:
    result = run(config)
    [record] = logged_training.records
    assert record.experiment == "training"
    assert record.tags[VERSION_TAG] == record.params["model_version"] == result.version
    assert list(record.history) == [0, 1]
    assert all(set(each) >= {"val_f1", "learning_rate"} for each in record.history.values())
    assert record.metrics["best_f1"] == result.validation["f1"]
    assert set(logged_training.files) == set(FILES)
    assert "Logged as MLflow run run0." in str(result)


@pytest.mark.long
def test_log_training__resumed_after_its_end__is_not_logged_again(
    config: TrainConfig, logged_training: LoggedRuns
) -> None:
    first = run(config)
    again = run(TrainConfig(output=config.output, resume=True))
    assert len(logged_training.records) == 1
    assert first.logged is not None
    assert again.logged is not None
    assert again.logged.run_id == first.logged.run_id


@pytest.mark.long
def test_log_training__another_run_of_the_same_weights__is_logged_as_well(
    config: TrainConfig, logged_training: LoggedRuns
) -> None:
    first = run(config)
    other = config.output.with_name("copy") if config.output else None
    assert other is not None
    shutil.copytree(first.run_folder, other)
    again = log_finished(other, None)
    assert first.logged is not None
    assert again.run_id != first.logged.run_id
    assert [each.tags[FOLDER_TAG] for each in logged_training.records] == [
        str(first.run_folder.absolute()),
        str(other.absolute()),
    ]


@pytest.mark.long
def test_log_training__store_that_fails__keeps_the_model_and_says_why(
    config: TrainConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Path | None) -> None:
        raise TrackingError("mlflow.db", expected="a database", found="a cat", fix="feed it")

    monkeypatch.setattr(log, "choose_store", fail)
    with caplog.at_level(logging.WARNING):
        result = run(config)
    assert (result.run_folder / "model.safetensors").is_file()
    assert result.logged is None
    assert "not in MLflow: mlflow.db: expected a database, found a cat" in caplog.text
    assert f"'gapjunction log {result.run_folder}' logs it later" in caplog.text
