"""Nikon ND2 files, by way of the package nd2: each position of the stage is a scene."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from gapjunction.images.reader_packages import ReaderPackage, load_reader

READER = ReaderPackage("nd2", "nd2", "ND2")


@contextmanager
def opened_nd2(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scenes of an ND2 file; their planes can be read inside the block.

    Raises:
        ImageError: if nd2 is missing, or there are several planes along other axes.
        ValueError: if the file is damaged.
    """
    nd2 = load_reader(READER, path)
    with nd2.ND2File(path) as file:
        sizes: Mapping[str, int] = file.sizes
        refuse_other_axes(sizes, "PTZCYXS", path)
        num_samples = file.components_per_channel
        if num_samples == len(RGB_NAMES):
            refuse_other_axes({"C": sizes.get("C", 1)}, "", path)
        else:
            refuse_other_axes({"S": num_samples}, "", path)
        yield [_scene(file, sizes, position) for position in range(sizes.get("P", 1))]


def _scene(file: Any, sizes: Mapping[str, int], position: int) -> MicroscopeScene:
    height, width = sizes.get("Y", 1), sizes.get("X", 1)
    is_color = file.components_per_channel == len(RGB_NAMES)
    num_samples, num_channels = (len(RGB_NAMES), 1) if is_color else (1, sizes.get("C", 1))

    def read_plane(time: int, place: int, channel: int) -> Plane:
        frame = _read_frame(file, {"P": position, "T": time, "Z": place})
        pixels = frame.reshape(num_channels, height, width, num_samples)
        return pixels[0, ..., channel] if is_color else pixels[channel, ..., 0]

    names = tuple(each.channel.name or "" for each in file.metadata.channels or ())
    return MicroscopeScene(
        name=_position_name(file, position),
        channel_names=RGB_NAMES
        if is_color
        else (names if len(names) == num_channels else ("",) * num_channels),
        num_slices=sizes.get("Z", 1),
        num_times=sizes.get("T", 1),
        height=height,
        width=width,
        dtype=np.dtype(file.dtype),
        um_per_px=_um_per_px(file),
        is_color=is_color,
        read_plane=read_plane,
        z_step_um=z_step(_z_um(file), sizes.get("Z", 1)),
    )


def _read_frame(file: Any, wanted: Mapping[str, int]) -> Plane:
    """Return all channels of one place and time; a frame never taken would come as zeros."""
    for number, loops in enumerate(file.loop_indices or ({},)):
        if all(loops.get(axis, 0) == index for axis, index in wanted.items()):
            if number >= file.attributes.sequenceCount:
                break
            return np.asarray(file.read_frame(number))
    raise ValueError("a frame is missing: the recording was stopped before its end")


def _position_name(file: Any, position: int) -> str:
    for loop in file.experiment:
        if loop.type == "XYPosLoop":
            return loop.parameters.points[position].name or ""
    return ""


def _um_per_px(file: Any) -> float | None:
    """Return the side of a pixel; where it was not calibrated, the package would say 1."""
    channels = file.metadata.channels
    if not channels or not all(channels[0].volume.axesCalibrated[:2]):
        return None
    return square_side(*channels[0].volume.axesCalibration[:2])


def _z_um(file: Any) -> float | None:
    """Return the distance of slices, where it was calibrated."""
    channels = file.metadata.channels
    if not channels or not channels[0].volume.axesCalibrated[2]:
        return None
    return float(channels[0].volume.axesCalibration[2])
