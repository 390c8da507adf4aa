"""MLflow's database in a file: made, or brought up to date, whole or not at all.

MLflow itself fills the file in dozens of steps that nothing holds together. Cut off between two of
them, or made by two processes at once, it is no database that MLflow will ever open again.
This module and `client.py` alone know MLflow's insides; importing them takes seconds.
"""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from gapjunction.errors import TrackingError
from gapjunction.files import written_whole

POLL_S = 0.2
QUIET_S = 3.0  # what another program is making changes more often
JOURNALS = ("-journal", "-wal", "-shm")


def make_ready(path: Path) -> None:
    """Make sure that the database at `path` is whole, and what the installed MLflow expects.

    A new one is made in a temporary file, one of an older MLflow is brought up to date in a copy;
    either is checked before it gets its name. One process at a time may call this.

    Raises:
        TrackingError: if another program left it half-made, or it is of a newer MLflow.
        sqlalchemy.exc.SQLAlchemyError, MlflowException, OSError: if it cannot be made or read.
    """
    if _is_up_to_date(path):
        return
    _wait_while_it_changes(path)
    if _is_up_to_date(path):
        return
    for rest in path.parent.glob(f".*-partial-{path.name}-*"):  # of a killed process
        rest.unlink()
    is_old = _has_content(path)
    with suppress(FileExistsError), written_whole(path) as partial:
        if is_old:
            _bring_up_to_date(path, partial)
        else:
            _make(partial)
            if _has_content(path):  # another program was faster
                raise FileExistsError
        _remove_journals(path)  # which would be taken for those of the new file


def _is_up_to_date(path: Path) -> bool:
    """Tell whether all steps that the installed MLflow knows of have been taken."""
    from mlflow.store.db.utils import _get_latest_schema_revision  # noqa: PLC0415 - takes seconds

    latest = _get_latest_schema_revision()  # type: ignore[no-untyped-call]
    return _has_content(path) and _revision(path) == latest


def _make(path: Path) -> None:
    """Make a database, or check the one that is there."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore  # noqa: PLC0415

    artifacts = "./mlruns"  # MLflow's own default
    store = SqlAlchemyStore(_uri(path), artifacts)  # type: ignore[no-untyped-call]
    store.engine.dispose()
    _remove_journals(path)


def _bring_up_to_date(path: Path, partial: Path) -> None:
    """Write to `partial` what the database at `path` is after the steps that it lacks."""
    from alembic.util.exc import CommandError  # noqa: PLC0415 - takes seconds
    from mlflow import db  # noqa: PLC0415
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(partial)) as copy:
        old.backup(copy)
    try:
        db.upgrade.main([_uri(partial)], standalone_mode=False)
        _make(partial)
    except (MlflowException, SQLAlchemyError, CommandError) as error:
        if "disk" in str(error):  # which is full or broken
            raise
        raise _refusal(path, error) from None
    finally:
        _remove_journals(partial)


def _refusal(path: Path, error: Exception) -> TrackingError:
    """Return what is wrong with a database that cannot be brought up to date, and what to do."""
    fix, num_runs = "move it away, or choose another store", _num_runs(path)
    if "locate revision" in str(error):
        found, fix = "one of a newer MLflow", "install that MLflow, or choose another store"
    elif num_runs:
        found = f"one with {num_runs} runs, cut off while it was brought up to date"
    elif num_runs == 0:
        found, fix = "one whose making was cut off, without a run in it", "delete it and try again"
    else:
        found = "one that is not MLflow's, or whose making was cut off"
    return TrackingError(
        path,
        expected="a whole database of the installed MLflow or an older one",
        found=found,
        fix=fix,
        settings=("mlflow_dir",),
    )


def _wait_while_it_changes(path: Path) -> None:
    """Wait until a database that is there has not changed for a while."""
    before, quiet_since = _state(path), time.monotonic()
    while before is not None and time.monotonic() - quiet_since < QUIET_S:
        time.sleep(POLL_S)
        if (now := _state(path)) != before:
            before, quiet_since = now, time.monotonic()


def _state(path: Path) -> tuple[int, int] | None:
    if not _has_content(path):
        return None
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _revision(path: Path) -> str | None:
    """Return the name of the last step that was taken; None if there is none."""
    with closing(sqlite3.connect(path)) as database:
        try:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:  # no such table
            return None
    return None if row is None else str(row[0])


def _num_runs(path: Path) -> int | None:
    with closing(sqlite3.connect(path)) as database:
        try:
            row = database.execute("SELECT COUNT(*) FROM runs").fetchone()
        except sqlite3.Error:
            return None
    return int(row[0])


def _remove_journals(path: Path) -> None:
    for ending in JOURNALS:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _uri(path: Path) -> str:
    return f"sqlite:///{path.absolute().as_posix()}"
