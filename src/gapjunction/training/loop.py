"""The training loop: epochs of steps, a validation before and after, a state to go on from."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Dataset

from gapjunction.errors import CheckpointError, TrainingDiverged
from gapjunction.files import written_whole
from gapjunction.models.detector import Annotations
from gapjunction.samples.torch_dataset import EpochSampler, Sample, collate
from gapjunction.shortage import is_out_of_memory
from gapjunction.training.config import TrainingConfig
from gapjunction.training.optimizer import build_average, build_optimizer, build_schedule
from gapjunction.training.records import (
    EpochRecord,
    Validation,
    best_record,
    is_finished,
    read_state,
    record_from,
    to_values,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a caller does along the way, in the main process only.

    Attributes:
        validate: judges the averaged weights after an epoch; epoch 0 is the start.
        on_step: called after each step with the epoch and the total loss of the process.
        on_epoch: called with the averaged weights, all records so far (from epoch 0 on) and
            whether the last one is the best, before the state is saved.
    """

    validate: Callable[[nn.Module, int], Validation]
    on_step: Callable[[int, float], None]
    on_epoch: Callable[[nn.Module, list[EpochRecord], bool], None]


@dataclass(slots=True)
class _Fit:
    """The moving parts of a run, as they are after `records`."""

    accelerator: Accelerator
    wrapped: nn.Module  # as accelerate calls it, for gradients of all processes
    model: nn.Module
    average: AveragedModel
    optimizer: AdamW
    schedule: LambdaLR
    records: list[EpochRecord] = field(default_factory=list)

    def step(self, loss: Tensor, max_gradient_norm: float) -> None:
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.wrapped.parameters(), max_gradient_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.schedule.step()
        self.average.update_parameters(self.model)

    @property
    def scaler(self) -> torch.amp.GradScaler | None:
        """Return what keeps the gradients of fp16 large enough; None for other precisions."""
        scaler: torch.amp.GradScaler | None = self.accelerator.scaler
        return scaler

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": None if self.scaler is None else self.scaler.state_dict(),
            "num_processes": self.accelerator.num_processes,
            "records": [to_values(record) for record in self.records],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        if self.scaler is not None:
            self.scaler.load_state_dict(state["scaler"])
        self.records = [record_from(values) for values in state["records"]]


def train(
    detector: nn.Module,
    tiles: Dataset[Sample],
    config: TrainingConfig,
    hooks: Hooks,
    state_path: Path,
    *,
    use_cpu: bool = False,
) -> list[EpochRecord]:
    """Fit `detector` in place and return a record of each epoch, the best being `best_record`.

    The first record, of epoch 0, is what `detector` was before. The state is written to
    `state_path` after each epoch, whole or not at all. Where it exists already, training goes on
    from it and ends with the same weights as without the break.
    Every process of `accelerate launch` calls this with the same arguments. `use_cpu` leaves
    GPUs alone.

    Raises:
        CheckpointError: if the state cannot be read or belongs to another network.
        TrainingDiverged: if a loss or a prediction is no longer a finite number.
    """
    accelerator = Accelerator(cpu=use_cpu, mixed_precision=config.precision)
    sampler = EpochSampler(config.tiles_per_epoch)
    loader = accelerator.prepare(
        DataLoader(
            tiles,
            config.batch_size,
            sampler=sampler,
            num_workers=config.num_workers,
            collate_fn=collate,
            # Of its own, so that making workers draws nothing from the generator of the networks.
            generator=torch.Generator(),
            persistent_workers=config.num_workers > 0,
        )
    )
    fit = _start(accelerator, detector, config, steps_per_epoch=len(loader))
    _restore(fit, state_path)
    if not fit.records:
        started = time.monotonic()
        validation = _validate(fit, hooks.validate, epoch=0)
        start = EpochRecord(0, {}, 0.0, time.monotonic() - started, validation)
        _conclude(fit, start, hooks, state_path)
    while not is_finished(fit.records, config):
        started, epoch = time.monotonic(), len(fit.records)
        sampler.epoch = epoch - 1
        rate = max(map(float, fit.schedule.get_last_lr()))
        _seed_epoch(config.seed, sampler.epoch, accelerator.process_index)
        try:
            losses = _run_epoch(fit, loader, config.max_gradient_norm, hooks.on_step)
        except FloatingPointError as error:
            raise _diverged(state_path.parent, f"{error} in epoch {epoch}", config) from None
        validation = _validate(fit, hooks.validate, epoch)
        seconds = time.monotonic() - started
        _conclude(fit, EpochRecord(epoch, losses, rate, seconds, validation), hooks, state_path)
    return fit.records


