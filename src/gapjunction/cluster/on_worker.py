"""What runs in a worker of Dask: it hands items to processes that are kept from task to task.

A module of Dask's workers cannot be given a state from outside, so that this one keeps some.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from gapjunction.cluster.supervised import CalledOffError, Supervised
from gapjunction.cluster.work import Outcome, Work
from gapjunction.optional_packages import import_optional

Numbered = tuple[int, Any]

_all: dict[Work, list[Supervised]] = {}
_idle: dict[Work, list[Supervised]] = {}
_ended: set[str] = set()  # names of works: tasks of theirs may still arrive
_lock = Lock()


def work_on(work: Work, items: Sequence[Numbered]) -> list[Outcome]:
    """Return what becomes of items, one after the other.

    Raises:
        CalledOffError: if the work was ended.
        Exception: what a process raised before its first item.
    """
    with _borrowed(work) as process:
        return [process.do(number, item) for number, item in items]


def end_processes(work: Work) -> None:
    """End all processes of this worker that do `work`, whatever they are doing, for good."""
    with _lock:
        _ended.add(work.name)
        _idle.pop(work, None)
        processes = _all.pop(work, [])
    for process in processes:
        process.end()


@contextmanager
def _borrowed(work: Work) -> Iterator[Supervised]:
    """Give a process that no other thread of the worker has; the next one is given it again."""
    with _lock:
        if work.name in _ended:
            raise CalledOffError
        idle = _idle.setdefault(work, [])
        process = idle.pop() if idle else Supervised(work, _device(work))
        known = _all.setdefault(work, [])
        if process not in known:
            known.append(process)
    try:
        yield process
    finally:
        with _lock:
            if work in _idle:
                _idle[work].append(process)


def _device(work: Work) -> str | None:
    """Return the device that is this worker's share: workers on this machine are numbered."""
    if not work.devices:
        return None
    name = import_optional("distributed").get_worker().name
    return work.devices[int(name) % len(work.devices)]
