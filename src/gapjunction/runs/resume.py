"""Read back a training run that was begun, to go on with it."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gapjunction.config import read_config
from gapjunction.errors import CheckpointError, ConfigError, GapJunctionError
from gapjunction.files import remove_partial_files
from gapjunction.presets import preset_called
from gapjunction.runs.data import TrainingData, read_training_data
from gapjunction.runs.folder import (
    SETTINGS_NAME,
    SPLITS_NAME,
    STATE_NAME,
    RunSettings,
)
from gapjunction.training.records import is_finished, read_records

logger = logging.getLogger(__name__)


def read_begun_run(folder: Path, given: Mapping[str, Any]) -> tuple[RunSettings, TrainingData]:
    """Return settings and data of the run in `folder`, as it was begun.

    Raises:
        CheckpointError: if there is no run, or its data have changed.
        ConfigError: if a setting in `given` is not that of the run.
    """
    if not (folder / SETTINGS_NAME).is_file():
        raise CheckpointError(
            folder,
            expected=f"a run folder with {SETTINGS_NAME}",
            found="none",
            fix="check the output, or train anew without resuming",
            settings=("output", "resume"),
        )
    remove_partial_files(folder)
    settings = read_config(RunSettings, folder / SETTINGS_NAME)
    _refuse_other_settings(given, settings)
    data = read_training_data(
        settings.data,
        seed=settings.training.seed,
        splits=folder / SPLITS_NAME,
        channel=settings.channel,
    )
    if data.fingerprint != settings.data_fingerprint:
        raise CheckpointError(
            folder,
            expected="the data that the run was begun with",
            found=f"changed images or annotations in {', '.join(map(str, settings.data))}",
            fix="train anew with another output",
            settings=("output",),
        )
    return settings, data


def warn_if_unfinished(folder: Path) -> None:
    """Log how far the run in `folder` has come, if it can be gone on with."""
    state, settings_file = folder / STATE_NAME, folder / SETTINGS_NAME
    if not (state.is_file() and settings_file.is_file()):
        return
    try:
        training = read_config(RunSettings, settings_file).training
        records = read_records(state)
    except (GapJunctionError, LookupError, TypeError, ValueError):
        return  # damaged, or of another version; the weights need neither file
    if not is_finished(records, training):
        logger.warning(
            "the run was stopped after epoch %d of %d: 'gapjunction train --resume --output %s' "
            "goes on with it",
            records[-1].epoch if records else 0,
            training.max_epochs,
            folder,
        )


def _refuse_other_settings(given: Mapping[str, Any], settings: RunSettings) -> None:
    begun = settings.training.model_dump() | {
        "presets": settings.preset,
        "data": settings.data,
        "channel": settings.channel,
        "folds": settings.num_folds,
        "rehearse": settings.rehearse,
    }
    for name, value in given.items():
        own = _as_begun(name, value)
        if name not in begun:
            raise ConfigError(
                name,
                expected="none where a run is resumed, which goes on with its own",
                found=str(value),
                fix="leave it out",
                settings=(name,),
            )
        if own != begun[name]:
            raise ConfigError(
                name,
                expected="the setting that the run was begun with, or none, where it is resumed",
                found=str(value),
                fix="leave it out, or train anew with another output",
                settings=(name, "output"),
            )


def _as_begun(name: str, value: Any) -> Any:
    """Return a setting as the settings of a run would hold it."""
    if name == "data":
        return tuple(path.absolute() for path in value)
    return preset_called(value) if name == "presets" else value
