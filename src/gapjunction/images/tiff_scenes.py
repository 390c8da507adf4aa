"""TIFF files as microscopes and ImageJ write them: OME-TIFF, hyperstacks, stacks of pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.images.axes import UNKNOWN_AXES, refuse_other_axes
from gapjunction.images.microscope_scene import (
    RGB_NAMES,
    MicroscopeScene,
    Plane,
    square_side,
    z_step,
)
from gapjunction.images.ome_xml import OmeImage, read_ome_images
from gapjunction.images.pictures import decoding
from gapjunction.images.plane_level import MOST_BYTES_A_TILE, PlaneLevel
from gapjunction.images.region import Region
from gapjunction.images.slide_notes import is_extra_picture, is_slide, slide_um_per_px
from gapjunction.images.tiff import require_whole
from gapjunction.images.tiff_brightness import bright_is_high, refuse_other_colors
from gapjunction.images.tiff_regions import is_region_stored, read_tiff_region

_RGB, _RGBA = 3, 4
_UM_PER_M = 1e6
# ImageJ's spellings. Its "inch" and "cm" are left out: they are printers' resolutions.
_UM_PER_IMAGEJ_UNIT = {
    "nm": 1e-3,
    "um": 1.0,
    "µm": 1.0,
    "μm": 1.0,
    "\\u00b5m": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
}


@contextmanager
def opened_tiff(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scenes of a TIFF file; their planes can be read inside the block.

    Reduced copies of an image (a thumbnail, a slide's label) are passed over, but for pyramid
    levels. Planes of which the file does not say what they are count as slices. Color tables are
    ignored, but "white is zero" is turned round, so that bright is high, but in ImageJ's files.

    Raises:
        ImageError: if there are several planes along other axes.
    """
    with closing(tifffile.TiffFile(path)) as tiff:
        require_whole(tiff)
        series = [
            each
            for each in tiff.series
            if not each.keyframe.is_reduced and not is_extra_picture(tiff, each)
        ]
        described = _ome_images(tiff, len(series))
        yield [_scene(tiff, each, ome, path) for each, ome in zip(series, described, strict=True)]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The axes of a series: those that number the pages, and those inside a page."""

    leading: str
    leading_shape: tuple[int, ...]
    inside: str

    @classmethod
    def of(cls, series: Any) -> "_Layout":
        num_inside = len(series.keyframe.shape)
        axes, shape = series.axes, series.shape
        split = len(axes) - num_inside
        return cls(axes[:split], tuple(shape[:split]), axes[split:])

    def page_index(self, wanted: Mapping[str, int]) -> int:
        """Return the number of the page at these places along the axes, 0 where none is named."""
        places = tuple(wanted.get(axis, 0) for axis in self.leading)
        return int(np.ravel_multi_index(places, self.leading_shape)) if places else 0


def _scene(tiff: Any, series: Any, ome: OmeImage | None, path: Path) -> MicroscopeScene:
    refuse_other_colors(series, path)
    sizes = dict(zip(series.axes, series.shape, strict=True))
    stack = "Z" if "Z" in sizes else next((axis for axis in UNKNOWN_AXES if axis in sizes), "Z")
    refuse_other_axes(sizes, f"TCYXS{stack}", path)
    num_samples, num_channels = sizes.get("S", 1), sizes.get("C", 1)
    if num_samples > 1:
        refuse_other_axes({"C": num_channels}, "", path)
    has_colors = num_samples in (_RGB, _RGBA)
    is_single = sizes.get("T", 1) == sizes.get(stack, 1) == 1
    return MicroscopeScene(
        name=(ome.name if ome else "") or series.name,
        channel_names=RGB_NAMES if has_colors else _channel_names(ome, num_samples * num_channels),
        num_slices=sizes.get(stack, 1),
        num_times=sizes.get("T", 1),
        height=sizes["Y"],
        width=sizes["X"],
        dtype=np.dtype(series.dtype),
        um_per_px=ome.um_per_px if ome else _um_per_px(tiff, series),
        is_color=has_colors or (num_channels == _RGB and is_single),
        read_plane=_plane_reader(series, sizes, stack),
        z_step_um=z_step(ome.z_um if ome else _spacing_um(tiff), sizes.get(stack, 1)),
        levels=tuple(_level(each, stack, path) for each in _tiled_levels(series)),
    )


def _tiled_levels(series: Any) -> list[Any]:
    """Return the sizes that a series is stored in, largest first, if regions can be read of it."""
    frame = series.keyframe
    is_tiled = frame.is_tiled and frame.imagedepth == 1
    if not is_tiled or any(page is None for page in series.pages):
        return []
    if prod((frame.tilelength, frame.tilewidth, frame.samplesperpixel)) > MOST_BYTES_A_TILE:
        return []
    return [each for each in series.levels if each.keyframe.is_tiled and each.axes == series.axes]


def _level(series: Any, stack: str, path: Path) -> PlaneLevel:
    sizes = dict(zip(series.axes, series.shape, strict=True))
    layout = _Layout.of(series)
    has_samples = sizes.get("S", 1) > 1

    def page_of(time: int, place: int, channel: int) -> Any:
        wanted = {"T": time, stack: place} | ({} if has_samples else {"C": channel})
        return series.pages[layout.page_index(wanted)]

    def read_region(time: int, place: int, channels: Sequence[int], region: Region) -> NDArray[Any]:
        with decoding(path):
            if has_samples:
                return _read_opened(page_of(time, place, 0), region, channels)
            parts = [_read_opened(page_of(time, place, each), region, (0,)) for each in channels]
            return np.concatenate(parts)

    def is_stored(time: int, place: int, channel: int, region: Region) -> bool:
        return is_region_stored(page_of(time, place, channel), region)

    return PlaneLevel(sizes["Y"], sizes["X"], read_region, is_stored)


def _read_opened(page: Any, region: Region, samples: Sequence[int]) -> NDArray[Any]:
    with _opened(page.parent.filehandle):
        return read_tiff_region(page, region, samples)


def _plane_reader(
    series: Any, sizes: Mapping[str, int], stack: str
) -> Callable[[int, int, int], Plane]:
    layout = _Layout.of(series)
    channel_axis = "S" if sizes.get("S", 1) > 1 else "C"

    @lru_cache(maxsize=1)  # the colors of a page are asked for one after another
    def read_page(index: int) -> Plane:
        return bright_is_high(_read_page(series, index), series.keyframe)

    def read_plane(time: int, place: int, channel: int) -> Plane:
        wanted = {"T": time, stack: place, channel_axis: channel}
        inside = tuple(
            slice(None) if axis in "YX" else wanted.get(axis, 0) for axis in layout.inside
        )
        return read_page(layout.page_index(wanted))[inside]

    return read_plane


def _read_page(series: Any, index: int) -> Plane:
    """Read the page of this number, also where ImageJ lists the first alone and the rest follow."""
    page = series.pages[index] if len(series.pages) > index else None
    if page is not None:
        with _opened(page.parent.filehandle):
            return np.asarray(page.asarray())
    if series.dataoffset is None:
        raise ValueError(f"plane {index + 1} is missing")
    file, shape = series.keyframe.parent, series.keyframe.shape
    dtype = np.dtype(series.dtype).newbyteorder(file.byteorder)
    offset = series.dataoffset + index * prod(shape) * dtype.itemsize
    pixels = file.filehandle.read_array(dtype, prod(shape), offset)
    return np.asarray(pixels.reshape(shape), dtype.newbyteorder("="))


@contextmanager
def _opened(file: Any) -> Iterator[None]:
    """Open another file of an OME set for as long as it is needed: tifffile closes it."""
    if not file.closed:
        yield
        return
    file.open()
    try:
        yield
    finally:
        file.close()


def _channel_names(ome: OmeImage | None, count: int) -> tuple[str, ...]:
    if ome is not None and len(ome.channel_names) == count:
        return ome.channel_names
    return ("",) * count


def _ome_images(tiff: Any, count: int) -> list[OmeImage | None]:
    """Return what OME metadata say of each series, None where it cannot be told which is which."""
    if not tiff.is_ome:
        return [None] * count
    described = read_ome_images(tiff.ome_metadata)
    return [*described] if len(described) == count else [None] * count


def _um_per_px(tiff: Any, series: Any) -> float | None:
    """Return the side of a pixel as ImageJ or LSM has it; other resolutions are printers'."""
    if tiff.is_lsm:
        return square_side(*(_lsm_side_um(tiff, axis) for axis in "XY"))
    if is_slide(tiff):
        return slide_um_per_px(tiff, series)
    um_per_unit = _um_per_imagej_unit(tiff)
    if um_per_unit is None:
        return None
    sides = []
    for tag in ("XResolution", "YResolution"):
        px, units = series.keyframe.tags[tag].value if tag in series.keyframe.tags else (0, 1)
        sides.append(um_per_unit * units / px if px else None)
    return square_side(*sides)


def _spacing_um(tiff: Any) -> float | None:
    """Return the distance of slices as ImageJ or LSM has it."""
    if tiff.is_lsm:
        return _lsm_side_um(tiff, "Z")
    spacing = (tiff.imagej_metadata or {}).get("spacing")
    um_per_unit = _um_per_imagej_unit(tiff)
    if um_per_unit is None or not isinstance(spacing, int | float):
        return None
    return spacing * um_per_unit


def _lsm_side_um(tiff: Any, axis: str) -> float | None:
    meters = (tiff.lsm_metadata or {}).get(f"VoxelSize{axis}")
    return None if not meters else float(meters) * _UM_PER_M


def _um_per_imagej_unit(tiff: Any) -> float | None:
    unit = str((tiff.imagej_metadata or {}).get("unit", "")).strip().casefold()
    return _UM_PER_IMAGEJ_UNIT.get(unit)
