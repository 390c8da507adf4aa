"""Writes down what a training run does: table, curves, weights, model card."""

import csv
import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import nn

from gapjunction.files import write_text, written_whole
from gapjunction.models.checkpoint import save_checkpoint
from gapjunction.report.training_curves import training_figure
from gapjunction.runs.card import write_card
from gapjunction.runs.data import TrainingData
from gapjunction.runs.folder import CURVES_NAME, HISTORY_NAME, RunSettings
from gapjunction.runs.validation import THRESHOLD
from gapjunction.training.records import EpochRecord, best_record

logger = logging.getLogger(__name__)


def write_table(folder: Path, records: list[EpochRecord]) -> None:
    """Write the table of all epochs; training does not end where that fails."""
    with _warning_if_it_fails():
        write_text(folder / HISTORY_NAME, _history(records))


def write_history(folder: Path, records: list[EpochRecord]) -> None:
    """Write the table and the curves of all epochs; training does not end where that fails."""
    write_table(folder, records)
    with _warning_if_it_fails():
        figure = training_figure(
            [_total(record.losses) for record in records],
            [_total(record.validation.losses) for record in records],
            [record.validation.metrics for record in records],
            best_record(records).epoch,
        )
        with written_whole(folder / CURVES_NAME) as partial:
            figure.savefig(partial)


def keep_weights(
    model: nn.Module,
    settings: RunSettings,
    data: TrainingData,
    folder: Path,
    records: list[EpochRecord],
) -> None:
    """Write `model` as the weights of the best epoch, with its threshold, and their card.

    Where that is the start, it stays what it was, but for a channel that was asked for: its own
    threshold is for images of which what shines in other channels is left out.
    """
    best = best_record(records)
    if best.epoch == 0 and settings.start_channel is not None:
        own = (settings.start_channel, settings.start_stain)
        channel, stain = (settings.channel, None) if settings.channel else own
        fitted: dict[str, Any] = {"channel": channel, "stain": stain}
    else:
        fitted = {
            "score_threshold": best.validation.metrics[THRESHOLD],
            "calibration": best.validation.calibration,
        }
    if best.epoch > 0:  # other weights doubt other things
        fitted |= {"salience": None, "brightness": None}
    config = settings.detector.but(**fitted)
    save_checkpoint(model, config, folder)
    write_card(folder, settings, data, config, records)


@contextmanager
def _warning_if_it_fails() -> Iterator[None]:
    try:
        yield
    except OSError as error:  # such as a table that is open in Excel
        logger.warning("could not write the table or the curves: %s", error)


def _total(losses: Mapping[str, float]) -> float | None:
    """Return the sum of losses; None without any, as at the start."""
    return sum(losses.values()) if losses else None


def _history(records: list[EpochRecord]) -> str:
    """Return all records as CSV."""
    rows = [
        {
            "epoch": record.epoch,
            **record.named_values(),
            "seconds": round(record.seconds, 2),
        }
        for record in records
    ]
    text = io.StringIO()
    # The first epoch, the start, has no losses.
    writer = csv.DictWriter(text, list(rows[-1]), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
