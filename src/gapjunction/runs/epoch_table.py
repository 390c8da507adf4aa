"""Shows a training run while it goes on: a progress bar and a table of epochs."""

import logging
from types import TracebackType
from typing import Self

from gapjunction.runs.processes import is_main_process, num_processes
from gapjunction.terminal import progress_bar
from gapjunction.training.config import TrainingConfig
from gapjunction.training.records import EpochRecord

logger = logging.getLogger(__name__)

COLUMN = 11  # characters
NO_LOSS = "-"


class EpochTable:
    """A progress bar and a line for each epoch; the main process alone shows them.

    `part` says which part of a run it is, such as "fold 1 of 3".
    """

    def __init__(self, training: TrainingConfig, part: str = "") -> None:
        self._max_epochs, self._part = training.max_epochs, part
        self._bar = progress_bar()
        tiles_in_step = training.batch_size * num_processes()
        steps_per_epoch = -(-training.tiles_per_epoch // tiles_in_step)
        self._task = self._bar.add_task(part or "Training", total=steps_per_epoch)
        self._num_steps = 0
        self._has_header = False

    def __enter__(self) -> Self:
        if is_main_process():
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def on_step(self, epoch: int, loss: float) -> None:
        """Move the bar, which covers one epoch."""
        self._num_steps += 1
        part = f"{self._part}, epoch" if self._part else "Epoch"
        shown = f"{part} {epoch}/{self._max_epochs}, loss {loss:.2f}"
        self._bar.update(self._task, completed=self._num_steps, description=shown)

    def show(self, record: EpochRecord, *, is_best: bool = False) -> None:
        """Log the line of an epoch, and the header before the first one."""
        self._num_steps = 0
        if not self._has_header:
            names = ["loss", *record.validation.metrics]
            logger.info("%s", "  ".join(["epoch", *(n.rjust(COLUMN) for n in names), "seconds"]))
            self._has_header = True
        loss = f"{sum(record.losses.values()):.3f}" if record.losses else NO_LOSS
        cells = [loss, *(f"{value:.3f}" for value in record.validation.metrics.values())]
        columns = [cell.rjust(COLUMN) for cell in cells]
        line = "  ".join([f"{record.epoch:5d}", *columns, f"{record.seconds:7.0f}"])
        logger.info("%s%s", line, "  best" if is_best else "")
