"""Log benchmark runs to MLflow: the only file that knows it.

docs/decisions/0001-mlflow-store.md says where runs go, and why MLflow's own default is not
left to decide it.
"""

import logging
import os
import re
import shlex
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gapjunction.errors import TrackingError

if TYPE_CHECKING:
    from mlflow import MlflowClient

logger = logging.getLogger(__name__)

DATABASE_NAME = "mlflow.db"
DEFAULT_URI = f"sqlite:///{DATABASE_NAME}"  # what plain `mlflow ui` opens, relative as there
URI_VARIABLE = "MLFLOW_TRACKING_URI"
# Not the URI itself, which may hold a password.
UI_COMMAND_OF_VARIABLE = f'mlflow ui --backend-store-uri "${URI_VARIABLE}"'
UI_ADDRESS = "http://127.0.0.1:5000"
FILE_STORE = Path("mlruns")
COMMIT_TAG = "mlflow.source.git.commit"
METRICS_PER_BATCH = 500  # MLflow takes up to 1000


@dataclass(frozen=True, slots=True)
class TrackingStore:
    """Where runs go.

    Attributes:
        uri: MLflow's tracking URI.
        ui_command: the command that serves the page of this store; None if a server does.
        artifact_location: URI of the folder for the files of new experiments; None: MLflow's
            default, `./mlruns` for a database.
    """

    uri: str
    ui_command: str | None
    artifact_location: str | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What there is to log of one run.

    Attributes:
        git_commit: the full commit of the working directory's repository, or 'unknown'.
        artifact_folder: its files are copied into the run.
    """

    experiment: str
    run_name: str
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    git_commit: str
    tags: Mapping[str, str] = field(default_factory=dict)
    artifact_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class RunLink:
    """A logged run, the command that serves its page (None: a server does), and the page."""

    run_id: str
    ui_command: str | None
    page: str


def choose_store(mlflow_dir: Path | None) -> TrackingStore:
    """Return the store in `mlflow_dir`, else that of MLFLOW_TRACKING_URI, else the default.

    The default is what plain `mlflow ui` shows if it is started in the same working directory.

    Raises:
        TrackingError: if the database cannot be opened.
    """
    if mlflow_dir is not None:
        return _store_in(mlflow_dir)
    if uri := os.environ.get(URI_VARIABLE):
        return TrackingStore(uri, None if _is_server(uri) else UI_COMMAND_OF_VARIABLE)
    _check_database(Path(DATABASE_NAME))
    if not _holds_file_store(FILE_STORE):
        return TrackingStore(DEFAULT_URI, "mlflow ui")
    logger.warning(
        "./%s is a file store of an older MLflow, which plain `mlflow ui` would open and current "
        "MLflow refuses; the run goes to %s. Move the folder away to use plain `mlflow ui`.",
        FILE_STORE,
        DEFAULT_URI,
    )
    return TrackingStore(
        DEFAULT_URI,
        f"mlflow ui --backend-store-uri {DEFAULT_URI}",
        # Beside the old folder, so that moving that away takes no file of these runs with it.
        artifact_location=Path("mlartifacts").absolute().as_uri(),
    )


def log_run(record: RunRecord, store: TrackingStore) -> RunLink:
    """Log a finished run: metrics, parameters, tags, the commit as MLflow's own tag, and files.

    The experiment is created if it is new. Characters that MLflow refuses in the name of a
    metric or parameter are written as their code point, "_u002b" for a plus.

    Raises:
        TrackingError: if MLflow refuses; a run that was begun is then marked as failed.
    """
    with _mlflow_client(store) as client:
        experiment_id = _experiment_id(client, record.experiment, store.artifact_location)
        tags = {
            "mlflow.source.name": "gapjunction",
            "mlflow.source.type": "LOCAL",
            COMMIT_TAG: record.git_commit,
            **record.tags,
        }
        run = client.create_run(experiment_id, tags=tags, run_name=record.run_name)
        run_id: str = run.info.run_id
        status = "FAILED"
        try:
            _log_content(client, run_id, record)
            status = "FINISHED"
        finally:
            client.set_terminated(run_id, status)
    address = store.uri.rstrip("/") if _is_server(store.uri) else UI_ADDRESS
    return RunLink(
        run_id, store.ui_command, f"{address}/#/experiments/{experiment_id}/runs/{run_id}"
    )


def _is_server(uri: str) -> bool:
    return uri.startswith(("http://", "https://"))


def _store_in(folder: Path) -> TrackingStore:
    """Return a store with database and files under `folder`, which is created."""
    absolute = folder.absolute()
    if refused := set("%?") & set(str(absolute)):
        raise TrackingError(
            folder,
            expected="a path that can stand in a database URI",
            found=f"the character {refused.pop()}",
            fix="choose another folder",
        )
    database = absolute / DATABASE_NAME
    try:
        absolute.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrackingError(
            folder,
            expected="a folder for MLflow",
            found=error.strerror or str(error),
            fix="choose another folder",
        ) from None
    _check_database(database)
    uri = f"sqlite:///{database.as_posix()}"
    command = f"mlflow ui --backend-store-uri {shlex.quote(uri)}"
    return TrackingStore(uri, command, (absolute / "artifacts").as_uri())


def _check_database(path: Path) -> None:
    """Make sure that a database can be written, as MLflow tries for minutes before it gives up."""
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("PRAGMA schema_version")
            database.rollback()
    except sqlite3.Error as error:
        raise TrackingError(
            path,
            expected="an SQLite database that can be written",
            found=str(error),
            fix="move it away, or choose another place with --mlflow_dir",
        ) from None


def _holds_file_store(folder: Path) -> bool:
    """Tell whether MLflow takes `folder` for a file store, by the rule of its own source."""
    return any(path.parent.name.isdigit() for path in folder.glob("*/meta.yaml"))


@contextmanager
def _mlflow_client(store: TrackingStore) -> Iterator["MlflowClient"]:
    """Give a client of `store`; what MLflow complains about becomes an error of one line."""
    # MLflow asks the internet for its telemetry settings unless told not to before its import;
    # microscope rooms have none, and nobody was asked.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # MLflow's own 7 retries take over 4 minutes to notice a server that is not there.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    # Imported here, as the import takes 2 to 3 s, which every other command would pay as well.
    from mlflow import MlflowClient  # noqa: PLC0415
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            # MLflow uses what newer SQLAlchemy deprecates; our users can do nothing about it.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield MlflowClient(tracking_uri=store.uri, registry_uri=store.uri)
    except (MlflowException, OSError) as error:
        raise TrackingError(
            "MLflow",
            expected="a tracking store that takes the run",
            found=str(error).split("\n")[0].rstrip("."),
            fix=f"check {URI_VARIABLE}, or choose another store with --mlflow_dir",
        ) from None


def _experiment_id(client: "MlflowClient", name: str, artifact_location: str | None) -> str:
    experiment = client.get_experiment_by_name(name)
    if experiment is not None:
        return str(experiment.experiment_id)
    return str(client.create_experiment(name, artifact_location=artifact_location))


def _log_content(client: "MlflowClient", run_id: str, record: RunRecord) -> None:
    from mlflow.entities import Metric, Param  # noqa: PLC0415 - see `_mlflow_client`

    time_ms = client.get_run(run_id).info.start_time
    metrics = [
        Metric(_allowed(name), value, time_ms, step=0) for name, value in record.metrics.items()
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
