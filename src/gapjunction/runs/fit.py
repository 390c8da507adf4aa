"""Fit the detector of a run to its data, in one process or as one of several."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from gapjunction.models.checkpoint import load_checkpoint, save_config
from gapjunction.report.training_assets import training_asset_table
from gapjunction.runs.annotated_stacks import images_of_stacks, with_fitted_plaques
from gapjunction.runs.card import write_card
from gapjunction.runs.cross_validation import fit_in_folds
from gapjunction.runs.data import TrainingData
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.fitted_brightness import with_brightness
from gapjunction.runs.folder import REHEARSAL_NAME, STATE_NAME, RunSettings
from gapjunction.runs.folds import NO_FOLDS
from gapjunction.runs.held_out_loss import held_out_batches, mean_losses
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.runs.parts import make_tiles, start_detector
from gapjunction.runs.processes import (
    is_main_process,
    join_processes,
    made_by_main,
    num_processes,
)
from gapjunction.runs.recorder import keep_weights, write_history
from gapjunction.runs.rehearsal import NONE, rehearsal_images
from gapjunction.runs.validation import (
    calibrate_detector,
    detect,
    detect_probable,
    judge,
    judge_start,
)
from gapjunction.terminal import tracked
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import NEXT_TO_NOTHING, EpochRecord, Validation, best_record

logger = logging.getLogger(__name__)


def fit_run(
    settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool = False
) -> None:
    """Train in this process, which may be one of several.

    Raises:
        CheckpointError: if the state or the weights to start from cannot be read.
        TrainingDiverged: if a loss or a prediction is no longer a finite number.
    """
    join_processes(use_cpu=use_cpu)
    if settings.rehearse > NONE:
        settings, data = _with_rehearsal(settings, data, folder)
    if num_processes() > 1:
        tiles_in_step = num_processes() * settings.training.batch_size
        logger.info("training in %d processes, %d tiles in a step", num_processes(), tiles_in_step)
    if settings.weights is not None and is_main_process():
        logger.info("starting from %s", settings.weights.path)
    fit = _fit_once if settings.num_folds == NO_FOLDS else fit_in_folds
    try:
        records = fit(settings, data, folder, use_cpu=use_cpu)
    except KeyboardInterrupt:
        logger.warning("stopped; go on with: gapjunction train --resume --output %s", folder)
        raise
    if is_main_process():
        shutil.rmtree(folder / REHEARSAL_NAME, ignore_errors=True)
        _say_what_came_of_it(records, folder)


def _with_rehearsal(
    settings: RunSettings, data: TrainingData, folder: Path
) -> tuple[RunSettings, TrainingData]:
    """Return settings with larger steps, and data with the simulated images that fill them."""
    if is_main_process():
        logger.info(
            "rehearsing: %g simulated tiles join each tile of yours, so that what the weights "
            "could before is kept; --rehearse changes that",
            settings.rehearse,
        )
    training, growth = settings.training, 1 + settings.rehearse
    images = made_by_main(lambda: rehearsal_images(folder / REHEARSAL_NAME, training.seed))
    larger = training.but(
        batch_size=round(growth * training.batch_size),
        tiles_per_epoch=round(growth * training.tiles_per_epoch),
    )
    return settings.but(training=larger), replace(data, rehearsed=images)


def _fit_once(
    settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool
) -> list[EpochRecord]:
    """Train on the training images and keep the weights that do best on those for validation."""
    state, batches = folder / STATE_NAME, held_out_batches(data.val, settings)

    def validate(model: nn.Module, epoch: int) -> Validation:
        found = detect(model, data.val, settings.detector)
        is_start = epoch == 0
        judged = (
            judge_start(data.val, found, settings.detector) if is_start else judge(data.val, found)
        )
        return replace(judged, losses=mean_losses(model, batches, settings.training.seed))

    with EpochTable(settings.training) as table:

        def on_epoch(model: nn.Module, records: list[EpochRecord], is_best: bool) -> None:
            if is_best:
                keep_weights(model, settings, data, folder, records)
            table.show(records[-1], is_best=is_best)
            write_history(folder, records)

        hooks = Hooks(validate, table.on_step, on_epoch)
        detector = start_detector(settings, state)
        tiles = make_tiles(data.train, data.rehearsed, settings)
        records = train(detector, tiles, settings.training, hooks, state, use_cpu=use_cpu)
    if is_main_process():
        device = next(detector.parameters()).device
        _calibrate(settings, data, folder, records, device)
        _weigh_brightness(settings, data, folder, records, device)
        _calibrate_plaques(settings, data, folder, records, device)
        _learn_signs(data, folder, records, device)
    return records


def _calibrate(
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    records: list[EpochRecord],
    device: torch.device,
) -> None:
    """Fit scores and threshold of the best weights to more images than validated them, if few did.

    The threshold that counts right in three images counts wrong in others: which three they are
    matters more than that the detector has learnt from the others. The weights that training
    started from keep what they had or got in validation.
    """
    images = data.to_calibrate_on()
    if len(images) == len(data.val) or best_record(records).epoch == 0:
        return
    logger.info(
        "fitting scores and threshold to %d images, of which %d were trained on",
        len(images),
        len(images) - len(data.val),
    )
    checkpoint = load_checkpoint(folder, device)
    config = calibrate_detector(checkpoint.detector, images, checkpoint.config)
    save_config(config, folder)
    write_card(folder, settings, data, config, records)


def _weigh_brightness(
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    records: list[EpochRecord],
    device: torch.device,
) -> None:
    """Fit to the best weights what brightness says besides their scores."""
    if best_record(records).epoch == 0:
        return
    checkpoint = load_checkpoint(folder, device)
    images, own = data.to_calibrate_on(), checkpoint.config.but(brightness=None)
    config, _ = with_brightness(own, images, detect_probable(checkpoint.detector, images, own))
    save_config(config, folder)
    write_card(folder, settings, data, config, records)


def _calibrate_plaques(
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    records: list[EpochRecord],
    device: torch.device,
) -> None:
    """Fit what plaques are worth to the best weights to annotated stacks, if there are enough.

    Else plaques are worth what they were to the weights that training started from.
    """
    images = images_of_stacks(data.val, data.train)
    if not images or best_record(records).epoch == 0:
        return
    checkpoint = load_checkpoint(folder, device)
    # A run that was stopped and goes on fits anew what it started from.
    config = checkpoint.config.but(plaques=settings.detector.plaques)
    shown = tracked(images, "Calibrating", len(images))
    probable = detect_probable(checkpoint.detector, shown, config)
    save_config(with_fitted_plaques(config, images, probable), folder)


def _learn_signs(
    data: TrainingData, folder: Path, records: list[EpochRecord], device: torch.device
) -> None:
    """Fit to the best weights what tells that an image is unlike those they were calibrated on."""
    if best_record(records).epoch == 0:
        return
    checkpoint = load_checkpoint(folder, device)
    config, images = checkpoint.config, data.to_calibrate_on()
    probable = detect_probable(checkpoint.detector, images, config)
    save_config(with_known_signs(config, images, probable), folder)


def _say_what_came_of_it(records: list[EpochRecord], folder: Path) -> None:
    """Log the table by asset, and a warning where training was of no use."""
    start, best = records[0].validation, best_record(records)
    logger.info("%s", training_asset_table(start.by_asset, best.validation.by_asset))
    if best.validation.score < NEXT_TO_NOTHING:
        logger.warning(
            "this run learnt next to nothing (F1 %.2f): look at the boxes with 'gapjunction "
            "validate', and at %s; then try more epochs",
            best.validation.score,
            folder / "curves.png",
        )
    elif best.epoch == 0:
        logger.warning(
            "no epoch was better than the weights that training started from: %s holds these, "
            "and is not taken for the newest run; annotate more images, of more assets, or try "
            "more epochs (--max_epochs)",
            folder,
        )
