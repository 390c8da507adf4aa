"""Stands in for MLflow in the tests of benchmarks."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gapjunction.commands import kept_runs
from gapjunction.commands.benchmark import log
from gapjunction.tracking.runs import RunLink, RunRecord
from gapjunction.tracking.store import TrackingStore

COMMIT = "0123456789" * 4


class LoggedRuns:
    """Keeps the runs it was given, and the files of the last before they are deleted."""

    def __init__(self) -> None:
        self.records: list[RunRecord] = []
        self.files: dict[str, bytes] = {}

    def log_run(self, record: RunRecord, store: TrackingStore) -> RunLink:
        """Take the place of `gapjunction.tracking.runs.log_run`."""
        assert record.artifact_folder is not None
        self.records.append(record)
        self.files = {path.name: path.read_bytes() for path in record.artifact_folder.iterdir()}
        run_id = f"run{len(self.records) - 1}"
        return RunLink(run_id, store.ui_command, f"http://127.0.0.1:5000/#/{run_id}")

    def find_run(
        self, experiment: str, tags: Mapping[str, str], store: TrackingStore
    ) -> RunLink | None:
        """Take the place of `gapjunction.tracking.runs.find_run`."""
        for number, record in enumerate(self.records):
            if record.experiment == experiment and tags.items() <= record.tags.items():
                return RunLink(f"run{number}", store.ui_command, f"page/#/run{number}")
        return None


def take_the_place_of_mlflow(monkeypatch: pytest.MonkeyPatch, working_dir: Path) -> LoggedRuns:
    """Let every benchmark log to the returned object, in `working_dir`, at the commit `COMMIT`."""
    runs = LoggedRuns()
    monkeypatch.chdir(working_dir)
    monkeypatch.setattr(kept_runs, "log_run", runs.log_run)
    monkeypatch.setattr(kept_runs, "find_run", runs.find_run)
    monkeypatch.setattr(log, "git_commit", lambda: COMMIT)
    return runs
