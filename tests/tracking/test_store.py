"""Tests for `gapjunction.tracking.store`."""

from pathlib import Path

import pytest

from gapjunction.errors import TrackingError
from gapjunction.tracking.store import URI_VARIABLE, TrackingStore, choose_store


@pytest.fixture(autouse=True)
def no_store_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URI_VARIABLE, raising=False)


@pytest.fixture
def working_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_old_file_store(folder: Path) -> None:
    (folder / "mlruns" / "0").mkdir(parents=True)
    (folder / "mlruns" / "0" / "meta.yaml").write_text("name: Default\n")


def test_choose_store__folder__names_the_command_that_shows_it(tmp_path: Path) -> None:
    chosen = choose_store(tmp_path / "my runs")
    uri = f"sqlite:///{tmp_path}/my runs/mlflow.db"
    assert chosen.uri == uri
    assert chosen.ui_command == f"mlflow ui --backend-store-uri '{uri}'"


def test_choose_store__no_folder__is_what_plain_mlflow_ui_opens(working_dir: Path) -> None:
    assert working_dir.is_dir()
    assert choose_store(None) == TrackingStore("sqlite:///mlflow.db", "mlflow ui")


def test_choose_store__old_file_store__goes_to_the_database_and_says_how_to_see_it(
    working_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_old_file_store(working_dir)
    chosen = choose_store(None)
    assert chosen.ui_command == "mlflow ui --backend-store-uri sqlite:///mlflow.db"
    assert chosen.artifact_location == (working_dir / "mlartifacts").as_uri()
    assert "file store of an older MLflow" in caplog.text


def test_choose_store__artifacts_of_database_runs__are_no_old_file_store(
    working_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (working_dir / "mlruns" / "1" / "abc" / "artifacts").mkdir(parents=True)
    assert choose_store(None).ui_command == "mlflow ui"
    assert not caplog.records


def test_choose_store__uri_of_the_user__is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URI_VARIABLE, "http://tracker:5000")
    assert choose_store(None) == TrackingStore("http://tracker:5000", None)


def test_choose_store__uri_with_a_password__does_not_show_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(URI_VARIABLE, "postgresql://me:secret@host/db")
    assert choose_store(None).ui_command == 'mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI"'


def test_choose_store__folder_and_uri_of_the_user__takes_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(URI_VARIABLE, "http://tracker:5000")
    assert choose_store(tmp_path).uri == f"sqlite:///{tmp_path}/mlflow.db"


def test_choose_store__something_else_in_place_of_the_database__is_an_error(
    tmp_path: Path,
) -> None:
    (tmp_path / "mlflow.db").write_text("no database" * 100)
    with pytest.raises(TrackingError, match=r"mlflow\.db.* found file is not a database"):
        choose_store(tmp_path)


def test_choose_store__folder_that_cannot_be_made__is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrackingError, match="expected a folder for MLflow"):
        choose_store(tmp_path / "file" / "store")


@pytest.mark.parametrize("name", ["50%", "what?"])
def test_choose_store__name_no_uri_can_hold__is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrackingError, match="choose another folder"):
        choose_store(tmp_path / name)
