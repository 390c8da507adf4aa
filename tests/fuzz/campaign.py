"""Try any number of inputs in processes of their own, and count how they ended."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

from fuzz.trial import MOST_SECONDS, Failure, Trial
from fuzz.worker import work

BLOCK = 2500  # inputs; then a process ends, with its temporary files and whatever else it keeps
STARTING = 600.0  # seconds; a busy machine takes minutes to load torch, which is no input's fault
MOST_SILENCE = 3 * MOST_SECONDS  # of a process that hangs where Python cannot interrupt it


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to try; the same seed gives the same inputs, whatever their number."""

    number: int
    seed: int
    num_workers: int
    kept: Path


@dataclass
class Summary:
    """How the inputs ended that were tried so far."""

    num_inputs: int = 0
    num_refused: int = 0
    longest: tuple[float, str] = (0.0, "none")
    largest: tuple[int, str] = (0, "none")
    failures: list[tuple[int, str, Failure]] = field(default_factory=list)

    def add(self, number: int, trial: Trial) -> None:
        """Count one input."""
        self.num_inputs += 1
        self.num_refused += trial.is_refused
        about = f"input {number}, {trial.target}"
        self.longest = max(self.longest, (trial.seconds, about))
        self.largest = max(self.largest, (trial.memory, about))
        self.failures += [(number, trial.target, failure) for failure in trial.failures]

    def __str__(self) -> str:
        kinds = Counter(failure.kind for _, _, failure in self.failures)
        lines = [
            f"{self.num_inputs:,} inputs, {self.num_refused:,} refused",
            f"longest time: {self.longest[0]:.1f} s ({self.longest[1]})",
            f"largest memory of a process: {self.largest[0] / 1e9:.2f} GB ({self.largest[1]})",
            *(f"{kind}: {kinds[kind]:,}" for kind in KINDS),
        ]
        return "\n".join(lines)


KINDS = (
    *("traceback", "too long", "memory", "died", "input changed", "half written"),
    *("names no file", "long refusal", "several lines"),
)


def trials_of(campaign: Campaign) -> Iterator[tuple[int, Trial]]:
    """Yield each input's number and how it ended, in the order in which they end."""
    blocks = [
        list(range(start, min(start + BLOCK, campaign.number)))
        for start in range(0, campaign.number, BLOCK)
    ]
    running: list[_Running] = []
    try:
        while blocks or running:
            while blocks and len(running) < campaign.num_workers:
                running.append(_Running(campaign, blocks.pop(0)))
            for each in _ready(running):
                yield from each.receive()
                if each.is_over:
                    running.remove(each)
                    each.stop()
                    if each.waiting:
                        blocks.insert(0, each.waiting)
    finally:
        for each in running:
            each.stop()


class _Running:
    """A process with the numbers that it has not tried yet."""

    def __init__(self, campaign: Campaign, numbers: list[int]) -> None:
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        self._process = context.Process(
            target=work, args=(other, numbers, campaign.seed, campaign.kept), daemon=True
        )
        self._process.start()
        other.close()
        self.waiting = numbers
        self.is_over = False
        self._heard = time.monotonic() + STARTING

    def receive(self) -> Iterator[tuple[int, Trial]]:
        """Yield a trial that ended, or that ended the process."""
        try:
            message = self._next_message()
        except (EOFError, ConnectionError):
            self.is_over = True
            if not self.waiting:
                return
            self._process.join(timeout=MOST_SECONDS)
            yield self._failed("died", f"exit code {self._process.exitcode}")
            return
        if message is None:
            self.is_over = True
            yield self._failed("too long", f"nothing for {MOST_SILENCE:g} s, not even an alarm")
        elif isinstance(message, Trial):
            yield self.waiting.pop(0), message
            self.is_over = any(failure.kind == "memory" for failure in message.failures)

    def is_silent(self) -> bool:
        """Tell whether nothing was heard of the process for too long."""
        return time.monotonic() - self._heard > MOST_SILENCE

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.connection.close()

    def _next_message(self) -> object:
        if not self.connection.poll():
            return None
        message: object = self.connection.recv()
        self._heard = time.monotonic()
        return message

    def _failed(self, kind: str, detail: str) -> tuple[int, Trial]:
        number = self.waiting.pop(0)
        return number, Trial("unknown", "", False, (Failure(kind, detail),), 0.0, 0)


def _ready(running: list[_Running]) -> list[_Running]:
    """Return the processes that have something to say, or have had nothing for too long."""
    connections: list[Connection] = [each.connection for each in running]
    talking = wait(connections, timeout=1)
    return [each for each in running if each.connection in talking or each.is_silent()]