def _diverged(folder: Path, found: str, config: TrainingConfig) -> TrainingDiverged:
    return TrainingDiverged(
        folder,
        expected="a training whose losses and predictions are finite numbers",
        found=found,
        fix=f"train anew with a learning rate below {config.learning_rate:g} and another output",
        settings=("learning_rate", "output"),
    )


def _conclude(fit: _Fit, record: EpochRecord, hooks: Hooks, state_path: Path) -> None:
    """Add the record of an epoch, and write everything down."""
    fit.records.append(record)
    if fit.accelerator.is_main_process:
        hooks.on_epoch(fit.average.module, fit.records, best_record(fit.records) is record)
        with written_whole(state_path) as partial:
            torch.save(fit.state(), partial)


def _seed_epoch(seed: int, epoch: int, process_index: int) -> None:
    """Make what networks draw at random a function of these three, also after a resume."""
    state = np.random.SeedSequence([seed, epoch, process_index]).generate_state(1)
    torch.manual_seed(int(state[0]))


def _start(
    accelerator: Accelerator, detector: nn.Module, config: TrainingConfig, steps_per_epoch: int
) -> _Fit:
    optimizer = build_optimizer(detector, config)
    schedule = build_schedule(optimizer, config, steps_per_epoch)
    wrapped, prepared = accelerator.prepare(detector, optimizer)
    model = accelerator.unwrap_model(wrapped)
    average = build_average(model, config.average_decay)
    return _Fit(accelerator, wrapped, model, average, prepared, schedule)


def _run_epoch(
    fit: _Fit,
    loader: DataLoader[Any],
    max_gradient_norm: float,
    on_step: Callable[[int, float], None],
) -> dict[str, float]:
    """Make one pass over the loader and return the mean of each loss."""
    fit.wrapped.train()
    epoch = len(fit.records)
    totals: dict[str, float] = {}
    for tiles, boxes, labels in loader:
        annotations = [Annotations(*pair) for pair in zip(boxes, labels, strict=True)]
        num_objects = torch.tensor(float(sum(map(len, boxes))), device=fit.accelerator.device)
        mean_objects = fit.accelerator.reduce(num_objects, "mean").item()
        with fit.accelerator.autocast():
            losses = fit.wrapped(tiles, annotations, mean_objects)
        loss = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(loss):
            raise FloatingPointError(f"a loss of {loss.item()}")
        fit.step(loss, max_gradient_norm)
        for name, value in losses.items():
            totals[name] = totals.get(name, 0.0) + value.item()
        if fit.accelerator.is_main_process:
            on_step(epoch, loss.item())
    return _mean_of_processes(fit.accelerator, totals, len(loader))


def _mean_of_processes(
    accelerator: Accelerator, totals: dict[str, float], num_steps: int
) -> dict[str, float]:
    """Return what each loss was for a step, which is the same in one process with all tiles."""
    sums = torch.tensor(list(totals.values()), dtype=torch.float32, device=accelerator.device)
    means = accelerator.reduce(sums / num_steps, "mean").tolist()
    return dict(zip(totals, means, strict=True))


def _validate(
    fit: _Fit, validate: Callable[[nn.Module, int], Validation], epoch: int
) -> Validation:
    """Validate in the main process and tell the others, so that all stop at the same epoch."""
    outcome: list[Validation | None] = [None]
    if fit.accelerator.is_main_process:
        fit.average.eval()
        outcome = [validate(fit.average.module, epoch)]
    broadcast_object_list(outcome)
    if outcome[0] is None:
        raise RuntimeError("the main process sent no validation")
    return outcome[0]


def _restore(fit: _Fit, state_path: Path) -> None:
    if not state_path.exists():
        return
    state = read_state(state_path)
    try:
        _require_as_many_processes(state["num_processes"], fit.accelerator, state_path)
        fit.restore(state)
    except (RuntimeError, KeyError, ValueError, TypeError) as error:
        if is_out_of_memory(error):
            raise
        raise CheckpointError(
            state_path,
            expected="the state of a run with the same settings",
            found=str(error).splitlines()[0],
            fix="train anew with another output",
            settings=("output",),
        ) from None
    if fit.accelerator.is_main_process:
        logger.info("going on after epoch %d (%s)", fit.records[-1].epoch, state_path)


def _require_as_many_processes(begun: int, accelerator: Accelerator, state_path: Path) -> None:
    """Make sure that steps and learning rate go on as they were begun."""
    if begun != accelerator.num_processes:
        raise CheckpointError(
            state_path,
            expected=f"to go on with {begun} processes, as it was begun",
            found=str(accelerator.num_processes),
            fix="use as many GPUs as before, or train anew with another output",
            settings=("output",),
        )
