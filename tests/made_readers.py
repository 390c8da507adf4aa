"""Made-for-test readers, which the process of readers finds by their names."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gapjunction.images.microscope_scene import MicroscopeScene, Plane


def plane_of(moment: int, place: int, channel: int) -> Plane:
    """Return a plane (4, 5) whose pixels say which it is."""
    return np.full((4, 5), 100 * moment + 10 * place + channel, np.uint16)


@contextmanager
def opened_well(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give a scene that is named by the process and the text of the file."""
    yield [_scene(plane_of, f"{os.getpid()} {path.read_text()}")]


@contextmanager
def opened_with_talk(_: Path) -> Iterator[list[MicroscopeScene]]:
    """Print, as some packages do."""
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    yield [_scene(plane_of)]


@contextmanager
def opened_never(_: Path) -> Iterator[list[MicroscopeScene]]:
    """Loop."""
    while True:
        time.sleep(0.01)
    yield []


@contextmanager
def opened_by_a_mistake(_: Path) -> Iterator[list[MicroscopeScene]]:
    """Raise what no damaged file explains."""
    raise ImportError("no_such_package")
    yield []


@contextmanager
def opened_for_planes(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give a scene whose planes are read as the text of the file says."""
    yield [_scene(_HOW[path.read_text()])]


def _loop(*_: int) -> Plane:
    while True:
        time.sleep(0.01)


def _eat(*_: int) -> Plane:
    return np.concatenate([np.zeros(10**9, np.uint8) for _ in range(100)])


def _die(*_: int) -> Plane:
    os.abort()


def _refuse(*_: int) -> Plane:
    raise ValueError("a plane is missing")


_HOW: dict[str, Callable[[int, int, int], Plane]] = {
    "loop": _loop,
    "eat": _eat,
    "die": _die,
    "refuse": _refuse,
}


def _scene(read_plane: Callable[[int, int, int], Plane], name: str = "") -> MicroscopeScene:
    return MicroscopeScene(
        name=name,
        channel_names=("a", "b"),
        num_slices=3,
        num_times=1,
        height=4,
        width=5,
        dtype=np.dtype(np.uint16),
        um_per_px=None,
        is_color=False,
        read_plane=read_plane,
    )
