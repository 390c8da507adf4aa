"""A process that does the work: it takes items from its input and gives answers to its output.

It ends when its input does, whatever it is doing, so that none outlives the process that began it.
"""

import logging
import os
import pickle
import sys
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

from gapjunction.cluster.work import Outcome, Said

IDLE_S = 600.0  # without an item: whoever would send one is gone


def main() -> None:
    """Do what comes in until nothing comes any more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    said = _listen()
    incoming: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(sys.stdin.buffer, incoming), daemon=True).start()
    try:
        work = pickle.loads(incoming.get())()  # noqa: S301 - from the process that began this one
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        _answer(answers, Outcome(-1, None, _sendable(error)))
        return
    _answer(answers, Outcome(-1, None))
    while True:
        try:
            number, item = incoming.get(timeout=IDLE_S)
        except Empty:
            return
        said.clear()
        try:
            outcome = Outcome(number, work(item), None, tuple(said))
        except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
            outcome = Outcome(number, None, _sendable(error), tuple(said))
        _answer(answers, outcome)


class _Kept(logging.Handler):
    """Keeps messages, for the process that shows them."""

    def __init__(self, said: list[Said]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append((record.levelno, record.getMessage()))


def _listen() -> list[Said]:
    said: list[Said] = []
    ours = logging.getLogger("gapjunction")
    ours.setLevel(logging.INFO)
    ours.addHandler(_Kept(said))
    ours.propagate = False
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # a damaged file is an error of ours
    return said


def _receive(source: IO[bytes], incoming: "SimpleQueue[Any]") -> None:
    """Put what comes in into a queue; end the process when the input ends."""
    while True:
        try:
            incoming.put(pickle.load(source))  # noqa: S301 - from the process that began this one
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(1)


def _answer(answers: IO[bytes], outcome: Outcome) -> None:
    pickle.dump(outcome, answers)
    answers.flush()


def _sendable(error: Exception) -> Exception:
    """Return the error, or one with its text where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - it was made here
    except Exception:  # noqa: BLE001 - constructors of errors may raise anything
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
