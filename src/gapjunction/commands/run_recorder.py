"""Writes down what a training run does: table, curves, best weights, model card."""

import csv
import io
import logging
from pathlib import Path
from types import TracebackType
from typing import Self

from torch import nn

from gapjunction.commands.processes import is_main_process, num_processes
from gapjunction.commands.progress import progress_bar
from gapjunction.commands.run_card import write_card
from gapjunction.commands.run_folder import CURVES_NAME, HISTORY_NAME, RunSettings
from gapjunction.commands.training_data import TrainingData
from gapjunction.commands.validation import THRESHOLD
from gapjunction.files import write_text, written_whole
from gapjunction.models.checkpoint import save_checkpoint
from gapjunction.report.training_curves import training_figure
from gapjunction.training.records import EpochRecord, best_record

logger = logging.getLogger(__name__)

MOST_SHOWN = 4  # losses
COLUMN = 11  # characters of a column of the table of epochs


class RunRecorder:
    """Shows a progress bar and a table of epochs, and keeps the run folder up to date."""

    def __init__(self, settings: RunSettings, data: TrainingData, folder: Path) -> None:
        self.settings, self.data, self.folder = settings, data, folder
        self._bar = progress_bar()
        training = settings.training
        tiles_in_step = training.batch_size * num_processes()
        self._steps_per_epoch = -(-training.tiles_per_epoch // tiles_in_step)
        self._task = self._bar.add_task("Training", total=self._steps_per_epoch)
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
        shown = f"Epoch {epoch}/{self.settings.training.max_epochs}, loss {loss:.2f}"
        self._bar.update(self._task, completed=self._num_steps, description=shown)

    def on_epoch(self, model: nn.Module, records: list[EpochRecord], is_best: bool) -> None:
        """Log the last record and write it down; keep the weights if they are the best so far."""
        self._num_steps = 0
        if is_best:
            self._keep(model, records)
        if not self._has_header:
            logger.info("%s", _header(records[-1]))
            self._has_header = True
        logger.info("%s%s", _row(records[-1]), "  best" if is_best else "")
        try:
            self._draw(records)
        except OSError as error:  # such as a table that is open in Excel
            logger.warning("could not write the table or the curves: %s", error)

    def _draw(self, records: list[EpochRecord]) -> None:
        write_text(self.folder / HISTORY_NAME, _history(records))
        best = best_record(records).epoch
        figure = training_figure(
            [_shown_losses(record) for record in records],
            [record.validation.metrics for record in records],
            best,
        )
        with written_whole(self.folder / CURVES_NAME) as partial:
            figure.savefig(partial)

    def _keep(self, model: nn.Module, records: list[EpochRecord]) -> None:
        validation = records[-1].validation
        config = self.settings.detector.model_copy(
            update={
                "score_threshold": validation.metrics[THRESHOLD],
                "calibration": validation.calibration,
            }
        )
        save_checkpoint(model, config, self.folder)
        write_card(self.folder, self.settings, self.data, config, records[-1])


def _header(record: EpochRecord) -> str:
    """Return the first line of the table of epochs; losses come before validation metrics."""
    return "  ".join(["epoch", *(name.rjust(COLUMN) for name in _columns(record)), "seconds"])


def _row(record: EpochRecord) -> str:
    cells = [f"{value:.3f}".rjust(COLUMN) for value in _columns(record).values()]
    return "  ".join([f"{record.epoch:5d}", *cells, f"{record.seconds:7.0f}"])


def _columns(record: EpochRecord) -> dict[str, float]:
    losses = {f"{name} loss": value for name, value in _shown_losses(record).items()}
    return losses | record.validation.metrics


def _shown_losses(record: EpochRecord) -> dict[str, float]:
    """Return the losses, or their sum where they are too many to look at; the table has all."""
    if len(record.losses) <= MOST_SHOWN:
        return record.losses
    return {"total": sum(record.losses.values())}


def _history(records: list[EpochRecord]) -> str:
    """Return all records as CSV."""
    rows = [
        {
            "epoch": record.epoch,
            **{f"loss_{name}": value for name, value in record.losses.items()},
            **{f"val_{name}": value for name, value in record.validation.metrics.items()},
            "learning_rate": record.learning_rate,
            "seconds": round(record.seconds, 2),
        }
        for record in records
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
