"""A few minutes of training DINO-R50 from random weights, as a user does it: part 4."""

import csv
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gapjunction.models.checkpoint import CONFIG_NAME
from gapjunction.runs.folder import HISTORY_NAME

GRACE_S = 60


def measure_short_training(
    data: Path, output: Path, seconds: float, options: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Train until the time is over, predict with the best epoch, and yield the epochs' losses.

    Run folder and overlays are left in `output`.
    """
    run = output / "run"
    given = ["train", str(data), "--output", str(run), "--weights", "none", *options]
    yield {"step": "train", **_run_for(given, seconds)}
    for line in _epochs(run):
        yield {"step": "epoch", **line}
    if (run / CONFIG_NAME).is_file():
        found = output / "predictions"
        given = ["predict", str(data), "--checkpoint", str(run), "--output", str(found)]
        yield {"step": "predict", **_run_for([*given, "--overlays"], seconds)}


def _epochs(run: Path) -> list[dict[str, str]]:
    path = run / HISTORY_NAME
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _run_for(arguments: Sequence[str], seconds: float) -> dict[str, Any]:
    """Run a command of ours; interrupt it as Ctrl-C does once the time is over."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "gapjunction", *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _, told = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=GRACE_S)
    spent = time.monotonic() - started
    return {"seconds": spent, "code": process.returncode, "told": told.strip()[-400:]}
