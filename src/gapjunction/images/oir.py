"""Olympus and Evident OIR files, by way of oirfile, which needs Python 3.12."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.images.axes import refuse_other_axes
from gapjunction.images.microscope_scene import (
    RGB_NAMES,
    MicroscopeScene,
    Plane,
    square_side,
    z_step,
)
from gapjunction.images.reader_packages import ReaderPackage, load_reader, require_python

READER = ReaderPackage("oirfile", "oir", "OIR")


@contextmanager
def opened_oir(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scene of an OIR file; its planes can be read inside the block.

    The package reads a file as a whole, once, at the first plane.

    Raises:
        ImageError: if oirfile is missing, or there are several planes along other axes.
        ValueError: if the file is damaged or a part of it is missing.
    """
    require_python(3, 12, "oirfile", path)
    oirfile = load_reader(READER, path)
    with _warnings_as_errors(), oirfile.OirFile(path) as oir:
        sizes: Mapping[str, int] = oir.sizes
        if not {"Y", "X"} <= set(sizes):
            raise ValueError("no image in it")
        refuse_other_axes(sizes, "TZCYXS", path)
        yield [_scene(oir, sizes)]


class _Refusal(logging.Handler):
    """Raises what the package only says."""

    def emit(self, record: logging.LogRecord) -> None:
        raise ValueError(record.getMessage())


@contextmanager
def _warnings_as_errors() -> Iterator[None]:
    """Refuse what is missing from a file inside the block: the package fills it up with zeros."""
    refusal = _Refusal(logging.WARNING)
    logger = logging.getLogger("oirfile")
    logger.addHandler(refusal)
    try:
        yield
    finally:
        logger.removeHandler(refusal)


def _scene(oir: Any, sizes: Mapping[str, int]) -> MicroscopeScene:
    is_color = sizes.get("S", 1) == len(RGB_NAMES)
    num_channels = sizes.get("S", sizes.get("C", 1))

    @cache
    def read_all() -> Plane:
        pixels = np.asarray(oir.asarray())
        return pixels.reshape(
            sizes.get("T", 1), sizes.get("Z", 1), num_channels, sizes["Y"], sizes["X"]
        )

    def read_plane(time: int, place: int, channel: int) -> Plane:
        return np.asarray(read_all()[time, place, channel])

    names = tuple(each.name for each in oir.channels)
    scales = oir.coord_scales
    return MicroscopeScene(
        name="",
        channel_names=RGB_NAMES
        if is_color
        else (names if len(names) == num_channels else ("",) * num_channels),
        num_slices=sizes.get("Z", 1),
        num_times=sizes.get("T", 1),
        height=sizes["Y"],
        width=sizes["X"],
        dtype=np.dtype(oir.dtype),
        um_per_px=square_side(scales.get("X"), scales.get("Y")),
        is_color=is_color,
        read_plane=read_plane,
        z_step_um=z_step(scales.get("Z"), sizes.get("Z", 1)),
    )
