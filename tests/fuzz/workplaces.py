"""Folders of good inputs, made once for each target, in a process that touches nothing else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fuzz.target import Target
from fuzz.trial import Workplace
from logged_runs import take_the_place_of_mlflow
from tiny_detectors import tiny_trainings


@contextmanager
def isolated(folder: Path) -> Iterator[None]:
    """Work in a folder, log no runs to MLflow and draw figures of one pixel."""
    folder.mkdir(parents=True, exist_ok=True)
    tifffile_logger = logging.getLogger("tifffile")
    level = tifffile_logger.level
    tifffile_logger.setLevel(logging.CRITICAL)  # as the command line does
    try:
        with tiny_trainings(folder / "tiny"), pytest.MonkeyPatch.context() as patch:
            take_the_place_of_mlflow(patch, folder)
            yield
    finally:
        tifffile_logger.setLevel(level)


class Workplaces:
    """The workplaces of targets in a folder; each is filled when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Workplace] = {}

    def of(self, target: Target) -> Workplace:
        """Return where a target's inputs lie."""
        if target.name not in self._made:
            workplace = Workplace(target, self._folder / target.name.replace(" ", "_"))
            workplace.inputs.mkdir(parents=True)
            target.fill(workplace.inputs)
            self._made[target.name] = workplace
        return self._made[target.name]
