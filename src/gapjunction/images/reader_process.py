"""The process in which packages read microscope files, with limits of time and memory.

`opened_apart` starts it and asks it. On damaged files those packages can loop, take memory without
end or crash.
"""

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from gapjunction.errors import GapJunctionError
from gapjunction.images.microscope_scene import MicroscopeScene, Plane
from gapjunction.images.pictures import decoding

if sys.platform != "win32":
    import resource

OPENING_S, PLANE_S = 60.0, 120.0  # and what the size of the file or plane asks
SLOWEST = 5e6  # bytes a second, of a disk elsewhere
MORE_MEMORY = 2 * 10**9  # bytes of addresses, beside the file and the image
_PATIENCE_S = 5  # beyond the limits, for the process that asked to end this one

Opener = Callable[[Path], AbstractContextManager[list[MicroscopeScene]]]
PlaneIndex = tuple[int, int, int, int]  # scene, time, slice, channel


@dataclass(frozen=True, slots=True)
class Opening:
    """Asks for a file; a relative `path` is meant from `folder`."""

    opener: Opener
    path: Path
    folder: Path


class ReaderMistake(Exception):  # noqa: N818 - it is not the user's
    """A mistake of ours in the other process; its text is the traceback there."""


def serve() -> None:
    """Be the other process: open files and read planes as standard input asks, until it ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what packages print is no answer
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with suppress(EOFError, OSError):  # nobody asks any more
        while True:
            _serve_file(received(sys.stdin.buffer), sys.stdin.buffer, answers)


def opening_seconds(path: Path) -> float:
    """Return how long it may take to open a file."""
    return OPENING_S + path.stat().st_size / SLOWEST


def plane_seconds(scene: MicroscopeScene) -> float:
    """Return how long it may take to read a plane."""
    return PLANE_S + _num_bytes(scene) / SLOWEST


def send(message: object, stream: Any) -> None:
    """Write a message to the other process."""
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def received(stream: Any) -> Any:
    """Wait for a message of the other process.

    Raises:
        EOFError, UnpicklingError: if it has ended.
    """
    return pickle.load(stream)  # noqa: S301 - both sides are this package


def _serve_file(opening: Opening, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request once: with scenes, with planes, and with an error or None in the end."""
    last: Exception | None = None
    path = opening.path
    try:
        os.chdir(opening.folder)
        _limit(opening_seconds(path), path.stat().st_size)
        with decoding(path), opening.opener(path) as scenes:
            send([replace(scene, read_plane=_not_here) for scene in scenes], answers)
            _wait_without_limit()
            while (index := received(requests)) is not None:
                scene = scenes[index[0]]
                _limit(plane_seconds(scene), path.stat().st_size + 2 * _num_bytes(scene))
                send(scene.read_plane(*index[1:]), answers)
                _wait_without_limit()
    except GapJunctionError as error:
        last = error
    except Exception:  # noqa: BLE001 - it is raised where it was asked for
        last = ReaderMistake(traceback.format_exc())
    send(last, answers)
    _wait_without_limit()


def _not_here(time: int, place: int, channel: int) -> Plane:
    raise NotImplementedError(f"{time}, {place}, {channel}: planes are read by the other process")


def _num_bytes(scene: MicroscopeScene) -> int:
    """Return the size of all channels of a slice: some formats hold them in one piece."""
    return len(scene.channel_names) * scene.height * scene.width * scene.dtype.itemsize


def _limit(seconds: float, num_bytes: int) -> None:
    """Let this process have so much memory beside MORE_MEMORY, where the system counts it.

    Should nobody be left to end it, it ends by itself soon after the time.
    """
    if sys.platform != "win32":
        signal.alarm(int(seconds) + _PATIENCE_S)
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = sys.maxsize if hard == resource.RLIM_INFINITY else hard
        resource.setrlimit(resource.RLIMIT_AS, (min(MORE_MEMORY + num_bytes, most), hard))


def _wait_without_limit() -> None:
    if sys.platform != "win32":
        signal.alarm(0)
