"""`gapjunction train`: from datasets to a run folder with a checkpoint."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gapjunction.config import read_config
from gapjunction.errors import ConfigError
from gapjunction.locks import alone_in
from gapjunction.models.checkpoint import CONFIG_NAME, DetectorConfig, weights_version
from gapjunction.runs.begin import begin_run, resolve_preset
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.data import TrainingData
from gapjunction.runs.device import has_cuda, require_gpus
from gapjunction.runs.fit import fit_run
from gapjunction.runs.folder import RUNS, STATE_NAME, RunSettings, new_run_folder, newest_run
from gapjunction.runs.folds import NO_FOLDS
from gapjunction.runs.log import log_training
from gapjunction.runs.processes import (
    is_one_of_several,
    join_processes,
    leave_to_main,
    made_by_main,
    run_in_processes,
)
from gapjunction.runs.resume import read_begun_run
from gapjunction.runs.validation import THRESHOLD
from gapjunction.tracking.runs import RunLink
from gapjunction.training.records import best_record, read_records

logger = logging.getLogger(__name__)

WORK = "gapjunction train"
# What --resume may be given besides: where the run is, and what it runs on.
NOT_OF_THE_RUN = ("output", "resume", "num_gpus", "mlflow_dir")


@dataclass(frozen=True, slots=True)
class TrainResult:
    """A finished run.

    Attributes:
        best_epoch: 0 where none was better than the start.
        validation: metrics of the best epoch.
        threshold: objects count from this score on.
        logged: the run in MLflow; None where MLflow failed.
    """

    run_folder: Path
    version: str
    num_epochs: int
    best_epoch: int
    validation: dict[str, float]
    threshold: float
    logged: RunLink | None = None

    def __str__(self) -> str:
        metrics = ", ".join(
            f"{name} {value:.3f}" for name, value in self.validation.items() if name != THRESHOLD
        )
        lines = [
            f"Best of {self.num_epochs} epochs: {self.best_epoch} (validation: {metrics})",
            f"Model {self.version} in {self.run_folder}, "
            f"which counts objects from a score of {self.threshold:.3f} on",
        ]
        return "\n".join(lines if self.logged is None else [*lines, self.logged.where_to_see()])


def run(config: TrainConfig) -> TrainResult:
    """Train a detector, or go on training one, and leave a checkpoint in the run folder.

    The finished run is logged to MLflow.
    Processes that `accelerate launch` started train together; the main one does the rest.

    Raises:
        DatasetError: if a dataset has errors or holds nothing to train on.
        ConfigError: if a setting is wrong, the output is in use, or another process trains there.
        DeviceError: if there are fewer GPUs than asked for.
        CheckpointError: if there is nothing to resume, its data have changed, or the weights to
            start from cannot be had.
        TrainingDiverged: if a loss or a prediction is no longer a finite number.
    """
    require_gpus(config.num_gpus)
    use_cpu = config.num_gpus == 0
    with ExitStack() as until_it_ends:
        return _train(config, until_it_ends, use_cpu=use_cpu)


def _train(config: TrainConfig, until_it_ends: ExitStack, *, use_cpu: bool) -> TrainResult:
    """Train in this process, among others, or in new ones; the run folder is claimed meanwhile."""
    if is_one_of_several():
        _require_no_own_launch(config)
        use_cpu = use_cpu or not torch.cuda.is_available()  # accelerate does not see to it
        join_processes(use_cpu=use_cpu)
        folder, settings, data = made_by_main(lambda: _begin(config, until_it_ends))
    else:
        folder, settings, data = _begin(config, until_it_ends)
    if (config.num_gpus or 1) > 1:
        run_in_processes(config.num_gpus or 1, fit_run, settings, data, folder)
    else:
        fit_run(settings, data, folder, use_cpu=use_cpu)
    if is_one_of_several():
        leave_to_main()
    return _result(folder, config.mlflow_dir)


def _begin(config: TrainConfig, until_it_ends: ExitStack) -> tuple[Path, RunSettings, TrainingData]:
    """Begin a run, or find the one to go on with, and be alone in its folder from now on."""
    if config.resume:
        folder = config.output or newest_run(RUNS, STATE_NAME)
        until_it_ends.enter_context(alone_in(folder, WORK))
        settings, data = read_begun_run(folder, _given(config))
    else:
        preset = resolve_preset(config.presets, has_gpu=has_cuda(config.num_gpus))
        folder = config.output or new_run_folder(RUNS, preset)
        until_it_ends.enter_context(alone_in(folder, WORK))
        folder, settings, data = begin_run(config.but(output=folder, presets=preset))
    is_in_folds = settings.num_folds != NO_FOLDS
    images = data.images if is_in_folds else data.train
    logger.info(
        "%d images to train on (%d boxes), %s",
        len(images),
        sum(len(image.boxes) for image in images),
        f"cross-validated by asset in {settings.num_folds} folds"
        if is_in_folds
        else f"{len(data.val)} to validate on",
    )
    return folder, settings, data


def _require_no_own_launch(config: TrainConfig) -> None:
    if (config.num_gpus or 0) > 1:
        raise ConfigError(
            f"--num_gpus {config.num_gpus}",
            expected="none when a launcher has started the processes",
            found=str(config.num_gpus),
            fix="leave it out, and tell the launcher",
        )


def _given(config: TrainConfig) -> dict[str, Any]:
    """Return the settings that differ from their defaults."""
    return {
        name: value
        for name, value in config
        if value != TrainConfig.model_fields[name].default and name not in NOT_OF_THE_RUN
    }


def _result(folder: Path, mlflow_dir: Path | None) -> TrainResult:
    records = read_records(folder / STATE_NAME)
    best = best_record(records)
    version = weights_version(folder)
    logged = log_training(folder, records, version, mlflow_dir)
    threshold = read_config(DetectorConfig, folder / CONFIG_NAME).score_threshold
    metrics = best.validation.metrics
    return TrainResult(folder, version, records[-1].epoch, best.epoch, metrics, threshold, logged)
