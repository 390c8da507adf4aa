"""Hands items to the workers of a cluster, and back what became of them, whatever is lost.

A bounded number of items is on its way at any time, however many there are.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from gapjunction.cluster.on_worker import Numbered, end_processes, work_on
from gapjunction.cluster.work import TRIES, Outcome, SetAsideError, Work
from gapjunction.errors import ConfigError
from gapjunction.optional_packages import import_optional

FEWEST_WAITING = 64  # parcels
WAITING_EACH = 4  # parcels for each thread of a worker

Parcel = Sequence[Numbered]  # what goes to a worker at once


def distribute(client: Any, work: Work, parcels: Iterable[Parcel]) -> Generator[Outcome]:
    """Yield what became of each item, in the order in which they are done.

    An item whose workers are lost again and again is set aside, as one that ends its process is.

    Raises:
        ConfigError: if the scheduler is lost.
        Exception: what a worker raised before its first item.
    """
    distributed = import_optional("distributed")
    waiting = iter(parcels)
    sent = _Sent(client, work)
    done = distributed.as_completed([])
    try:
        while True:
            for parcel in islice(waiting, max(_capacity(client) - sent.num_waiting, 1)):
                done.add(sent.send(parcel))
            if not sent.num_waiting:
                return
            future = next(done)
            outcomes, again = sent.received(future)
            for parcel in again:
                done.add(sent.send(parcel))
            yield from outcomes
    finally:
        if sent.num_waiting:
            sent.cancel()
            end_work(client, work)


def end_work(client: Any, work: Work) -> None:
    """End the processes that did `work`, whatever they are doing."""
    with suppress(OSError, ValueError, TimeoutError):  # a lost scheduler knows no workers
        client.run(end_processes, work, on_error="ignore")


class _Sent:
    """The parcels on their way, and how often the workers of some were lost."""

    def __init__(self, client: Any, work: Work) -> None:
        self._client, self._work = client, work
        self._parcels: dict[str, tuple[Any, Parcel]] = {}
        self._num_lost: dict[int, int] = {}

    @property
    def num_waiting(self) -> int:
        return len(self._parcels)

    def send(self, parcel: Parcel) -> Any:
        """Return the future of a parcel."""
        future = self._client.submit(work_on, self._work, parcel, pure=False)
        self._parcels[future.key] = future, parcel
        return future

    def received(self, future: Any) -> tuple[list[Outcome], list[Parcel]]:
        """Return what became of the items of a parcel, and what is to be sent again."""
        _, parcel = self._parcels.pop(future.key)
        if future.status == "finished":
            return future.result(), []
        if future.status != "error":
            raise _lost(self._client)
        error = future.exception()
        if not isinstance(error, import_optional("distributed").KilledWorker):
            raise error
        for number, _ in parcel:
            self._num_lost[number] = self._num_lost.get(number, 0) + 1
        given_up = [each for each in parcel if self._num_lost[each[0]] >= TRIES]
        reason = "workers were lost again and again while they had it"
        outcomes = [Outcome(number, None, SetAsideError(reason)) for number, _ in given_up]
        return outcomes, [[each] for each in parcel if each not in given_up]

    def cancel(self) -> None:
        """Take back what was sent and is not being done yet."""
        with suppress(OSError, ValueError, TimeoutError):  # a lost scheduler has none
            futures = [future for future, _ in self._parcels.values()]
            self._client.cancel(futures, force=True)


def _capacity(client: Any) -> int:
    num_threads: int = sum(client.nthreads().values())
    return max(FEWEST_WAITING, WAITING_EACH * num_threads)


def _lost(client: Any) -> ConfigError:
    return ConfigError(
        client.scheduler.address if client.scheduler else "scheduler",
        expected="a scheduler that runs until all is done",
        found="that it ended",
        fix="give the command again: what is finished is kept",
        settings=("cluster",),
    )


def parcels_of(
    items: Iterable[tuple[Any, int]], most_items: int, most_size: int
) -> Iterator[Parcel]:
    """Yield the items, numbered from 0 on, in parcels; each item comes with its size.

    A parcel with more than one item has at most `most_items`, of `most_size` together.
    """
    parcel: list[Numbered] = []
    total = 0
    for number, (item, size) in enumerate(items):
        if parcel and (len(parcel) == most_items or total + size > most_size):
            yield parcel
            parcel, total = [], 0
        parcel.append((number, item))
        total += size
    if parcel:
        yield parcel
