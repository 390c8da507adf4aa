"""A training from the page, in a process of its own: predict, train, predict again, compare.

`python -m gapjunction.review.training_job FOLDER` does what FOLDER/job.json says. The page follows
the files in that folder, and the work goes on if the page, or its server, ends.
"""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from gapjunction.benchmark.measured_predictions import measure_predictions, pair_with_truth
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.config import StrictConfig, build_config
from gapjunction.errors import DatasetError, GapJunctionError
from gapjunction.files import write_text
from gapjunction.locks import alone_in
from gapjunction.metrics.matching import UNMATCHED, match_detections
from gapjunction.outside_text import read_json

JOB_NAME, STATUS_NAME, LOG_NAME = "job.json", "status.json", "log.txt"
RUN, BEFORE, AFTER = "run", "before", "predictions"
IOU = 0.5
MIN_SCORE = "0.05"  # boxes below the threshold are shown as doubtful ones
WORK = "gapjunction review (training)"

Step = Literal["waiting", "predicting_before", "training", "predicting", "comparing"]
Preset = Literal["medium_quality", "high_quality", "best_quality"]
JobState = Literal["running", "done", "failed", "cancelled"]


class Job(StrictConfig):
    """What to do.

    Attributes:
        data: the dataset, or folder of datasets.
        weights: run folder to start from; None: what comes with the package.
        preset: of these weights.
        test_assets: dataset and asset of what is kept for testing.
        is_quick: without cross-validation and without simulated tiles beside the user's.
    """

    data: Path
    splits: Path
    weights: Path | None = None
    preset: Preset = "medium_quality"
    test_assets: tuple[tuple[str, str], ...] = ()
    epochs: int | None = Field(default=None, ge=1, le=10_000)
    is_quick: bool = False


class Scores(StrictConfig):
    """How good the model is on images that are kept for testing.

    Attributes:
        f1: at IoU 0.5, over all boxes.
        count_error: mean difference of the counts of an image, whatever its sign.
    """

    num_images: int
    f1: float
    count_error: float


class JobStatus(StrictConfig):
    """How far a job is; `pid` is of its process on `host`."""

    state: JobState = "running"
    step: Step = "waiting"
    pid: int = 0
    host: str = ""
    message: str = ""
    before: Scores | None = None
    after: Scores | None = None


def write_status(folder: Path, status: JobStatus) -> None:
    """Write how far a job is."""
    write_text(folder / STATUS_NAME, status.model_dump_json(indent=2) + "\n")


def read_status(folder: Path) -> JobStatus:
    """Read how far a job is.

    Raises:
        GapJunctionError: if the file cannot be read.
    """
    path = folder / STATUS_NAME
    return build_config(JobStatus, read_json(path, DatasetError), path)


def read_job(folder: Path) -> Job:
    """Read what a job is to do.

    Raises:
        GapJunctionError: if the file cannot be read.
    """
    path = folder / JOB_NAME
    return build_config(Job, read_json(path, DatasetError), path)


def commands_of(job: Job, folder: Path) -> list[tuple[Step, list[str]]]:
    """Return the commands of a job, without what calls them, and the step that each is."""
    data, run = str(job.data), str(folder / RUN)
    start = [] if job.weights is None else ["--checkpoint", str(job.weights)]
    weights = [] if job.weights is None else ["--weights", str(job.weights)]
    epochs = [] if job.epochs is None else ["--max_epochs", str(job.epochs)]
    quick = ["--folds", "1", "--rehearse", "0"] if job.is_quick else []
    before: tuple[Step, list[str]] = (
        "predicting_before",
        ["predict", data, *start, "--annotated_only", "--output", str(folder / BEFORE)],
    )
    train = ["train", data, "--presets", job.preset, *weights, *epochs, *quick]
    after = ["predict", data, "--checkpoint", run, "--min_score", MIN_SCORE]
    return [
        *([before] if job.test_assets else []),
        ("training", [*train, "--splits", str(job.splits), "--output", run]),
        ("predicting", [*after, "--output", str(folder / AFTER)]),
    ]


def scores_on(data: Path, predictions: Path, assets: Sequence[tuple[str, str]]) -> Scores | None:
    """Return how good predictions are on annotated images of some assets; None without any.

    Raises:
        GapJunctionError: if the predictions do not fit the data.
    """
    pairs = pair_with_truth(measure_predictions(data, predictions, None))
    return None if pairs is None else _scores(pairs, frozenset(assets))


def run_job(folder: Path) -> JobStatus:
    """Do a job; return how it ended, which its files tell as well.

    Raises:
        GapJunctionError: if the job cannot be read, or is done by another process.
    """
    job = read_job(folder)
    status = read_status(folder).but(pid=os.getpid(), host=socket.gethostname())
    with alone_in(folder, WORK), (folder / LOG_NAME).open("ab") as log:
        for step, arguments in commands_of(job, folder):
            status = status.but(step=step, message="")
            write_status(folder, status)
            command = [sys.executable, "-m", "gapjunction", *arguments]
            ended = subprocess.run(  # noqa: S603 - a command of ours
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
            )
            if ended.returncode:
                return _ended(folder, status.but(state="failed", message=last_line(folder)))
        status = status.but(step="comparing")
        write_status(folder, status)
        return _ended(folder, _compared(job, folder, status))


def last_line(folder: Path) -> str:
    """Return the last thing that a command of a job said."""
    path = folder / LOG_NAME
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _compared(job: Job, folder: Path, status: JobStatus) -> JobStatus:
    if not job.test_assets:
        line = "no animal is kept for testing: that needs three with images that are done"
        return status.but(state="done", message=line)
    before, after = (
        scores_on(job.data, folder / name, job.test_assets) for name in (BEFORE, AFTER)
    )
    return status.but(state="done", before=before, after=after)


def _scores(pairs: PairedDetections, assets: frozenset[tuple[str, str]]) -> Scores | None:
    rows = [
        (truth, found)
        for truth, found, asset in zip(pairs.truth, pairs.found, pairs.assets, strict=True)
        if (asset.dataset, asset.asset) in assets
    ]
    if not rows:
        return None
    matched = sum(
        int((match_detections(truth, found, IOU) != UNMATCHED).sum()) for truth, found in rows
    )
    num_boxes = sum(len(truth) + len(found) for truth, found in rows)
    errors = [abs(len(truth) - len(found)) for truth, found in rows]
    f1 = 2 * matched / num_boxes if num_boxes else 1.0
    return Scores(num_images=len(rows), f1=f1, count_error=float(np.mean(errors)))


def _ended(folder: Path, status: JobStatus) -> JobStatus:
    write_status(folder, status)
    return status


def main(arguments: Sequence[str]) -> int:
    """Do the job in the folder that is named; return 0, or 1 if it failed."""
    [folder] = map(Path, arguments)
    try:
        return 0 if run_job(folder).state == "done" else 1
    except (GapJunctionError, OSError) as error:
        logging.getLogger(__name__).warning("%s", error)
        write_status(folder, JobStatus(state="failed", message=str(error)))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
