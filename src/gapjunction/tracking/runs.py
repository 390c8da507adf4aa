"""Log runs to MLflow, and find them there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gapjunction.tracking.client import mlflow_client
from gapjunction.tracking.store import TrackingStore

if TYPE_CHECKING:
    from mlflow import MlflowClient

UI_ADDRESS = "http://127.0.0.1:5000"
COMMIT_TAG = "mlflow.source.git.commit"
PARENT_TAG = "mlflow.parentRunId"
NOTE_TAG = "mlflow.note.content"
# Without it the page shows what belongs to language models beside the run, and hides other runs.
PAGE_VIEW = "workflowType=machine_learning"
# What MLflow calls experiments whose page opens on their runs, and not on those of language models;
# what a browser showed last comes first, though, so that the note says where to look.
EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",
    NOTE_TAG: "Model training, at the upper left, shows the runs.",
}
TRAINING_EXPERIMENT = "training"
# Tags that a model's training run and its benchmark runs have in common, or that lead to it.
VERSION_TAG, TRAINING_TAG = "model_version", "training_run_id"
METRICS_PER_BATCH = 500  # MLflow takes up to 1000


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What there is to log of one run.

    Attributes:
        git_commit: the full commit of the working directory's repository, or 'unknown'.
        tags: what the run can be found by.
        history: metrics by name, of each epoch by its number.
        artifact_folder: its files are copied into the run.
        parent_run_id: the run that this one is shown under.
        note: Markdown, shown at the top of the run's page.
    """

    experiment: str
    run_name: str
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    git_commit: str
    tags: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    artifact_folder: Path | None = None
    parent_run_id: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunLink:
    """A logged run, the command that serves its page (None: a server does), and the page."""

    run_id: str
    ui_command: str | None
    page: str

    @property
    def fragment(self) -> str:
        """The part of the page's address that is the same on every server of its store."""
        return self.page[self.page.index("#") :]

    @property
    def page_of_all(self) -> str:
        """The page with all runs of the experiment."""
        experiment, _, view = self.page.partition(f"/runs/{self.run_id}")
        return f"{experiment}/runs{view}"

    def where_to_see(self) -> str:
        """Return how to see the run, and all of its experiment, in MLflow, as lines of text."""
        logged = f"Logged as MLflow run {self.run_id}. To see it:"
        show = [f"  {self.ui_command}"] if self.ui_command else []
        others = f"  {self.page_of_all} (all runs of its experiment)"
        return "\n".join([logged, *show, f"  {self.page}", others])


def log_run(record: RunRecord, store: TrackingStore) -> RunLink:
    """Log a finished run: metrics, parameters, tags, the commit as MLflow's own tag, and files.

    The experiment is created if it is new. Characters that MLflow refuses in the name of a
    metric or parameter are written as their code point, "_u002b" for a plus.

    Raises:
        TrackingError: if MLflow refuses; a run that was begun is then marked as failed.
    """
    with mlflow_client(store) as client:
        experiment_id = _experiment_id(client, record.experiment, store.artifact_location)
        tags = {
            "mlflow.source.name": "gapjunction",
            "mlflow.source.type": "LOCAL",
            COMMIT_TAG: record.git_commit,
            **record.tags,
        }
        if record.parent_run_id is not None:
            tags[PARENT_TAG] = record.parent_run_id
        if record.note:
            tags[NOTE_TAG] = record.note
        run = client.create_run(experiment_id, tags=tags, run_name=record.run_name)
        run_id: str = run.info.run_id
        status = "FAILED"
        try:
            _log_content(client, run_id, record)
            status = "FINISHED"
        finally:
            client.set_terminated(run_id, status)
    return _link(store, str(experiment_id), run_id)


def find_run(experiment: str, tags: Mapping[str, str], store: TrackingStore) -> RunLink | None:
    """Return the newest finished run of an experiment that has these tags, if there is one.

    Raises:
        TrackingError: if the store cannot be read.
    """
    clauses = ["attributes.status = 'FINISHED'"]
    clauses += [  # of others, what could end the quotes of a filter, it is asked below
        f"tags.`{tag}` = '{value}'"
        for tag, value in tags.items()
        if re.fullmatch(r"[\w\-. ]+", value)
    ]
    with mlflow_client(store) as client:
        known = client.get_experiment_by_name(experiment)
        if known is None:
            return None
        runs = client.search_runs([known.experiment_id], filter_string=" and ".join(clauses))
        run = next((each for each in runs if tags.items() <= each.data.tags.items()), None)
        return None if run is None else _link(store, str(known.experiment_id), run.info.run_id)


def _link(store: TrackingStore, experiment_id: str, run_id: str) -> RunLink:
    address = store.uri.rstrip("/") if store.is_server else UI_ADDRESS
    page = f"{address}/#/experiments/{experiment_id}/runs/{run_id}?{PAGE_VIEW}"
    return RunLink(run_id, store.ui_command, page)


def _experiment_id(client: "MlflowClient", name: str, artifact_location: str | None) -> str:
    experiment = client.get_experiment_by_name(name)
    if experiment is not None:
        return str(experiment.experiment_id)
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - see `mlflow_client`

    try:
        return str(client.create_experiment(name, artifact_location, tags=EXPERIMENT_TAGS))
    except MlflowException:
        experiment = client.get_experiment_by_name(name)
        if experiment is None:  # else another process was faster
            raise
        return str(experiment.experiment_id)


def _log_content(client: "MlflowClient", run_id: str, record: RunRecord) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - see `mlflow_client`

    time_ms = client.get_run(run_id).info.start_time
    metrics = [
        Metric(_allowed(name), value, time_ms, step=0) for name, value in record.metrics.items()
    ]
    metrics += [
        Metric(_allowed(name), value, time_ms, step=epoch)
        for epoch, values in record.history.items()
        for name, value in values.items()
    ]
    params = [Param(_allowed(name), value) for name, value in record.params.items()]
    client.log_batch(run_id, params=params)
    for start in range(0, len(metrics), METRICS_PER_BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + METRICS_PER_BATCH])
    if record.artifact_folder is not None:
        client.log_artifacts(run_id, str(record.artifact_folder))


def _allowed(name: str) -> str:
    """Return a name that MLflow takes on every system: letters, digits, and `_ - . space`."""
    return re.sub(r"[^\w\-. ]", lambda found: f"_u{ord(found[0]):04x}", name)
