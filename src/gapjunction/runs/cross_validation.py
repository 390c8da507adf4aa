"""Train on few assets: folds choose the epoch and the threshold, then all assets are trained on.

Every fold begins from the same weights and follows the same schedule as the final training. What
each finds after each epoch in the assets that it did not see is kept, so that an epoch is judged
by all assets, none of which its detector has learnt from. Detectors trained on other images have
scores of other heights: each fold's are first brought to one scale.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from gapjunction.calibration import Calibration
from gapjunction.config import read_config
from gapjunction.detections import Detections
from gapjunction.files import written_whole
from gapjunction.models.checkpoint import CONFIG_NAME, DetectorConfig, save_config
from gapjunction.runs.annotated_stacks import with_fitted_plaques
from gapjunction.runs.card import write_card
from gapjunction.runs.data import TrainingData
from gapjunction.runs.epoch_table import EpochTable
from gapjunction.runs.fitted_brightness import with_brightness
from gapjunction.runs.folder import FOLDS_NAME, STATE_NAME, RunSettings
from gapjunction.runs.folds import Fold, make_folds
from gapjunction.runs.held_out import read_found, write_found
from gapjunction.runs.held_out_loss import held_out_batches, mean_losses
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.runs.parts import make_tiles, start_detector
from gapjunction.runs.processes import is_main_process, made_by_main
from gapjunction.runs.recorder import keep_weights, write_history, write_table
from gapjunction.runs.validation import detect, fit_scale, judge, judge_start
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import (
    EpochRecord,
    Validation,
    best_record,
    read_records,
    to_values,
)

logger = logging.getLogger(__name__)

FINAL_NAME = "final"
NOT_JUDGED = Validation(0.0, {})


def fit_in_folds(
    settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool
) -> list[EpochRecord]:
    """Train in folds and then on all images; return the records of all folds together.

    A stopped run goes on where it was. In the end the run folder holds the weights that were
    trained for as many epochs as did best, and what belongs to the folds alone is gone.

    Raises:
        CheckpointError: if a state or the weights to start from cannot be read.
    """
    records = made_by_main(lambda: _begun(folder))
    if not records:
        folds = make_folds(data.images, settings.num_folds)
        for fold in folds:
            _train_fold(fold, settings, data, folder, use_cpu=use_cpu)
        records = made_by_main(lambda: _pooled_records(folds, settings, folder))
        _train_on_all(records, settings, data, folder, use_cpu=use_cpu)
        if is_main_process():
            _calibrate_the_rest(folds, records, settings, data, folder)
    if is_main_process():
        _finish(records, folder)
    return records


def _begun(folder: Path) -> list[EpochRecord]:
    """Return the records of a run that has ended; none, and a state that says so, before that."""
    state = folder / STATE_NAME
    if not state.exists():
        _write_records([], state)
    return read_records(state)


def _finish(records: list[EpochRecord], folder: Path) -> None:
    """Write down that the run has ended, and remove what the folds left."""
    write_history(folder, records)
    _write_records(records, folder / STATE_NAME)
    shutil.rmtree(folder / FOLDS_NAME, ignore_errors=True)


def _write_records(records: Sequence[EpochRecord], state: Path) -> None:
    with written_whole(state) as partial:
        torch.save({"records": [to_values(record) for record in records]}, partial)


def _train_fold(
    fold: Fold, settings: RunSettings, data: TrainingData, folder: Path, *, use_cpu: bool
) -> None:
    """Train on the images of a fold for all epochs; keep what is found in the others."""
    own = _fold_folder(fold, folder)
    part = f"fold {fold.number} of {settings.num_folds}"
    batches = held_out_batches(fold.held_out, settings)
    if is_main_process():
        judges = ", ".join(sorted({image.asset for image in fold.held_out}))
        logger.info("%s: training on %d images, judged by %s", part, len(fold.train), judges)

    def validate(model: nn.Module, epoch: int) -> Validation:
        found = detect(model, fold.held_out, settings.detector)
        write_found(_found_path(own, epoch), found)
        scale = fit_scale(model, fold.train, settings.detector)
        judged = judge(fold.held_out, found)
        return replace(
            judged, calibration=scale, losses=mean_losses(model, batches, settings.training.seed)
        )

    # Without patience, as every fold is to have every epoch.
    training = settings.training.but(patience=settings.training.max_epochs)
    state = own / STATE_NAME
    with EpochTable(training, part) as table:

        def on_epoch(_: nn.Module, so_far: list[EpochRecord], __: bool) -> None:
            table.show(so_far[-1])
            write_table(own, so_far)

        hooks = Hooks(validate, table.on_step, on_epoch)
        detector = start_detector(settings, state)
        tiles = make_tiles(fold.train, data.rehearsed, settings)
        train(detector, tiles, training, hooks, state, use_cpu=use_cpu)


def _pooled_records(
    folds: Sequence[Fold], settings: RunSettings, folder: Path
) -> list[EpochRecord]:
    """Return a record of each epoch, judged by the images of all folds; show them."""
    images = _held_out_images(folds)
    records = []
    of_folds = [read_records(_fold_folder(fold, folder) / STATE_NAME) for fold in folds]
    for each in zip(*of_folds, strict=True):
        epoch = each[0].epoch
        found = _held_out_found(folds, each, folder)
        if epoch == 0:  # one and the same detector in all folds
            judged = judge_start(images, found, settings.detector)
        else:
            judged = judge(images, found)
        seconds = sum(record.seconds for record in each)
        losses = _mean([record.losses for record in each])
        judged = replace(judged, losses=_mean([record.validation.losses for record in each]))
        records.append(EpochRecord(epoch, losses, each[0].learning_rate, seconds, judged))
    logger.info("all folds together:")
    table, best = EpochTable(settings.training), best_record(records)
    for record in records:
        table.show(record, is_best=record is best)
    return records


def _held_out_images(folds: Sequence[Fold]) -> list[TrainingImage]:
    return [image for fold in folds for image in fold.held_out]


def _held_out_found(
    folds: Sequence[Fold], of_folds: Sequence[EpochRecord], folder: Path
) -> list[Detections]:
    """Return what was found in the held-out images, given the records of one epoch.

    From the first epoch on, scores of all folds are brought to one scale.
    """
    found: list[Detections] = []
    for fold, record in zip(folds, of_folds, strict=True):
        own = read_found(_found_path(_fold_folder(fold, folder), record.epoch))
        scale = record.validation.calibration
        found += own if record.epoch == 0 else [scale.calibrated(one) for one in own]
    return found


def _calibrate_the_rest(
    folds: Sequence[Fold],
    records: list[EpochRecord],
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
) -> None:
    """Fit the rest to images that no detector had seen.

    That is what brightness says, what signs the images show and, if there are enough stacks, what
    plaques are worth.
    """
    best = best_record(records)
    if best.epoch == 0:
        return
    of_folds = [read_records(_fold_folder(fold, folder) / STATE_NAME)[best.epoch] for fold in folds]
    found = _held_out_found(folds, of_folds, folder)
    probable = [best.validation.calibration.calibrated(each) for each in found]
    images = _held_out_images(folds)
    config = read_config(DetectorConfig, folder / CONFIG_NAME)
    config, probable = with_brightness(config, images, probable)
    config = with_known_signs(config, images, probable)
    save_config(with_fitted_plaques(config, images, probable), folder)
    write_card(folder, settings, data, config, records)


def _train_on_all(
    records: list[EpochRecord],
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    *,
    use_cpu: bool,
) -> None:
    """Train on the images of all folds for as many epochs as did best, and keep the weights."""
    state = folder / FOLDS_NAME / FINAL_NAME / STATE_NAME
    detector, num_epochs = start_detector(settings, state), best_record(records).epoch
    if num_epochs == 0:
        if is_main_process():
            keep_weights(detector, settings, data, folder, records)
        return
    if is_main_process():
        logger.info("training on all %d images, to epoch %d", len(data.images), num_epochs)
    training = settings.training.but(
        max_epochs=num_epochs, patience=num_epochs, schedule_epochs=settings.training.max_epochs
    )
    with EpochTable(training, "all images") as table:

        def on_epoch(model: nn.Module, so_far: list[EpochRecord], _: bool) -> None:
            if so_far[-1].epoch > 0:
                table.show(so_far[-1])
                write_table(state.parent, so_far)
            if so_far[-1].epoch == num_epochs:
                scale = fit_scale(model, data.images, settings.detector)
                keep_weights(model, settings, data, folder, _rescaled(records, scale))

        hooks = Hooks(lambda *_: NOT_JUDGED, table.on_step, on_epoch)
        tiles = make_tiles(data.images, data.rehearsed, settings)
        train(detector, tiles, training, hooks, state, use_cpu=use_cpu)


def _rescaled(records: list[EpochRecord], scale: Calibration) -> list[EpochRecord]:
    """Return the records with the best epoch's calibration for the scores of the final detector."""
    best = best_record(records)
    calibration = best.validation.calibration.after(scale)
    own = replace(best, validation=replace(best.validation, calibration=calibration))
    return [own if each is best else each for each in records]


def _mean(losses: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the means of what all have; states of earlier versions lack some."""
    shared = [name for name in losses[0] if all(name in each for each in losses)]
    return {name: float(np.mean([each[name] for each in losses])) for name in shared}


def _fold_folder(fold: Fold, folder: Path) -> Path:
    return folder / FOLDS_NAME / str(fold.number)


def _found_path(fold_folder: Path, epoch: int) -> Path:
    return fold_folder / f"found_{epoch:03d}.npz"
