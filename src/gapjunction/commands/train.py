"""`gapjunction train`: from datasets to a run folder with a checkpoint."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from accelerate import notebook_launcher
from pydantic import Field

from gapjunction.commands.begun_run import read_begun_run
from gapjunction.commands.device import require_gpus
from gapjunction.commands.run_folder import (
    RUNS,
    SETTINGS_NAME,
    SPLITS_NAME,
    STATE_NAME,
    RunSettings,
    new_run_folder,
    newest_run,
)
from gapjunction.commands.run_recorder import RunRecorder
from gapjunction.commands.training_data import TrainingData, read_training_data
from gapjunction.commands.validation import validate_detector
from gapjunction.config import StrictConfig, build_config
from gapjunction.dataset.splits import write_assignment
from gapjunction.errors import ConfigError
from gapjunction.files import write_text
from gapjunction.models.checkpoint import (
    WEIGHTS_NAME,
    DetectorConfig,
    build_detector,
    weights_version,
)
from gapjunction.presets import PresetName, choose_preset, find_preset
from gapjunction.samples.torch_dataset import TileDataset
from gapjunction.tiling import SEAM_MARGIN
from gapjunction.training.config import TrainingConfig
from gapjunction.training.loop import Hooks, best_record, read_records
from gapjunction.training.loop import train as fit

logger = logging.getLogger(__name__)

FEW_IMAGES = 15  # below, results change much from image to image
LEARNT_NOTHING_F1 = 0.1
# What --resume may be given besides: where the run is, and what it runs on.
NOT_OF_THE_RUN = ("output", "resume", "num_gpus", "splits")
OVERLAP_STEP = 16  # px


class TrainConfig(StrictConfig):
    """Settings of a training run; what is None comes from the preset."""

    data: tuple[Path, ...] = Field(
        (Path("data"),),
        description="Datasets, or folders of datasets.",
        min_length=1,
        json_schema_extra={"positional": True},
    )
    presets: PresetName | None = Field(
        None,
        description="medium_quality: compact detector, for any CPU; high_quality: DINO-ResNet50; "
        "best_quality: DINO-SwinL. Without it, high_quality where there is a CUDA GPU.",
        json_schema_extra={"alias": "--preset"},
    )
    output: Path | None = Field(
        None, description="Run folder to write; without it, a new one in runs/."
    )
    resume: bool = Field(
        False,
        description="Go on with the stopped run in --output (or the last one in runs/), with "
        "the settings it was begun with.",
    )
    max_epochs: int | None = Field(None, ge=1, description="Epochs at most.")
    batch_size: int | None = Field(None, ge=1, description="Tiles in a step, in each process.")
    num_workers: int | None = Field(
        None, ge=0, description="Processes that prepare tiles; 0: the main process does."
    )
    num_gpus: int | None = Field(
        None, ge=0, description="CUDA GPUs to train on; without it, one if there is one."
    )
    seed: int = Field(
        0, ge=0, lt=2**32, description="Another seed draws other splits, weights and tiles."
    )
    splits: Path | None = Field(
        None,
        description="Split file or conversion manifest that says which asset is for what; "
        "without it, the split is drawn from the seed.",
    )


@dataclass(frozen=True, slots=True)
class TrainResult:
    """A finished run.

    Attributes:
        validation: metrics of the best epoch.
    """

    run_folder: Path
    version: str
    num_epochs: int
    best_epoch: int
    validation: dict[str, float]

    def __str__(self) -> str:
        metrics = ", ".join(f"{name} {value:.3f}" for name, value in self.validation.items())
        return (
            f"Best of {self.num_epochs} epochs: {self.best_epoch} (validation: {metrics})\n"
            f"Model {self.version} in {self.run_folder}"
        )


def run(config: TrainConfig) -> TrainResult:
    """Train a detector, or go on training one, and leave a checkpoint in the run folder.

    Raises:
        DatasetError: if a dataset has errors or holds nothing to train on.
        ConfigError: if a setting is wrong, the preset is not there or the output is in use.
        DeviceError: if there are fewer GPUs than asked for.
        CheckpointError: if there is nothing to resume, or its data have changed.
    """
    require_gpus(config.num_gpus)
    if config.resume:
        folder = config.output or newest_run(RUNS, STATE_NAME)
        settings, data = read_begun_run(folder, _given(config))
    else:
        folder, settings, data = _begun(config)
    logger.info(
        "%d images to train on (%d boxes), %d to validate on",
        len(data.train),
        sum(len(image.boxes) for image in data.train),
        len(data.val),
    )
    num_processes = config.num_gpus or 1
    if num_processes > 1:
        notebook_launcher(_fit, (settings, data, folder), num_processes=num_processes)
    else:
        _fit(settings, data, folder, use_cpu=config.num_gpus == 0)
    return _result(folder)


def resolve_preset(named: PresetName | None) -> PresetName:
    """Return the preset that was named, or the one for this machine, and log the reason.

    Raises:
        ConfigError: if this version does not have it yet.
    """
    name = named
    if name is None:
        name, reason = choose_preset(has_cuda=torch.cuda.is_available())
        logger.info("preset %s, because %s", name, reason)
    find_preset(name)
    return name


def _begun(config: TrainConfig) -> tuple[Path, RunSettings, TrainingData]:
    """Write a new run folder with the settings and splits of the run."""
    name = resolve_preset(config.presets)
    preset = find_preset(name)
    folder = config.output or new_run_folder(RUNS, name)
    for name_there in (SETTINGS_NAME, WEIGHTS_NAME):
        if (folder / name_there).exists():
            raise ConfigError(
                folder,
                expected="a new run folder",
                found=f"one with {name_there} in it",
                fix="add --resume to go on with that run, or choose another --output",
            )
    data = read_training_data(config.data, seed=config.seed, splits=config.splits)
    _warn_about(data)
    settings = RunSettings(
        preset=name,
        data=tuple(path.absolute() for path in config.data),
        data_fingerprint=data.fingerprint,
        training=_overridden(preset.training, config),
        detector=DetectorConfig(
            class_names=data.class_names,
            class_colors=data.class_colors,
            network=preset.network,
            overlap=_overlap(data),
        ),
    )
    write_assignment(folder / SPLITS_NAME, data.assignment)
    text = yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_text(folder / SETTINGS_NAME, text)
    return folder, settings, data


def _given(config: TrainConfig) -> dict[str, Any]:
    """Return the settings that differ from their defaults."""
    return {
        name: value
        for name, value in config
        if value != TrainConfig.model_fields[name].default and name not in NOT_OF_THE_RUN
    }


def _overridden(training: TrainingConfig, config: TrainConfig) -> TrainingConfig:
    given: dict[str, Any] = {
        "max_epochs": config.max_epochs,
        "batch_size": config.batch_size,
        "num_workers": config.num_workers,
        "seed": config.seed,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return build_config(TrainingConfig, training.model_dump() | given, "training settings")


def _overlap(data: TrainingData) -> int:
    """Return an overlap in px that holds the largest object, as far as a tile allows."""
    largest = max(float((b.boxes[:, 2:] - b.boxes[:, :2]).max(initial=0)) for b in data.train)
    needed = largest + 2 * SEAM_MARGIN
    rounded = OVERLAP_STEP * int(-(-needed // OVERLAP_STEP))
    default = DetectorConfig.model_fields
    return int(min(max(rounded, default["overlap"].default), default["tile_size"].default // 2))


def _warn_about(data: TrainingData) -> None:
    if len(data.train) < FEW_IMAGES:
        logger.warning(
            "only %d training images: with fewer than %d, results depend on which they are; "
            "annotate more, from several assets",
            len(data.train),
            FEW_IMAGES,
        )
    if data.num_clipped:
        logger.info("%d boxes reach beyond their image and were cut", data.num_clipped)
    if data.is_validated_on_training:
        logger.warning(
            "no asset with boxes is left for validation: validating on the training images, so "
            "that metrics and threshold are too good; annotate another asset"
        )


def _fit(settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool = False) -> None:
    """Train in this process, which may be one of several."""
    torch.manual_seed(settings.training.seed)
    detector = build_detector(settings.detector)
    tiles = TileDataset(
        data.train,
        settings.training.tile_size,
        settings.training.augmentation,
        settings.training.seed,
        settings.detector.magnification,
    )
    with RunRecorder(settings, data, folder) as recorder:
        hooks = Hooks(
            validate=lambda model: validate_detector(model, data.val, settings.detector),
            on_step=recorder.on_step,
            on_epoch=recorder.on_epoch,
        )
        try:
            records = fit(
                detector, tiles, settings.training, hooks, folder / STATE_NAME, use_cpu=use_cpu
            )
        except KeyboardInterrupt:
            logger.warning("stopped; go on with: gapjunction train --resume --output %s", folder)
            raise
    best = best_record(records)
    if best.validation.score < LEARNT_NOTHING_F1:
        logger.warning(
            "this run learnt next to nothing (F1 %.2f): look at the boxes with 'gapjunction "
            "validate', and at %s; then try more epochs",
            best.validation.score,
            folder / "curves.png",
        )


def _result(folder: Path) -> TrainResult:
    records = read_records(folder / STATE_NAME)
    best = best_record(records)
    version = weights_version(folder)
    return TrainResult(folder, version, len(records), best.epoch, best.validation.metrics)
