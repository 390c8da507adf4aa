"""Tests for `gapjunction.tracking.client`."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gapjunction.errors import TrackingError
from gapjunction.locks import in_turn
from gapjunction.tracking import client, database
from gapjunction.tracking.client import mlflow_client
from gapjunction.tracking.store import TrackingStore

FULL = "found the disk of the folder {folder} full; make room there"


def store_at(path: Path) -> TrackingStore:
    return TrackingStore(f"sqlite:///{path}", None)


def line_for(error: Exception, path: Path) -> str:
    """Return the line for an error that a client of a database at `path` meets."""
    with pytest.raises(TrackingError) as caught, mlflow_client(store_at(path)):
        raise error
    return str(caught.value)


def errors() -> list[tuple[Exception, str]]:
    from alembic.util.exc import CommandError  # noqa: PLC0415 - takes seconds
    from mlflow.exceptions import MlflowException  # noqa: PLC0415
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    cause = sqlite3.OperationalError("database or disk is full")
    cause.args = ("(sqlite3.OperationalError) database or disk is full\n[SQL: INSERT ...",)
    return [
        (OperationalError("INSERT ...", {}, cause), FULL),
        (OSError(errno.ENOSPC, "No space left on device", "a/b"), FULL),
        (CommandError("Can't locate revision\nfor long"), "Can't locate revision"),
        (MlflowException("too long a name\n" * 9), "too long a name"),
        (sqlite3.DatabaseError("file is not a database"), "file is not a database"),
        (PermissionError(13, "Permission denied", "a/b"), "Permission denied: a/b"),
    ]


@pytest.mark.long
def test_mlflow_client__error_of_any_package_below__is_one_short_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "make_ready", lambda _: None)
    for error, expected in errors():
        line = line_for(error, tmp_path / "mlflow.db")
        assert line.startswith(f"{tmp_path}/mlflow.db: expected a tracking store")
        assert expected.format(folder=tmp_path) in line
        assert "\n" not in line
        assert len(line) < 500


@pytest.mark.long
def test_mlflow_client__error_of_ours__stays_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "make_ready", lambda _: None)
    with pytest.raises(ZeroDivisionError), mlflow_client(store_at(tmp_path / "mlflow.db")):
        raise ZeroDivisionError


def test_mlflow_client__database_in_use__waits_and_says_by_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.locks.TURN_S", 0.0)
    lock = in_turn(tmp_path / ".mlflow.db-lock", "another benchmark")
    expected = pytest.raises(TrackingError, match=r"held by another benchmark \(process")
    with lock, expected, mlflow_client(store_at(tmp_path / "mlflow.db")):
        pass


def test_mlflow_client__folder_that_cannot_be_made__is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(TrackingError, match=r"found .*/file"),
        mlflow_client(store_at(tmp_path / "file" / "mlflow.db")),
    ):
        pass


def test_mlflow_client__damaged_database__is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "QUIET_S", 0.0)
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (a INTEGER)")
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 5000)
    with pytest.raises(TrackingError) as caught, mlflow_client(store_at(path)):
        pass
    assert "malformed" in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sqlite:///mlflow.db", Path("mlflow.db")),
        ("sqlite:////a b/c.db", Path("/a b/c.db")),
        ("sqlite:///:memory:", None),
        ("sqlite:///a.db?timeout=1", None),
        ("postgresql://host/db", None),
        ("http://host", None),
    ],
)
def test_database__uri__is_the_file_if_it_is_one(uri: str, expected: Any) -> None:
    assert TrackingStore(uri, None).database == expected


def test_client__mlflow_not_installed__names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "find_spec", lambda _: None)
    with (
        pytest.raises(
            TrackingError, match=r'the package mlflow.*pip install "gapjunction\[track\]'
        ),
        mlflow_client(store_at(tmp_path / "mlflow.db")),
    ):
        pytest.fail("there is no client without MLflow")
