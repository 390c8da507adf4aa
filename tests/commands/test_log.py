"""Tests for `gapjunction.commands.log`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.commands import log, train
from gapjunction.commands.log import LogConfig
from gapjunction.errors import CheckpointError, TrackingError
from gapjunction.runs import log as training_log
from gapjunction.runs.config import TrainConfig
from logged_runs import LoggedRuns

pytestmark = pytest.mark.usefixtures("tiny_preset")


def refuse(*_: object) -> None:
    raise TrackingError("mlflow.db", expected="room", found="none", fix="make room")


@pytest.fixture
def unlogged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a training that a store refused."""
    data = build_dataset(tmp_path / "data", num_assets=4)
    with monkeypatch.context() as patch:
        patch.setattr(training_log, "log_run", refuse)
        train.run(TrainConfig(folds=1, data=(data,), output=tmp_path / "run"))
    return tmp_path / "run"


@pytest.mark.long
def test_run__training_that_was_refused__is_logged_once(
    unlogged: Path, logged_training: LoggedRuns
) -> None:
    first, second = (log.run(LogConfig(run=unlogged)) for _ in range(2))
    assert [record.experiment for record in logged_training.records] == ["training"]
    assert first.logged.run_id == second.logged.run_id
    assert "Logged as MLflow run run0." in str(first)


@pytest.mark.long
def test_run__training_that_has_not_ended__says_how_to_go_on(
    unlogged: Path, logged_training: LoggedRuns
) -> None:
    settings = unlogged / "settings.yaml"
    settings.write_text(settings.read_text().replace("max_epochs: 2", "max_epochs: 9"))
    with pytest.raises(CheckpointError, match="stopped after epoch 2; resume it"):
        log.run(LogConfig(run=unlogged))
    assert not logged_training.records


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda _: None, "found nothing there"),
        (lambda folder: folder.mkdir(), "found neither"),
        (
            lambda folder: (folder.mkdir(), (folder / "logged_run.json").touch()),
            "found a benchmark that is logged",
        ),
    ],
)
def test_run__no_run_to_log__is_one_line(
    tmp_path: Path, make: Callable[[Path], object], expected: str
) -> None:
    make(tmp_path / "folder")
    with pytest.raises(TrackingError, match=expected):
        log.run(LogConfig(run=tmp_path / "folder"))
