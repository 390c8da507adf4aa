"""Whether a process is at work, by its id."""

import os


def is_running(pid: int) -> bool:
    """Tell whether another process with this id is at work on this machine."""
    if pid == os.getpid():
        return False
    if os.name == "nt":  # where signal 0 would not ask but interrupt
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
