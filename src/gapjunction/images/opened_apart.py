"""Open a microscope file in a process of its own, which is ended when it takes too long.

A process that is done with a file is kept for the next one, since starting it takes longer than
reading most files.
"""

import atexit
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any, Literal

from gapjunction.errors import ImageError
from gapjunction.images.microscope_scene import MicroscopeScene, Plane, PlaneReader
from gapjunction.images.reader_process import (
    OPENING_S,
    Opener,
    Opening,
    PlaneIndex,
    opening_seconds,
    plane_seconds,
    received,
    send,
)

_CODE = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from gapjunction.images.reader_process import serve; serve()"
)
# Each further thread or arena would reserve addresses, which count.
_FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


@contextmanager
def opened_apart(opener: Opener, path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scenes that `opener`, a function of a module, gives in another process.

    Raises:
        ImageError: if the file is damaged, or takes more time or memory than its size explains.
        ReaderMistake: for a mistake of ours, with its traceback.
    """
    reader = _idle_reader() or _Reader()
    try:
        folder = Path(path.anchor) if path.is_absolute() else Path.cwd()
        opening = Opening(opener, path, folder)
        scenes: list[MicroscopeScene] = reader.answer(opening, path, opening_seconds(path))
        try:
            yield [
                replace(scene, read_plane=_plane_reader(reader, path, number, scene))
                for number, scene in enumerate(scenes)
            ]
        except Exception:
            reader.close(path)
            raise
        reader.close(path)
    finally:
        reader.num_files += 1
        if reader.state == "idle":
            _idle.append(reader)
        else:
            reader.end()


class _Reader:
    """The other process, as this one sees it.

    Attributes:
        state: whether it waits for a file, has one open, or owes an answer.
        num_files: that it has been done with.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - it is Python itself
            [sys.executable, "-c", _CODE, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _FEW_THREADS,
        )
        self.state: Literal["idle", "open", "busy"] = "idle"
        self.num_files = 0

    def answer(self, request: Opening | PlaneIndex | None, path: Path, seconds: float) -> Any:
        """Return what the process answers; None closes the file, as an error does.

        Raises:
            ImageError: its own, or if it does not answer in time or ends.
            ReaderMistake: for a mistake of ours.
        """
        self.state = "busy"
        start, limit = time.monotonic(), Timer(seconds, self._process.kill)
        limit.daemon = True
        limit.start()
        try:
            send(request, self._process.stdin)
            answer = received(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise self._ended(path, time.monotonic() - start, seconds) from None
        finally:
            limit.cancel()
        is_over = answer is None or isinstance(answer, Exception)
        self.state = "idle" if is_over else "open"
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self, path: Path) -> None:
        """Close the file, if it is open.

        Raises:
            ImageError: as `answer` does.
        """
        if self.state == "open":
            self.answer(None, path, OPENING_S)

    def is_running(self) -> bool:
        """Tell whether the process can still be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        with suppress(OSError), self._process:  # closes pipes, perhaps with what it did not take
            pass

    def _ended(self, path: Path, elapsed: float, seconds: float) -> ImageError:
        self._process.kill()
        code = self._process.wait()
        found = f"one on which the package that reads it broke down (exit code {code})"
        if elapsed >= seconds:
            found = (
                f"one on which the package that reads it was at work for {round(seconds, 1):g} s"
            )
        fix = "export the image again, or as OME-TIFF"
        return ImageError(path, expected="a readable image", found=found, fix=fix)


_idle: list[_Reader] = []


def _idle_reader() -> _Reader | None:
    """Return a process that waits for a file, if there is one."""
    with suppress(IndexError):  # no more are there; other threads take some, too
        while True:
            reader = _idle.pop()
            if reader.is_running():
                return reader
            reader.end()
    return None


@atexit.register
def _end_idle() -> None:
    while _idle:
        _idle.pop().end()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_idle.clear)  # they answer the process that started them


def _plane_reader(reader: _Reader, path: Path, number: int, scene: MicroscopeScene) -> PlaneReader:
    num_files = reader.num_files

    def read_plane(time: int, place: int, channel: int) -> Plane:
        if reader.state != "open" or reader.num_files != num_files:
            raise ValueError("the file is closed")
        plane: Plane = reader.answer((number, time, place, channel), path, plane_seconds(scene))
        return plane

    return read_plane
