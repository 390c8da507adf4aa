"""Several training processes: started here, or by `accelerate launch` on one or more hosts."""

import multiprocessing
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from accelerate import PartialState
from accelerate.utils import broadcast_object_list
from torch.multiprocessing.spawn import ProcessException, start_processes

from gapjunction.errors import GapJunctionError
from gapjunction.terminal import process_index, show_messages

# The others wait while the main process checks images, downloads weights or validates.
PATIENCE = timedelta(hours=12)
STOPPED = 2
GRACE_S = 10.0
HOST = "127.0.0.1"
START = "spawn"

Value = TypeVar("Value")


def num_processes() -> int:
    """Return how many processes a launcher started; 1 without one."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_one_of_several() -> bool:
    """Tell whether a launcher started this process as one of several."""
    return num_processes() > 1


def is_main_process() -> bool:
    """Tell whether this process is the one that writes and speaks for all."""
    return process_index() == 0


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


def run_in_processes(num: int, function: Callable[..., None], *arguments: object) -> None:
    """Call a function of a module in `num` new processes of this machine, and wait for them.

    Raises:
        GapJunctionError: the first that one of them raises.
    """
    context = multiprocessing.get_context(START)  # forked ones can hang in their first sum
    errors = context.SimpleQueue()
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    shared = num, port, errors, function, arguments
    started = start_processes(  # type: ignore[no-untyped-call]
        _run_as_one, shared, nprocs=num, join=False, start_method=START
    )
    try:
        while not started.join():
            pass
    except ProcessException:
        if errors.empty():
            raise
        raise errors.get() from None
    except KeyboardInterrupt:
        for process in started.processes:  # they were interrupted as well
            process.join(GRACE_S)
            process.terminate()
        raise


def _run_as_one(
    index: int,
    num: int,
    port: int,
    errors: Any,
    function: Callable[..., None],
    arguments: tuple[object, ...],
) -> None:
    """Be process `index` of `num`, and hand errors of the user to the process that started it."""
    place = {"RANK": index, "LOCAL_RANK": index, "WORLD_SIZE": num, "LOCAL_WORLD_SIZE": num}
    os.environ |= {name: str(value) for name, value in place.items()}
    os.environ |= {"MASTER_ADDR": HOST, "MASTER_PORT": str(port)}
    show_messages()
    try:
        function(*arguments)
        PartialState().destroy_process_group()
    except GapJunctionError as error:
        errors.put(error)
        raise SystemExit(STOPPED) from None
