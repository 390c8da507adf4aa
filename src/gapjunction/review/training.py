"""Training from the page: begun, followed by its files, cancelled, taken over when done."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.errors import GapJunctionError
from gapjunction.files import write_text
from gapjunction.prediction_folder import MANIFEST_NAME
from gapjunction.process_ids import is_running
from gapjunction.review.journal import REVIEW_FOLDER
from gapjunction.review.outcome import OperationRefused
from gapjunction.review.training_job import (
    AFTER,
    JOB_NAME,
    LOG_NAME,
    RUN,
    Job,
    JobStatus,
    Preset,
    read_status,
    write_status,
)
from gapjunction.review.training_plan import TrainingPlan, keep_split, plan_training
from gapjunction.review.training_progress import NOTHING_YET, progress_facts, settings_of

TRAINING_FOLDER, JOB_MODULE = "training", "gapjunction.review.training_job"
USUAL_PRESET: Preset = "medium_quality"
FINISH_S = 5.0  # for a process that was asked to end

Json = dict[str, Any]


class TrainingRequest(StrictConfig):
    """What the page may ask of a training."""

    epochs: int | None = Field(default=None, ge=1, le=10_000)
    quick: bool = False


class Trainings:
    """The trainings of what is reviewed in a folder; one at a time, also over several servers."""

    def __init__(self, root: Path, weights: Path | None) -> None:
        self._root, self._first_weights = root, weights
        self._parent = root / REVIEW_FOLDER / TRAINING_FOLDER
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, request: TrainingRequest) -> TrainingPlan:
        """Begin a training from the current weights.

        Raises:
            OperationRefused: if one runs already, or no image is done.
            GapJunctionError: if a dataset has errors.
        """
        with self._lock:
            if self._status_of(self._newest()).state == "running":
                raise OperationRefused("a training is under way")
            plan = plan_training(self._root)
            if not plan.num_images:
                raise OperationRefused("no image to train on is done yet")
            folder = self._parent / f"{datetime.now():%Y%m%d_%H%M%S_%f}"
            folder.mkdir(parents=True)
            weights = self._weights()
            job = Job(
                data=self._root.absolute(),
                splits=keep_split(self._root, plan).absolute(),
                weights=weights,
                preset=preset_of(weights),
                test_assets=plan.kept,
                epochs=request.epochs,
                is_quick=request.quick,
            )
            write_text(folder / JOB_NAME, job.model_dump_json(indent=2) + "\n")
            write_status(folder, _at_work(0))
            self._process = _started(folder)
            write_status(folder, _at_work(self._process.pid))
            return plan

    def cancel(self) -> None:
        """End a training that is under way, and what it has started.

        Raises:
            OperationRefused: if none is.
        """
        with self._lock:
            folder = self._newest()
            status = self._status_of(folder)
            if folder is None or status.state != "running":
                raise OperationRefused("no training is under way")
            self._stop(folder, status)
            write_status(folder, status.but(state="cancelled", message="cancelled"))

    def finished(self) -> Path | None:
        """Return the newest predictions of a training that is done; None if there are none."""
        return newest_predictions(self._root)

    def facts(self) -> Json:
        """Return how far the newest training is, as the page wants to know it."""
        folder = self._newest()
        if folder is None:
            return {"state": "idle"} | NOTHING_YET
        return progress_facts(self._status_of(folder), folder)

    def _newest(self) -> Path | None:
        folders = sorted(self._parent.glob(f"*/{JOB_NAME}"))
        return folders[-1].parent if folders else None

    def _status_of(self, folder: Path | None) -> JobStatus:
        """Return the status of a training; one whose process is gone has failed."""
        if folder is None:
            return JobStatus(state="done")
        try:
            status = read_status(folder)
        except GapJunctionError as error:
            return JobStatus(state="failed", message=str(error))
        if self._process is not None:
            self._process.poll()
        is_here = status.host == socket.gethostname()
        is_gone = is_here and status.pid and not is_running(status.pid)
        if status.state == "running" and is_gone:
            return status.but(state="failed", message="its process has ended before its end")
        return status

    def _stop(self, folder: Path, status: JobStatus) -> None:
        """End a job's process and what it has started, if it is one: a file may say anything."""
        if self._process is not None and self._process.pid == status.pid:
            _end_session(status.pid)
            self._process.wait(FINISH_S)
        elif _is_job(status.pid, folder):
            _end_session(status.pid)
        else:
            raise OperationRefused(f"end process {status.pid} on {status.host} there")

    def _weights(self) -> Path | None:
        """Return the run that the last finished training left, or what the predictions are of."""
        predictions = self.finished()
        if predictions is not None:
            return (predictions.parent / RUN).absolute()
        return self._first_weights


def newest_predictions(root: Path) -> Path | None:
    """Return the predictions of the newest training in a folder that is done; None without one."""
    jobs = sorted((root / REVIEW_FOLDER / TRAINING_FOLDER).glob(f"*/{AFTER}/{MANIFEST_NAME}"))
    for manifest in reversed(jobs):
        with suppress(GapJunctionError):
            if read_status(manifest.parent.parent).state == "done":
                return manifest.parent
    return None


def preset_of(weights: Path | None) -> Preset:
    """Return the preset of a run folder; the weights of the package, and zip files, tell none.

    Raises:
        GapJunctionError: if its settings cannot be read.
    """
    told = None if weights is None else settings_of(weights).get("preset")
    return next((preset for preset in get_args(Preset) if preset == told), USUAL_PRESET)


def plan_facts(plan: TrainingPlan) -> Json:
    """Return what a training uses, as the page wants to know it."""
    return {
        "images": plan.num_images,
        "animals": plan.num_animals,
        "kept_for_testing": [f"{dataset}/{asset}" for dataset, asset in plan.kept],
    }


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process of a job, which outlives this one."""
    with (folder / LOG_NAME).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", JOB_MODULE, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _at_work(pid: int) -> JobStatus:
    return JobStatus(pid=pid, host=socket.gethostname())


def _is_job(pid: int, folder: Path) -> bool:
    """Tell whether a process is that of a job, begun by a server before; on Linux only."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return {JOB_MODULE.encode(), os.fsencode(folder)} <= set(command)


def _end_session(pid: int) -> None:
    """End a process and all of its session."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
