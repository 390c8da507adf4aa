"""Olympus FluoView OIB files, and OIF with its folder, by way of oiffile."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.errors import ImageError
from gapjunction.images.axes import refuse_other_axes
from gapjunction.images.microscope_scene import MicroscopeScene, Plane, square_side, z_step
from gapjunction.images.ole_chains import COMPOUND_START, require_chains_that_end
from gapjunction.images.reader_packages import ReaderPackage, load_reader
from gapjunction.outside_files import require_plain
from gapjunction.text import UM_PER_UNIT

READER = ReaderPackage("oiffile", "oib", "OIB and OIF")
NUM_AXES = 9  # that the settings may have
_NO_DYE = ("", "None")
_PLANE_NAME = re.compile(r"s_((?:[A-Z]\d{3})*)")
_Place = tuple[tuple[str, int], ...]


@contextmanager
def opened_oif(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scene of an OIB or OIF file; its planes can be read inside the block.

    Raises:
        ImageError: if oiffile is missing, a plane is a pipe or device, or there are several planes
            along other axes.
        ValueError: if the file is damaged.
    """
    oiffile = load_reader(READER, path)
    with path.open("rb") as stream:
        is_compound = stream.read(len(COMPOUND_START)) == COMPOUND_START
    if is_compound:
        require_chains_that_end(path)
    else:
        _require_plain_planes(path)
    with oiffile.OifFile(path) as oif:
        sizes = dict(zip(oif.axes, oif.shape, strict=True))
        refuse_other_axes(sizes, "TZCYX", path)
        yield [_scene(oif, sizes)]


def _require_plain_planes(path: Path) -> None:
    """Refuse pipes and devices among the planes of an OIF file, which lie beside it."""
    for plane in sorted(path.with_name(f"{path.name}.files").glob("*")):
        if plane.exists():  # a link to nothing is a plane that is missing
            require_plain(plane, ImageError)


def _scene(oif: Any, sizes: Mapping[str, int]) -> MicroscopeScene:
    names_of = _plane_names(oif, {axis for axis in sizes if axis not in "XY"})

    def read_plane(time: int, place: int, channel: int) -> Plane:
        wanted = {"T": time, "Z": place, "C": channel}
        name = names_of.get(tuple(sorted((a, n) for a, n in wanted.items() if a in sizes)))
        if name is None:
            raise ValueError(
                f"channel {channel + 1}, slice {place + 1}, time {time + 1} is missing"
            )
        return np.asarray(oif.asarray(name))

    return MicroscopeScene(
        name="",
        channel_names=_channel_names(oif.mainfile, sizes.get("C", 1)),
        num_slices=sizes.get("Z", 1),
        num_times=sizes.get("T", 1),
        height=sizes["Y"],
        width=sizes["X"],
        dtype=np.dtype(oif.dtype),
        um_per_px=_um_per_px(oif.mainfile),
        is_color=False,
        read_plane=read_plane,
        z_step_um=z_step(_interval_um(oif.mainfile), sizes.get("Z", 1)),
    )


def _plane_names(oif: Any, axes: set[str]) -> dict[_Place, str]:
    """Return the files of planes, such as s_C001Z002.tif, by their places, counted from 0."""
    found: dict[_Place, str] = {}
    for name in oif.glob("*.tif"):
        match = _PLANE_NAME.fullmatch(re.split(r"[\\/]", name)[-1].removesuffix(".tif"))
        numbers = re.findall(r"([A-Z])(\d{3})", match[1]) if match else []
        if {axis for axis, _ in numbers} == axes:
            found[tuple(sorted((axis, int(number) - 1) for axis, number in numbers))] = name
    return found


def _channel_names(settings: Mapping[str, Any], count: int) -> tuple[str, ...]:
    """Return the dyes, where each channel has its own, else the names of the detectors."""
    parts = [settings.get(f"Channel {number} Parameters", {}) for number in range(1, count + 1)]
    dyes = [str(part.get("DyeName", "")) for part in parts]
    if len(set(dyes)) == count and not set(dyes) & set(_NO_DYE):
        return tuple(dyes)
    return tuple(str(part.get("CH Name", "")) for part in parts)


def _um_per_px(settings: Mapping[str, Any]) -> float | None:
    image = settings.get("Reference Image Parameter", {})
    sides = []
    for side in ("Width", "Height"):
        um_per_unit = UM_PER_UNIT.get(str(image.get(f"{side}Unit", "")))
        value = image.get(f"{side}ConvertValue")
        sides.append(None if um_per_unit is None or value is None else value * um_per_unit)
    return square_side(*sides)


def _interval_um(settings: Mapping[str, Any]) -> float | None:
    """Return the distance of neighboring slices, which Olympus states in the unit of the axis."""
    for number in range(NUM_AXES):
        axis = settings.get(f"Axis {number} Parameters Common", {})
        if axis.get("AxisCode") == "Z":
            um_per_unit = UM_PER_UNIT.get(str(axis.get("UnitName", "")))
            interval = axis.get("Interval")
            is_number = isinstance(interval, int | float)
            return interval * um_per_unit if is_number and um_per_unit is not None else None
    return None
