"""Leica LIF files, by way of liffile: each image of the project is a scene."""

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

READER = ReaderPackage("liffile", "lif", "LIF")
_DIMENSION_OF = {"X": "1", "Y": "2", "Z": "3"}  # the format's numbers of its axes
_UM_PER_LIF_UNIT = {"m": 1e6, "mm": 1e3, "um": 1.0, "µm": 1.0, "nm": 1e-3}
_DESCRIPTION = "./Data/Image/ImageDescription"


@contextmanager
def opened_lif(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scenes of a LIF file; their planes can be read inside the block.

    Elements of the project without pixels in y and x, such as lifetime curves, are no scenes.

    Raises:
        ImageError: if liffile is missing, or there are several planes along other axes.
        ValueError: if the file is damaged.
    """
    liffile = load_reader(READER, path)
    with liffile.LifFile(path) as lif:
        images = [image for image in lif.images if {"Y", "X"} <= set(image.sizes)]
        if not images:
            raise ValueError("no image in it")
        yield [_scene(image, path) for image in images]


def _scene(image: Any, path: Path) -> MicroscopeScene:
    sizes: Mapping[str, int] = image.sizes
    refuse_other_axes(sizes, "TZCYXS", path)
    is_color = sizes.get("S", 1) == len(RGB_NAMES)

    def read_plane(time: int, place: int, channel: int) -> Plane:
        wanted = {"T": time, "Z": place, "C": 0 if is_color else channel}
        frame: Plane = image.frame(**{axis: n for axis, n in wanted.items() if axis in sizes})
        return frame[..., channel] if is_color else frame

    return MicroscopeScene(
        name=image.path,
        channel_names=RGB_NAMES if is_color else _channel_names(image, sizes.get("C", 1)),
        num_slices=sizes.get("Z", 1),
        num_times=sizes.get("T", 1),
        height=sizes["Y"],
        width=sizes["X"],
        dtype=np.dtype(image.dtype),
        um_per_px=square_side(_side_um(image, "X"), _side_um(image, "Y")),
        is_color=is_color,
        read_plane=read_plane,
        z_step_um=z_step(_side_um(image, "Z"), sizes.get("Z", 1)),
    )


def _channel_names(image: Any, count: int) -> tuple[str, ...]:
    """Return the dyes, where the file names one for each channel, else the colors shown."""
    channels = image.xml_element.findall(f"{_DESCRIPTION}/Channels/ChannelDescription")
    if len(channels) != count:
        return ("",) * count
    dyes = [
        next(
            (
                each.findtext("Value", "").strip()
                for each in channel.iterfind("ChannelProperty")
                if each.findtext("Key") == "DyeName"
            ),
            "",
        )
        for channel in channels
    ]
    return tuple(dyes if all(dyes) else (each.get("LUTName", "") for each in channels))


def _side_um(image: Any, axis: str) -> float | None:
    """Return the distance of neighboring pixels; the length noted goes from first to last."""
    path = f"{_DESCRIPTION}/Dimensions/DimensionDescription[@DimID='{_DIMENSION_OF[axis]}']"
    dimension = image.xml_element.find(path)
    if dimension is None:
        return None
    num_steps = int(dimension.get("NumberOfElements", "1")) - 1
    um_per_unit = _UM_PER_LIF_UNIT.get(dimension.get("Unit", "").strip())
    if num_steps < 1 or um_per_unit is None:
        return None
    return float(dimension.get("Length", "0")) * um_per_unit / num_steps
