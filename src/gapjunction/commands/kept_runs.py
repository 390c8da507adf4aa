"""Runs that MLflow did not take: kept in a folder, from which they are logged later."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gapjunction.config import StrictConfig, read_config
from gapjunction.errors import TrackingError
from gapjunction.files import write_json
from gapjunction.tracking.runs import (
    TRAINING_EXPERIMENT,
    TRAINING_TAG,
    VERSION_TAG,
    RunLink,
    RunRecord,
    find_run,
    log_run,
)
from gapjunction.tracking.store import TrackingStore, choose_store

KEPT_NAME, LOGGED_NAME = "unlogged_run.json", "logged_run.json"
FILES = "files"
UNLOGGED = Path("runs/unlogged")


class KeptRecord(StrictConfig):
    """A `RunRecord` in a file, but for what lies in the folder `files` beside it."""

    experiment: str
    run_name: str
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    git_commit: str
    tags: Mapping[str, str]
    parent_run_id: str | None
    note: str


def log_or_keep(record: RunRecord, mlflow_dir: Path | None) -> RunLink:
    """Log a run, with a link to the one in which its model was trained if that is there.

    Raises:
        TrackingError: if it cannot be logged; the line says where it is kept and how to log it.
    """
    try:
        store = choose_store(mlflow_dir)
        return log_run(_linked_to_training(record, store), store)
    except TrackingError as error:
        try:
            folder = _keep(record)
        except OSError:  # such as a full disk
            raise error from None
        raise TrackingError(
            error.where,
            item=error.item,
            expected=error.expected,
            found=error.found,
            fix=f"{error.fix}; the results are in {folder}, and 'gapjunction log {folder}' logs "
            "them then",
            settings=error.settings,
        ) from None


def log_kept(folder: Path, mlflow_dir: Path | None) -> RunLink:
    """Log the run that is kept in `folder`, where it is marked as logged.

    Raises:
        ConfigError: if its file is damaged.
        TrackingError: if it still cannot be logged.
    """
    kept = read_config(KeptRecord, folder / KEPT_NAME)
    record = RunRecord(**dict(kept), artifact_folder=folder / FILES)
    store = choose_store(mlflow_dir)
    link = log_run(_linked_to_training(record, store), store)
    (folder / KEPT_NAME).rename(folder / LOGGED_NAME)
    return link


def _keep(record: RunRecord) -> Path:
    """Write a run to a new folder; its file comes last, so that half a run is none."""
    UNLOGGED.mkdir(parents=True, exist_ok=True)
    name = f"benchmark_{datetime.now():%Y%m%d_%H%M%S}_"
    folder = Path(tempfile.mkdtemp(prefix=name, dir=UNLOGGED))
    try:
        if record.artifact_folder is not None:
            shutil.copytree(record.artifact_folder, folder / FILES)
        values = {name: getattr(record, name) for name in KeptRecord.model_fields}
        write_json(folder / KEPT_NAME, KeptRecord(**values).model_dump(mode="json"))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _linked_to_training(record: RunRecord, store: TrackingStore) -> RunRecord:
    """Return a run with the tag and the note that lead to the training of its model."""
    version = record.tags.get(VERSION_TAG)
    training = version and find_run(TRAINING_EXPERIMENT, {VERSION_TAG: version}, store)
    if not training:
        return record
    link = f"Model {version}: [its training run]({training.fragment})"
    note = "\n\n".join(part for part in (link, record.note) if part)
    return replace(record, tags={**record.tags, TRAINING_TAG: training.run_id}, note=note)
