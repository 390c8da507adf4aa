"""Tests for `gapjunction.runs.processes`."""

import os
from functools import partial
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.errors import CheckpointError
from gapjunction.runs.begin import begin_run
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.fit import fit_run
from gapjunction.runs.folder import STATE_NAME
from gapjunction.runs.processes import run_in_processes
from gapjunction.training.records import read_records


def write_place(folder: Path) -> None:
    text = f"{os.environ['LOCAL_RANK']} of {os.environ['WORLD_SIZE']}"
    (folder / os.environ["RANK"]).write_text(text)


def complain_in_second(folder: Path) -> None:
    if os.environ["RANK"] == "1":
        raise CheckpointError(folder, expected="weights", found="none", fix="put some there")


@pytest.mark.slow
def test_run_in_processes__each__knows_its_place(tmp_path: Path) -> None:
    run_in_processes(2, write_place, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "0": "0 of 2",
        "1": "1 of 2",
    }
    assert "RANK" not in os.environ


@pytest.mark.slow
def test_run_in_processes__error_of_the_user__reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="expected weights, found none; put some there"):
        run_in_processes(2, complain_in_second, tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_preset")
def test_run_in_processes__training__goes_on_with_as_many_only(tmp_path: Path) -> None:
    build_dataset(tmp_path / "set")
    config = TrainConfig(
        data=(tmp_path / "set",), output=tmp_path / "run", presets="medium_quality", folds=1
    )
    folder, settings, data = begin_run(config)
    fit = partial(fit_run, use_cpu=True)
    run_in_processes(2, fit, settings, data, folder)
    assert len(read_records(folder / STATE_NAME)) == 3  # the start is the first
    longer = settings.but(training=settings.training.but(max_epochs=3))
    with pytest.raises(CheckpointError, match="expected to go on with 2 processes"):
        fit(longer, data, folder)
    run_in_processes(2, fit, longer, data, folder)
    assert len(read_records(folder / STATE_NAME)) == 4
