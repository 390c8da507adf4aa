"""MLflow's client, one process at a time, and one line for whatever it complains about."""

import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gapjunction.errors import TrackingError
from gapjunction.locks import in_turn
from gapjunction.optional_packages import not_installed
from gapjunction.shortage import is_disk_full, nearest_folder
from gapjunction.tracking.database import make_ready
from gapjunction.tracking.store import URI_VARIABLE, TrackingStore

if TYPE_CHECKING:
    from mlflow import MlflowClient

LONGEST_FOUND = 200  # characters


@contextmanager
def mlflow_client(store: TrackingStore) -> Iterator["MlflowClient"]:
    """Give a client of `store`, whose database, if it is a file, is made or brought up to date.

    Processes of this package take turns at such a file: SQLite lets one write at a time, and the
    others wait for 20 s only.

    Raises:
        TrackingError: for whatever MLflow and the database below it complain about, in one line.
    """
    # MLflow asks the internet for its telemetry settings unless told not to before its import;
    # microscope rooms have none, and nobody was asked.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # MLflow's own 7 retries take over 4 minutes to notice a server that is not there.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    _require_mlflow()
    # Imported here, as the import takes 2 to 3 s, which every other command would pay as well.
    from alembic.util.exc import CommandError  # noqa: PLC0415
    from mlflow import MlflowClient  # noqa: PLC0415
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    # Not even its errors, which it logs with their traceback and raises as well.
    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # MLflow uses what newer SQLAlchemy deprecates; our users can do nothing about it.
            warnings.simplefilter("ignore", DeprecationWarning)
            with _turn_at(store.database):
                yield MlflowClient(tracking_uri=store.uri, registry_uri=store.uri)
    except (MlflowException, SQLAlchemyError, CommandError, sqlite3.Error, OSError) as error:
        raise _refusal(error, store.database) from None


def _require_mlflow() -> None:
    if find_spec("mlflow") is None:
        missing = not_installed("mlflow")
        raise TrackingError(
            "MLflow", expected=missing.expected, found=missing.found, fix=missing.fix
        )


@contextmanager
def _turn_at(database: Path | None) -> Iterator[None]:
    """Be the only process of this package at a database in a file, once it is ready."""
    if database is None:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with in_turn(database.with_name(f".{database.name}-lock"), "logging to MLflow"):
        make_ready(database)
        yield


def _refusal(error: Exception, database: Path | None) -> TrackingError:
    """Return the error of a store that did not take what was written to it."""
    found, fix = _told(error), f"check {URI_VARIABLE}, or choose another store"
    if database is not None and is_disk_full(error, database):
        found = f"the disk of the folder {nearest_folder(database)} full"
        fix = "make room there, or choose another store"
    return TrackingError(
        "MLflow" if database is None else database,
        expected="a tracking store that takes the run",
        found=found,
        fix=fix,
        settings=("mlflow_dir",),
    )


def _told(error: Exception) -> str:
    """Return the first line of what an error tells, without the name of its class."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}: {error.filename}"[:LONGEST_FOUND]
    line = str(error).split("\n")[0]
    if line.startswith("(") and ") " in line:  # "(sqlite3.OperationalError) disk I/O error"
        line = line.split(") ", 1)[1]
    return line.rstrip(".")[:LONGEST_FOUND]
