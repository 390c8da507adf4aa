"""Keeps a process that works on items: ends it when one takes too long, begins another.

An item that ends its process, as one that needs too much memory does, ends no worker of Dask.
"""

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Event, Lock, Timer
from typing import Any

from gapjunction.cluster.work import TRIES, Outcome, SetAsideError, Work

BEGIN_S = 600.0  # to import, and to read a model over a network
# Each library that computes has its own number of threads.
THREAD_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
OTHER_THREADS = {"TIFFFILE_NUM_THREADS": "1"}


class CalledOffError(Exception):
    """The work was ended while some of it was waiting or being done."""

    def __init__(self) -> None:
        super().__init__("the work was called off")


class Supervised:
    """A process that does `work`, begun anew whenever it ended."""

    def __init__(self, work: Work, device: str | None) -> None:
        self._work, self._device = work, device
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over, self._beginning = False, Lock()  # no process begins once it is over
        self._at_work = Lock()

    def do(self, number: int, item: Any) -> Outcome:
        """Return what becomes of an item; one that was tried in vain has an error that says so.

        Raises:
            CalledOffError: if `end` was called.
            Exception: what the process raised before its first item.
        """
        reason = ""
        with self._at_work:
            for _ in range(TRIES):
                process = self._ready()
                outcome = self._asked(process, (number, item), self._work.time_limit_s)
                if isinstance(outcome, Outcome):
                    return outcome
                reason = outcome
        return Outcome(number, None, SetAsideError(f"{TRIES} tries in vain: {reason}"))

    def end(self) -> None:
        """End the process for good, whatever it is doing."""
        with self._beginning:
            self._is_over = True
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            with self._at_work:  # whoever reads of it has seen that it ended
                _close(self._process)

    def _ready(self) -> "subprocess.Popen[bytes]":
        with self._beginning:
            if self._is_over:
                raise CalledOffError
            if self._process is not None and self._process.poll() is None:
                return self._process
            process = self._process = _begun(self._work, self._device)
        outcome = self._asked(process, self._work.begin, BEGIN_S)
        if self._is_over:
            raise CalledOffError
        if not isinstance(outcome, Outcome):
            raise RuntimeError(f"a worker could not begin: {outcome}")
        if outcome.error is not None:
            raise outcome.error
        return process

    def _asked(
        self, process: "subprocess.Popen[bytes]", what: Any, limit_s: float
    ) -> Outcome | str:
        """Return what a process answers, or how it ended."""
        if process.stdin is None or process.stdout is None:
            raise TypeError("a process with pipes is needed")
        is_late = Event()
        clock = Timer(limit_s, _end_late, [process, is_late])
        clock.daemon = True
        clock.start()
        try:
            pickle.dump(what, process.stdin)
            process.stdin.flush()
            outcome: Outcome = pickle.load(process.stdout)  # noqa: S301 - our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            ending = _ending(process.wait())
            _close(process)
            return f"it took more than {limit_s:g} s" if is_late.is_set() else ending
        finally:
            clock.cancel()
        return outcome


def _begun(work: Work, device: str | None) -> "subprocess.Popen[bytes]":
    threads = dict.fromkeys(THREAD_SETTINGS, str(work.num_threads)) | OTHER_THREADS
    devices = {} if device is None else {"CUDA_VISIBLE_DEVICES": device}
    # As in this process, what it imports is also where only this one was told to look.
    program = f"import sys; sys.path[:] = {sys.path!r}; from gapjunction.cluster import child"
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", f"{program}; child.main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | threads | devices,
        start_new_session=True,  # Ctrl-C is for the process that began it
    )


def _end_late(process: "subprocess.Popen[bytes]", is_late: Event) -> None:
    is_late.set()
    process.kill()


def _close(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not yet sent has no reader any more
                pipe.close()


def _ending(code: int) -> str:
    if code >= 0:
        return f"the process ended with exit code {code}"
    is_of_memory = code == -signal.SIGKILL
    ending = f"the process was ended by {signal.Signals(-code).name}"
    return f"{ending}, as where memory is lacking" if is_of_memory else ending
