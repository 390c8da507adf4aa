"""Choose where MLflow runs go, which MLflow's own default is not left to decide.

docs/decisions/0001-mlflow-store.md says why. MLflow itself is not needed here.
"""

import logging
import os
import shlex
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gapjunction.errors import TrackingError

logger = logging.getLogger(__name__)

DATABASE_NAME = "mlflow.db"
DEFAULT_URI = f"sqlite:///{DATABASE_NAME}"  # what plain `mlflow ui` opens, relative as there
FILE_SCHEME = "sqlite:///"
URI_VARIABLE = "MLFLOW_TRACKING_URI"
# Not the URI itself, which may hold a password.
UI_COMMAND_OF_VARIABLE = f'mlflow ui --backend-store-uri "${URI_VARIABLE}"'
FILE_STORE = Path("mlruns")
PATIENCE_S = 30.0  # for others who write to a database

MlflowDir = Annotated[
    Path | None,
    Field(
        description="Folder for MLflow's database and files. Without it, the store that plain "
        "`mlflow ui` shows in this folder, or the one MLFLOW_TRACKING_URI names."
    ),
]


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

    @property
    def is_server(self) -> bool:
        """Whether a server takes the runs, which has a page of its own."""
        return self.uri.startswith(("http://", "https://"))

    @property
    def database(self) -> Path | None:
        """The file that is the store's SQLite database; None if the store is of another kind."""
        path = self.uri.removeprefix(FILE_SCHEME)
        is_file = path not in (self.uri, "", ":memory:") and not set("?%") & set(path)
        return Path(path) if is_file else None


def choose_store(mlflow_dir: Path | None) -> TrackingStore:
    """Return the store in `mlflow_dir`, else that of MLFLOW_TRACKING_URI, else the default.

    The default is what plain `mlflow ui` shows if it is started in the same working directory.

    Raises:
        TrackingError: if the database cannot be opened.
    """
    if mlflow_dir is not None:
        return _store_in(mlflow_dir)
    if uri := os.environ.get(URI_VARIABLE):
        store = TrackingStore(uri, UI_COMMAND_OF_VARIABLE)
        return TrackingStore(uri, None) if store.is_server else store
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
    """Make sure that a database that is there can be written: MLflow tries for minutes."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("PRAGMA schema_version")
            database.rollback()
    except sqlite3.Error as error:
        raise TrackingError(
            path,
            expected="an SQLite database that can be written",
            found=str(error),
            fix="move it away, or choose another place",
            settings=("mlflow_dir",),
        ) from None


def _holds_file_store(folder: Path) -> bool:
    """Tell whether MLflow takes `folder` for a file store, by the rule of its own source."""
    return any(path.parent.name.isdigit() for path in folder.glob("*/meta.yaml"))
