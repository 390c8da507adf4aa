"""What is to be done with items, and what became of one: what passes between the processes."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

TRIES = 2  # of an item that ends its process, or takes too long

Begin = Callable[[], Callable[[Any], Any]]
Said = tuple[int, str]  # level of a message, and its text


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with every item.

    Attributes:
        begin: pickled; called once in each process, returns what is called with an item.
        num_threads: of each process, for arithmetic.
        time_limit_s: an item that takes longer is tried again, and then set aside.
        devices: of this machine, to be shared out among its workers; empty leaves them alone.
        name: of this work alone, so that ending it ends no other that is like it.
    """

    begin: bytes
    num_threads: int
    time_limit_s: float
    devices: tuple[str, ...] = ()
    name: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def of(
        cls,
        begin: Begin,
        *,
        num_threads: int,
        time_limit_s: float,
        devices: tuple[str, ...] = (),
    ) -> "Work":
        """Return the work that `begin`, which other processes can import, begins."""
        return cls(pickle.dumps(begin), num_threads, time_limit_s, devices)


class SetAsideError(Exception):
    """An item that was tried in vain as often as any is; the text says what happened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item.

    Attributes:
        number: of the item, as it was handed out.
        result: None where there is an error.
        said: messages of the process that did it.
    """

    number: int
    result: Any
    error: Exception | None = None
    said: tuple[Said, ...] = ()
