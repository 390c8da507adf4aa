"""Tests for `gapjunction.commands.kept_runs`."""

import json
import re
from pathlib import Path

import pytest

from gapjunction.commands import kept_runs
from gapjunction.commands.kept_runs import log_kept, log_or_keep
from gapjunction.errors import ConfigError, TrackingError
from gapjunction.tracking.runs import TRAINING_EXPERIMENT, TRAINING_TAG, VERSION_TAG, RunRecord
from gapjunction.tracking.store import TrackingStore
from logged_runs import LoggedRuns, take_the_place_of_mlflow


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LoggedRuns:
    return take_the_place_of_mlflow(monkeypatch, tmp_path)


def record_in(folder: Path, version: str = "m1") -> RunRecord:
    files = folder / "artifacts"
    files.mkdir(exist_ok=True)
    (files / "per_image.csv").write_text("image,count\n")
    tags = {VERSION_TAG: version}
    measured = {"mae": 1e-05}
    return RunRecord(
        *("pilot", "a run", measured, {"seed": "0"}, "c0ffee", tags),
        artifact_folder=files,
        note="a table",
    )


def refuse(_: RunRecord, __: TrackingStore) -> None:
    raise TrackingError("mlflow.db", expected="room", found="none", fix="make room")


def keep_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep a run that a store refuses; return its folder."""
    with monkeypatch.context() as patch:
        patch.setattr(kept_runs, "log_run", refuse)
        with pytest.raises(TrackingError, match="make room; the results are in runs/unlogged/"):
            log_or_keep(record_in(tmp_path), None)
    [folder] = (tmp_path / "runs" / "unlogged").iterdir()
    return folder


def test_log_kept__run_that_was_refused__is_logged_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: LoggedRuns
) -> None:
    folder = keep_one(tmp_path, monkeypatch)
    log_kept(folder, None)
    [record] = logged.records
    expected = record_in(tmp_path)
    for name in ("experiment", "run_name", "metrics", "params", "git_commit", "tags", "note"):
        assert getattr(record, name) == getattr(expected, name)
    assert logged.files == {"per_image.csv": b"image,count\n"}
    assert {path.name for path in folder.iterdir()} == {"files", "logged_run.json"}


def test_log_kept__training_logged_meanwhile__leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: LoggedRuns
) -> None:
    folder = keep_one(tmp_path, monkeypatch)
    logged.records.append(
        RunRecord(TRAINING_EXPERIMENT, "t", {}, {}, "c0ffee", tags={VERSION_TAG: "m1"})
    )
    log_kept(folder, None)
    assert logged.records[-1].tags == {VERSION_TAG: "m1", TRAINING_TAG: "run0"}
    assert re.fullmatch(r"Model m1: \[.*\]\(.*\)\n\na table", logged.records[-1].note)


def test_log_kept__damaged_record__is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: LoggedRuns
) -> None:
    folder = keep_one(tmp_path, monkeypatch)
    content = json.loads((folder / "unlogged_run.json").read_text()) | {"metrics": {"mae": "far"}}
    (folder / "unlogged_run.json").write_text(json.dumps(content))
    with pytest.raises(ConfigError, match=r"unlogged_run\.json: metrics\.mae"):
        log_kept(folder, None)
    assert not logged.records


def test_log_or_keep__no_room_to_keep_it_either__says_what_the_store_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept_runs, "UNLOGGED", tmp_path / "file" / "unlogged")
    monkeypatch.setattr(kept_runs, "log_run", refuse)
    monkeypatch.setattr(kept_runs, "find_run", lambda *_: None)
    monkeypatch.setattr(kept_runs, "choose_store", lambda _: TrackingStore("nowhere", None))
    with pytest.raises(TrackingError, match=r"found none; make room$"):
        log_or_keep(record_in(tmp_path), None)
