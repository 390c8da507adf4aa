"""How far a training of the page is, read from the tables that its run writes after each epoch."""

import csv
import io
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapjunction.errors import GapJunctionError
from gapjunction.outside_text import read_text, read_yaml
from gapjunction.review.training_job import RUN, JobStatus, Scores, Step, last_line

HISTORY_NAME, SETTINGS_NAME, FOLDS_NAME = "history.csv", "settings.yaml", "folds"  # in a run folder
LONGEST_NUMBER = 9  # digits of a fold, which come before "final"
NUMBERS = {"val_f1": "F1", "val_count_error": "count error, share"}
MINUTE_S, HOUR_MIN = 60, 60
STEPS: dict[Step, str] = {
    "waiting": "Starting",
    "predicting_before": "Finding what the model knew before",
    "training": "Training",
    "predicting": "Predicting the rest again",
    "comparing": "Comparing",
}

Json = dict[str, Any]
NOTHING_YET: Json = {"message": "", "share": None, "numbers": [], "curves": [], "change": []}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a training, a fold or the whole: the rows of its epochs so far, from epoch 0."""

    name: str
    rows: Sequence[dict[str, str]]
    written: float


def progress_facts(status: JobStatus, folder: Path) -> Json:
    """Return how far the job in a folder is, as the page shows it.

    That is a line; while it is at work the share that is done at least, and numbers with their
    names; the loss and F1 of each epoch; and rows of what came of it.
    """
    parts = _parts_of(folder / RUN)
    is_running = status.state == "running"
    is_training = is_running and status.step == "training" and bool(parts)
    most, of_all = _epochs(folder / RUN)
    return {
        "state": status.state,
        "message": _message(status, parts, folder),
        "share": _share(parts, of_all) if is_training else None,
        "numbers": _numbers(parts, most, of_all) if is_training else [],
        "curves": [_point(row) for row in parts[-1].rows] if parts else [],
        "change": _change(status.before, status.after),
    }


def settings_of(run: Path) -> Json:
    """Return the settings of a run folder; none before it has begun.

    Raises:
        GapJunctionError: if they cannot be read.
    """
    path = run / SETTINGS_NAME
    settings = read_yaml(path) if path.is_file() else None
    return settings if isinstance(settings, dict) else {}


def _parts_of(run: Path) -> list[Part]:
    """Return the parts that have begun: folds and all images after them, or the one training."""
    folds = (run / FOLDS_NAME).glob(f"*/{HISTORY_NAME}")
    tables = sorted(folds, key=lambda path: path.parent.name.rjust(LONGEST_NUMBER))
    names = [f"fold {path.parent.name}" for path in tables]
    if names and not tables[-1].parent.name.isdecimal():
        names[-1] = "all images"
    if not tables:
        tables, names = [run / HISTORY_NAME], [""]
    parts = []
    for name, path in zip(names, tables, strict=True):
        with suppress(FileNotFoundError, GapJunctionError):  # not yet, or no more
            rows = list(csv.DictReader(io.StringIO(read_text(path))))
            parts.append(Part(name, rows, path.stat().st_mtime))
    return [part for part in parts if part.rows]


def _message(status: JobStatus, parts: Sequence[Part], folder: Path) -> str:
    if status.state != "running":
        return status.message or (last_line(folder) if status.state == "failed" else "")
    of_what = f": {parts[-1].name}" if status.step == "training" and parts[-1:] else ""
    return f"{STEPS[status.step]}{of_what}".removesuffix(": ")


def _epochs(run: Path) -> tuple[int, int]:
    """Return how many epochs a part has at most, and how many all parts together; 0: unknown."""
    settings: Json = {}
    with suppress(GapJunctionError):
        settings = settings_of(run)
    training, folds = settings.get("training"), settings.get("num_folds")
    most = training.get("max_epochs") if isinstance(training, dict) else None
    most = most if isinstance(most, int) else 0
    return most, most * (folds + 1 if isinstance(folds, int) and folds > 1 else 1)


def _share(parts: Sequence[Part], of_all: int) -> float | None:
    return min(sum(_done(part) for part in parts) / of_all, 1.0) if of_all else None


def _numbers(parts: Sequence[Part], most: int, of_all: int) -> list[tuple[str, str]]:
    """Return names and numbers of the newest epoch."""
    row = parts[-1].rows[-1]
    losses = {"loss_": "loss", "val_loss_": "loss, held out"}
    left = _time_left(parts, of_all)
    return [
        ("epoch", f"{_done(parts[-1])} of {most}" if most else str(_done(parts[-1]))),
        *((name, f"{loss:.3f}") for key, name in losses.items() if (loss := _loss(row, key))),
        *((name, f"{float(row[key]):.3f}") for key, name in NUMBERS.items() if row.get(key)),
        *([("time left, at most", left)] if left else []),
    ]


def _time_left(parts: Sequence[Part], of_all: int) -> str:
    """Return how long the epochs that may follow take, if as long as those so far; "": unknown."""
    epochs = [float(row["seconds"]) for part in parts for row in part.rows[1:] if "seconds" in row]
    if not epochs or not of_all:
        return ""
    per_epoch = sum(epochs) / len(epochs)
    since = min(max(time.time() - parts[-1].written, 0), per_epoch)
    minutes = round((per_epoch * (of_all - sum(map(_done, parts))) - since) / MINUTE_S)
    if minutes < 1:
        return "a minute"
    hours, rest = divmod(minutes, HOUR_MIN)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def _done(part: Part) -> int:
    return int(part.rows[-1]["epoch"])


def _point(row: dict[str, str]) -> Json:
    """Return the loss and F1 of an epoch; the start has no loss."""
    f1 = row.get("val_f1")
    return {
        "epoch": int(row["epoch"]),
        "loss": _loss(row, "loss_"),
        "f1": float(f1) if f1 else None,
    }


def _loss(row: dict[str, str], prefix: str) -> float | None:
    losses = [float(text) for name, text in row.items() if name.startswith(prefix) and text]
    return sum(losses) if losses else None


def _change(before: Scores | None, after: Scores | None) -> list[tuple[str, str, str]]:
    """Return the rows of a table of what a training changed."""
    if before is None or after is None:
        return []
    return [
        ("animals kept for testing", "before", "after"),
        ("F1", f"{before.f1:.3f}", f"{after.f1:.3f}"),
        ("count error", f"{before.count_error:.3f}", f"{after.count_error:.3f}"),
    ]
