"""Tests for `gapjunction.tracking.runs`."""

from pathlib import Path
from typing import Any

import pytest

from gapjunction.errors import TrackingError
from gapjunction.tracking.runs import (
    COMMIT_TAG,
    METRICS_PER_BATCH,
    NOTE_TAG,
    PARENT_TAG,
    RunLink,
    RunRecord,
    find_run,
    log_run,
)
from gapjunction.tracking.store import URI_VARIABLE, TrackingStore, choose_store

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


def test_log_run__new_experiment__is_of_the_kind_whose_page_lists_runs(
    store: TrackingStore, client: Any
) -> None:
    run = client.get_run(log_run(record(experiment="a new one"), store).run_id)
    tags = client.get_experiment(run.info.experiment_id).tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"
    assert "Model training" in tags["mlflow.note.content"]


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


def test_log_run__parent__is_shown_above_and_the_note_with_it(
    store: TrackingStore, client: Any
) -> None:
    parent = log_run(record(), store)
    child = log_run(record(parent_run_id=parent.run_id, note="**A**"), store)
    tags = client.get_run(child.run_id).data.tags
    assert (tags[PARENT_TAG], tags[NOTE_TAG]) == (parent.run_id, "**A**")
    assert PARENT_TAG not in client.get_run(parent.run_id).data.tags


def test_log_run__history__has_a_step_for_each_epoch(store: TrackingStore, client: Any) -> None:
    link = log_run(record(history={0: {"val_f1": 0.5}, 2: {"val_f1": 0.75}}), store)
    steps = [(each.step, each.value) for each in client.get_metric_history(link.run_id, "val_f1")]
    assert steps == [(0, 0.5), (2, 0.75)]


def test_find_run__tag__finds_the_newest_of_the_experiment(store: TrackingStore) -> None:
    log_run(record(experiment="training", tags={"model_version": "ab12"}), store)
    newest = log_run(record(experiment="training", tags={"model_version": "ab12"}), store)
    log_run(record(experiment="other", tags={"model_version": "ab12"}), store)
    assert find_run("training", {"model_version": "ab12"}, store) == newest


@pytest.mark.parametrize("folder", ["/runs/first", '/runs/it\'s "mine"'])
def test_find_run__two_tags__finds_the_run_that_has_both(store: TrackingStore, folder: str) -> None:
    tags = {"model_version": "ab12", "run_folder": folder}
    own = log_run(record(experiment="training", tags=tags), store)
    log_run(record(experiment="training", tags=tags | {"run_folder": "/runs/other"}), store)
    assert find_run("training", tags, store) == own
    assert find_run("training", tags | {"run_folder": "/runs/third"}, store) is None


@pytest.mark.parametrize(
    ("experiment", "value"),
    [("training", "nothing"), ("no such experiment", "ab12"), ("training", "' or '1' = '1")],
)
def test_find_run__nothing_fits__is_none(store: TrackingStore, experiment: str, value: str) -> None:
    log_run(record(experiment="training", tags={"model_version": "ab12"}), store)
    assert find_run(experiment, {"model_version": value}, store) is None


def test_run_link__where_to_see__server_needs_no_command() -> None:
    link = RunLink("r", None, "http://lab/#/experiments/1/runs/r?view=v")
    assert link.where_to_see().splitlines() == [
        "Logged as MLflow run r. To see it:",
        "  http://lab/#/experiments/1/runs/r?view=v",
        "  http://lab/#/experiments/1/runs?view=v (all runs of its experiment)",
    ]
    assert link.fragment == "#/experiments/1/runs/r?view=v"
    assert "\n  mlflow ui\n" in RunLink("r", "mlflow ui", "page#").where_to_see()
