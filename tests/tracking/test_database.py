"""Tests for `gapjunction.tracking.database`."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gapjunction.errors import TrackingError
from gapjunction.tracking import database
from gapjunction.tracking.database import make_ready

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# As MLflow leaves it between two of its steps, and in the middle of one.
CUT_OFF = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
INSERT INTO alembic_version VALUES ('a8c4a736bde6');
CREATE TABLE experiments (experiment_id INTEGER);
CREATE TABLE runs (run_uuid VARCHAR(32));
CREATE TABLE _alembic_tmp_latest_metrics (key VARCHAR(250));
"""
LOG = """
import sys
from pathlib import Path
from gapjunction.tracking.runs import RunRecord, log_run
from gapjunction.tracking.store import choose_store
log_run(RunRecord("pilot", "a run", {"mae": 1.0}, {}, "c"), choose_store(Path(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "QUIET_S", 0.0)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")


def run_script(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def rows_of(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def make_older(path: Path) -> None:
    """Make the database of the MLflow before the last step, with one experiment in it."""
    from alembic import command  # noqa: PLC0415 - telemetry is off only now
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from mlflow.store.db.utils import _get_alembic_config  # noqa: PLC0415
    from mlflow.store.tracking.dbmodels.initial_models import Base  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    config = _get_alembic_config(str(engine.url))  # type: ignore[no-untyped-call]
    script = ScriptDirectory.from_config(config)
    before_last = script.get_revision(script.get_current_head() or "").down_revision
    assert isinstance(before_last, str)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, before_last)
    engine.dispose()
    run_script(path, "INSERT INTO experiments (name, workspace) VALUES ('kept', 'default')")


@pytest.mark.long
def test_make_ready__nothing_there__makes_it_in_one_step_and_leaves_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    (tmp_path / f".{2**22 + 1}-partial-mlflow.db-journal").touch()  # of a killed process
    (tmp_path / "mlflow.db-journal").write_bytes(b"of a database that was deleted")
    make_ready(path)
    assert [each.name for each in tmp_path.iterdir()] == ["mlflow.db"]
    assert rows_of(path, "SELECT name FROM experiments") == [("Default",)]
    made = path.stat()
    make_ready(path)
    assert os.path.samestat(made, path.stat())


@pytest.mark.long
def test_make_ready__older_mlflow__is_brought_up_to_date_with_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    make_older(path)
    make_ready(path)
    assert ("kept",) in rows_of(path, "SELECT name FROM experiments")
    make_ready(path)
    assert [each.name for each in tmp_path.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        ("", "found one whose making was cut off, without a run in it; delete it and try again"),
        ("INSERT INTO runs VALUES ('r');", "found one with 1 runs, cut off .*; move it away"),
        ("DROP TABLE runs;", "found one that is not MLflow's, or whose making was cut off; move"),
        ("UPDATE alembic_version SET version_num = 'ffff';", "of a newer MLflow; install that"),
    ],
)
def test_make_ready__database_that_is_not_whole__is_left_alone_and_says_what_to_do(
    tmp_path: Path, addition: str, expected: str
) -> None:
    path = tmp_path / "mlflow.db"
    run_script(path, CUT_OFF + addition)
    before = path.read_bytes()
    with pytest.raises(TrackingError, match=expected):
        make_ready(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["mlflow.db"]


@pytest.mark.slow
def test_log_run__eight_processes_at_once_into_a_new_store__leave_eight_runs(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", LOG, str(tmp_path / "store")]
    processes = [subprocess.Popen(command) for _ in range(8)]
    assert [process.wait() for process in processes] == [0] * 8
    runs = rows_of(tmp_path / "store" / "mlflow.db", "SELECT status FROM runs")
    assert runs == [("FINISHED",)] * 8
    assert [each.name for each in (tmp_path / "store").iterdir()] == ["mlflow.db"]
