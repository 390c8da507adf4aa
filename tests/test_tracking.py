"""Tests for `gapjunction.tracking`."""

from pathlib import Path
from typing import Any

import pytest

from gapjunction.errors import TrackingError
from gapjunction.tracking import (
    COMMIT_TAG,
    METRICS_PER_BATCH,
    URI_VARIABLE,
    RunRecord,
    TrackingStore,
    choose_store,
    log_run,
)

# The client that these tests look with; `log_run` itself is silent, as other tests show.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

COMMIT = "0123456789" * 4


def record(**changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "experiment": "object_counts",
        "run_name": "a run",
        "metrics": {"mae": 1.5},
        "params": {"threshold": "0.4"},
        "git_commit": COMMIT,
    }
    return RunRecord(**values | changes)


@pytest.fixture(autouse=True)
def no_store_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URI_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> TrackingStore:
    """Share one database, as creating its tables takes seconds; its path is a hard one."""
    return choose_store(tmp_path_factory.mktemp("store") / "two words" / "зразок #1")


@pytest.fixture
def client(store: TrackingStore) -> Any:
    from mlflow import MlflowClient  # noqa: PLC0415 - telemetry is off only from `log_run` on

    return MlflowClient(tracking_uri=store.uri, registry_uri=store.uri)


@pytest.fixture
def working_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_old_file_store(folder: Path) -> None:
    (folder / "mlruns" / "0").mkdir(parents=True)
    (folder / "mlruns" / "0" / "meta.yaml").write_text("name: Default\n")


def test_log_run__everything__can_be_read_back(
    store: TrackingStore, client: Any, tmp_path: Path
) -> None:
    (tmp_path / "table.csv").write_text("image,truth\n")
    link = log_run(record(artifact_folder=tmp_path, tags={"kind": "example"}), store)
    run = client.get_run(link.run_id)
    assert run.data.metrics == {"mae": 1.5}
    assert run.data.params == {"threshold": "0.4"}
    assert (run.data.tags[COMMIT_TAG], run.data.tags["kind"]) == (COMMIT, "example")
    assert (run.info.run_name, run.info.status) == ("a run", "FINISHED")
    assert [file.path for file in client.list_artifacts(link.run_id)] == ["table.csv"]


def test_log_run__artifacts__lie_beside_the_database(store: TrackingStore, tmp_path: Path) -> None:
    (tmp_path / "table.csv").touch()
    link = log_run(record(artifact_folder=tmp_path), store)
    folder = Path(store.uri.removeprefix("sqlite:///")).parent
    assert (folder / "artifacts" / link.run_id / "artifacts" / "table.csv").is_file()


def test_log_run__second_run__joins_the_experiment(store: TrackingStore, client: Any) -> None:
    experiments = {
        client.get_run(log_run(record(), store).run_id).info.experiment_id for _ in range(2)
    }
    assert len(experiments) == 1


def test_log_run__more_metrics_than_a_batch_holds__logs_all(
    store: TrackingStore, client: Any
) -> None:
    metrics = {f"class_{i}.mae": float(i) for i in range(METRICS_PER_BATCH * 2 + 1)}
    link = log_run(record(metrics=metrics), store)
    assert client.get_run(link.run_id).data.metrics == metrics


def test_log_run__names_mlflow_refuses__are_spelt_out(store: TrackingStore, client: Any) -> None:
    link = log_run(record(metrics={"Cx43+.mae": 1.0, "Cx43/30.mae": 2.0, "щілина.mae": 3.0}), store)
    expected = {"Cx43_u002b.mae": 1.0, "Cx43_u002f30.mae": 2.0, "щілина.mae": 3.0}
    assert client.get_run(link.run_id).data.metrics == expected


def test_log_run__broken_half_way__is_marked_as_failed(store: TrackingStore, client: Any) -> None:
    with pytest.raises(TrackingError):
        log_run(record(experiment="broken", metrics={"long" * 100: 1.0}), store)
    [run] = client.search_runs([client.get_experiment_by_name("broken").experiment_id])
    assert run.info.status == "FAILED"


def test_log_run__file_store__is_one_line_of_error(tmp_path: Path) -> None:
    with pytest.raises(TrackingError, match="maintenance mode") as caught:
        log_run(record(), TrackingStore((tmp_path / "old").as_uri(), None))
    assert "\n" not in str(caught.value)


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
