"""One of several training processes, as `accelerate launch` starts them on one or more hosts."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from accelerate import PartialState
from accelerate.utils import broadcast_object_list

# The others wait while the main process checks images, downloads weights or validates.
PATIENCE = timedelta(hours=12)
STOPPED = 2

Value = TypeVar("Value")


def num_processes() -> int:
    """Return how many processes a launcher started; 1 without one."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_one_of_several() -> bool:
    """Tell whether a launcher started this process as one of several."""
    return num_processes() > 1


def is_main_process() -> bool:
    """Tell whether this process is the one that writes and speaks for all."""
    return int(os.environ.get("RANK", "0")) == 0


def join_processes(*, use_cpu: bool) -> None:
    """Get in touch with the other processes, if there are any; each has to call it."""
    PartialState(cpu=use_cpu, timeout=PATIENCE)


def leave_to_main() -> None:
    """Part from the other processes; end this one unless it is the main process.

    Raises:
        SystemExit: in the others, as they have nothing to tell.
    """
    PartialState().destroy_process_group()
    if not is_main_process():
        raise SystemExit(0)


def made_by_main(make: Callable[[], Value]) -> Value:
    """Return in all processes what `make` returns in the main one, the only one to call it.

    Raises:
        SystemExit: in the others, if `make` raises in the main process.
    """
    made: list[Value | None] = [None]
    try:
        if is_main_process():
            made = [make()]
    finally:
        broadcast_object_list(made)
    if made[0] is None:
        raise SystemExit(STOPPED)
    return made[0]
