"""Fit the detector of a run to its data, in one process or as one of several."""

import logging
from pathlib import Path

import torch
from torch import nn

from gapjunction.commands.processes import is_main_process, join_processes, num_processes
from gapjunction.commands.run_card import write_card
from gapjunction.commands.run_folder import STATE_NAME, RunSettings, WeightsSource
from gapjunction.commands.run_recorder import RunRecorder
from gapjunction.commands.training_data import TrainingData
from gapjunction.commands.validation import calibrate_detector, validate_detector
from gapjunction.errors import CheckpointError
from gapjunction.models.checkpoint import (
    DetectorConfig,
    build_detector,
    load_checkpoint,
    save_config,
)
from gapjunction.models.initial_weights import read_initial_weights
from gapjunction.samples.torch_dataset import TileDataset
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import EpochRecord, best_record

logger = logging.getLogger(__name__)

LEARNT_NOTHING_F1 = 0.1


def fit_run(
    settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool = False
) -> None:
    """Train in this process, which may be one of several.

    Raises:
        CheckpointError: if the state or the weights to start from cannot be read.
    """
    join_processes(use_cpu=use_cpu)
    if num_processes() > 1:
        tiles_in_step = num_processes() * settings.training.batch_size
        logger.info("training in %d processes, %d tiles in a step", num_processes(), tiles_in_step)
    torch.manual_seed(settings.training.seed)
    detector = build_detector(settings.detector)
    if settings.weights is not None and not (folder / STATE_NAME).exists():
        _start_from(settings.weights, detector, settings.detector)
    tiles = TileDataset(
        data.train,
        settings.training.tile_size,
        settings.training.augmentation,
        settings.training.seed,
        settings.detector.magnification,
        repeats_grey=settings.detector.network.repeats_grey,
    )
    try:
        with RunRecorder(settings, data, folder) as recorder:  # the main process alone uses it
            hooks = Hooks(
                validate=lambda model: validate_detector(model, data.val, settings.detector),
                on_step=recorder.on_step,
                on_epoch=recorder.on_epoch,
            )
            records = train(
                detector, tiles, settings.training, hooks, folder / STATE_NAME, use_cpu=use_cpu
            )
        best = best_record(records)
        if is_main_process():
            _calibrate(settings, data, folder, best, next(detector.parameters()).device)
    except KeyboardInterrupt:
        logger.warning("stopped; go on with: gapjunction train --resume --output %s", folder)
        raise
    if best.validation.score < LEARNT_NOTHING_F1:
        logger.warning(
            "this run learnt next to nothing (F1 %.2f): look at the boxes with 'gapjunction "
            "validate', and at %s; then try more epochs",
            best.validation.score,
            folder / "curves.png",
        )


def _calibrate(
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    best: EpochRecord,
    device: torch.device,
) -> None:
    """Fit scores and threshold of the best weights to more images than validated them, if few did.

    The threshold that counts right in three images counts wrong in others: which three they are
    matters more than that the detector has learnt from the others.
    """
    images = data.to_calibrate_on()
    if len(images) == len(data.val):
        return
    logger.info(
        "fitting scores and threshold to %d images, of which %d were trained on",
        len(images),
        len(images) - len(data.val),
    )
    checkpoint = load_checkpoint(folder, device)
    config = calibrate_detector(checkpoint.detector, images, checkpoint.config)
    save_config(config, folder)
    write_card(folder, settings, data, config, best)


def _start_from(source: WeightsSource, detector: nn.Module, config: DetectorConfig) -> None:
    """Load the weights that fit; say which were left out because they know other classes."""
    if WeightsSource.of(source.path) != source:
        raise CheckpointError(
            source.path,
            expected="the weights that the run was begun with",
            found="others",
            fix="train anew with another --output",
        )
    initial = read_initial_weights(source.path, config.network)
    left_out = initial.load_into(detector, config)
    logger.info("starting from %s", source.path)
    if left_out:
        logger.info(
            "left out, as they know %d other classes: %s; drawn at random",
            len(initial.class_names),
            ", ".join(left_out),
        )
