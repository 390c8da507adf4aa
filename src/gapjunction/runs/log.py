"""Log a finished training run to MLflow, where benchmarks of its model find it."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from gapjunction.config import read_config
from gapjunction.errors import CheckpointError, TrackingError
from gapjunction.models.checkpoint import (
    CARD_NAME,
    CONFIG_NAME,
    DetectorConfig,
    weights_version,
)
from gapjunction.provenance import git_commit
from gapjunction.runs.folder import (
    CURVES_NAME,
    HISTORY_NAME,
    SETTINGS_NAME,
    SPLITS_NAME,
    STATE_NAME,
    RunSettings,
)
from gapjunction.temporary_folders import temporary_folder
from gapjunction.tracking.runs import (
    TRAINING_EXPERIMENT,
    VERSION_TAG,
    RunLink,
    RunRecord,
    find_run,
    log_run,
)
from gapjunction.tracking.store import TrackingStore, choose_store
from gapjunction.training.records import EpochRecord, best_record, is_finished, read_records

logger = logging.getLogger(__name__)

FOLDER_TAG = "run_folder"
FILES = (CARD_NAME, CURVES_NAME, HISTORY_NAME, SETTINGS_NAME, SPLITS_NAME)


def log_training(
    folder: Path, records: Sequence[EpochRecord], version: str, mlflow_dir: Path | None
) -> RunLink | None:
    """Log the run in `folder`, unless it is logged; weights stay in the folder.

    Training is not lost where MLflow fails: a warning says why, and None is returned.
    """
    try:
        return _known_or_logged(folder, records, version, mlflow_dir)
    except TrackingError as error:
        logger.warning(
            "the run is not in MLflow: %s; 'gapjunction log %s' logs it later", error, folder
        )
        return None


def log_finished(folder: Path, mlflow_dir: Path | None) -> RunLink:
    """Log the finished run in `folder`, unless it is logged.

    Raises:
        CheckpointError: if it cannot be read, or has not ended.
        TrackingError: if it cannot be logged.
    """
    records = read_records(folder / STATE_NAME)
    if not is_finished(records, read_config(RunSettings, folder / SETTINGS_NAME).training):
        raise CheckpointError(
            folder,
            expected="a finished training",
            found=f"one that was stopped after epoch {records[-1].epoch if records else 0}",
            fix="resume it with `gapjunction train`, which logs it in the end",
            settings=("resume",),
        )
    return _known_or_logged(folder, records, weights_version(folder), mlflow_dir)


def _known_or_logged(
    folder: Path, records: Sequence[EpochRecord], version: str, mlflow_dir: Path | None
) -> RunLink:
    store = choose_store(mlflow_dir)
    # Trainings that keep the weights they began with share a version.
    own = {VERSION_TAG: version, FOLDER_TAG: str(folder.absolute())}
    return find_run(TRAINING_EXPERIMENT, own, store) or _log(folder, records, version, store)


def _log(
    folder: Path, records: Sequence[EpochRecord], version: str, store: TrackingStore
) -> RunLink:
    settings = read_config(RunSettings, folder / SETTINGS_NAME)
    best = best_record(list(records))
    threshold = read_config(DetectorConfig, folder / CONFIG_NAME).score_threshold
    with temporary_folder() as copies:
        for name in FILES:
            if (folder / name).is_file():
                shutil.copy(folder / name, copies)
        return log_run(
            RunRecord(
                experiment=TRAINING_EXPERIMENT,
                run_name=f"{version}, {settings.preset}",
                metrics={
                    **{f"best_{name}": value for name, value in best.validation.metrics.items()},
                    "score_threshold": threshold,
                },
                params=_params(settings, folder, version) | {"best_epoch": str(best.epoch)},
                git_commit=git_commit(),
                tags={VERSION_TAG: version, FOLDER_TAG: str(folder.absolute())},
                history={each.epoch: each.named_values() for each in records},
                artifact_folder=copies,
            ),
            store,
        )


def _params(settings: RunSettings, folder: Path, version: str) -> dict[str, str]:
    training = settings.training.model_dump(exclude={"augmentation"})
    source = settings.weights
    return {
        "model_version": version,
        "preset": settings.preset,
        "run_folder": str(folder),
        "data": ", ".join(map(str, settings.data)),
        "data_fingerprint": settings.data_fingerprint,
        "trained_from": "random weights" if source is None else source.path.name,
        "num_folds": str(settings.num_folds),
        **{name: str(value) for name, value in training.items()},
    }
