"""Read the chosen planes of a microscope file, whatever its format, as an image (C, H, W).

The content decides, not the suffix. Pictures (WEBP, PNG, JPEG, TIFF of one plane) of which
nothing was chosen are read by `read_picture`, as everywhere else.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.czi import opened_czi
from gapjunction.images.lif import opened_lif
from gapjunction.images.locations import is_zarr
from gapjunction.images.memory import refuse_more_than_memory
from gapjunction.images.microscope_scene import RGB_NAMES, MicroscopeScene, Plane
from gapjunction.images.nd2 import opened_nd2
from gapjunction.images.no_data import filled_with_background, find_no_data
from gapjunction.images.oif import opened_oif
from gapjunction.images.oir import opened_oir
from gapjunction.images.ome_zarr import opened_ome_zarr
from gapjunction.images.opened_apart import opened_apart
from gapjunction.images.picture_scene import picture_scene
from gapjunction.images.pictures import (
    IMAGE_SUFFIXES,
    ImageArray,
    decoding,
    read_picture,
)
from gapjunction.images.pixel_depth import depth_mapping, require_real, value_range
from gapjunction.images.plane_choice import (
    ChosenPlanes,
    PlaneChoice,
    choose_planes,
    choose_scene,
)
from gapjunction.images.reader_process import Opener
from gapjunction.images.tiff import is_tiff_picture
from gapjunction.images.tiff_scenes import opened_tiff
from gapjunction.images.usable_size import require_usable_size, require_usable_slide

logger = logging.getLogger(__name__)

MICROSCOPE_SUFFIXES = (".czi", ".lif", ".lsm", ".nd2", ".oib", ".oif", ".oir")
MAX_PLANES = 1_000_000  # in a scene; more than any microscope takes, and than a list can hold
SLIDE_SUFFIXES = (".bif", ".ndpi", ".scn", ".svs")  # TIFF, whatever they are called
READABLE_SUFFIXES = (*IMAGE_SUFFIXES, *MICROSCOPE_SUFFIXES, *SLIDE_SUFFIXES)

PixelType = TypeVar("PixelType", np.uint8, np.uint16)

_OPENER_OF_START: dict[bytes, Opener] = {
    b"II*\0": opened_tiff,
    b"MM\0*": opened_tiff,
    b"II+\0": opened_tiff,
    b"MM\0+": opened_tiff,
    b"ZISRAWFILE": partial(opened_apart, opened_czi),
    b"\x70\0\0\0": partial(opened_apart, opened_lif),
    b"\xda\xce\xbe\n": partial(opened_apart, opened_nd2),
    b"\0\0\0\x0cjP  ": partial(opened_apart, opened_nd2),  # before 2010 it was JPEG 2000
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": partial(opened_apart, opened_oif),
    b"\xff\xfe[\0": partial(opened_apart, opened_oif),  # text in UTF-16 that begins with "["
    b"OLYMPUSRAWFORMAT": opened_oir,
}
_PICTURE_STARTS = (b"RIFF", b"\x89PNG", b"\xff\xd8\xff")
_LONGEST_START = max(map(len, _OPENER_OF_START))


@dataclass(frozen=True, slots=True)
class ChosenFacts:
    """What is known of a chosen image before its pixels are read.

    Attributes:
        um_per_px: the side of a pixel as the file tells it, None where it does not.
        channel_names: of the image's channels, empty where the file names none.
        open_channels: names of the channels that one is still to be found among; then
            `channel_names` is that of the first.
        is_color: three channels are the colors of one picture, which can be taken as it is.
        is_assumed_color: three channels are shown as red, green and blue because the file has
            one plane of each, not because it says so.
        is_8_bit: its pixels have 8 bits.
        is_wide: they have more than 16, and may be stretched from their own range into these.
        is_picture: it is all of a WEBP, PNG or JPEG file, which `read_picture` reads.
        z_step_um: from one slice of its stack to the next, None where the file does not tell.
        has_regions: parts of it can be read without the rest.
    """

    height: int
    width: int
    um_per_px: float | None
    channel_names: tuple[str, ...] = ()
    open_channels: tuple[str, ...] = ()
    is_color: bool = False
    is_assumed_color: bool = False
    is_8_bit: bool = False
    is_wide: bool = False
    is_picture: bool = False
    z_step_um: float | None = None
    has_regions: bool = False


@contextmanager
def opened_scenes(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give what a file holds; planes can be read inside the block.

    Raises:
        ImageError: if the file is missing, damaged, of an unknown kind, or needs a package that
            is not installed.
    """
    if is_zarr(path):
        with opened_ome_zarr(path) as scenes:
            _require_usable(scenes, path)
            yield scenes
        return
    with decoding(path):
        with path.open("rb") as stream:
            opener = _opener(stream, path)
            pictures = [picture_scene(path, stream)] if opener is None else []
        if opener is None:
            yield pictures
        else:
            with opener(path) as scenes:
                _require_usable(scenes, path)
                yield scenes


def read_chosen(path: Path, choice: PlaneChoice, *, is_quiet: bool = False) -> ImageArray:
    """Read the chosen planes as an image (C, H, W) of 8 or 16 bits.

    Pixels of 8 and 16 bits, and so of 12, stay as they are; other types become 16 bits by the
    rule in `pixel_depth`, and pixels without data background. Only the chosen planes are read; a
    projection holds two at a time. With `is_quiet`, pixels without data are not logged.

    Raises:
        ImageError: if the file cannot be read, an axis has several planes and nothing was said
            of it, or what was said is not there.
    """
    if is_taken_as_it_is(path, choice):
        return read_picture(path)
    image = read_filled(path, choice, is_quiet=is_quiet)
    if image.dtype == np.uint8:
        return as_picture(np.asarray(image, np.uint8))
    if image.dtype == np.uint16:
        return as_picture(np.asarray(image, np.uint16))
    return as_picture(depth_mapping(value_range(image, path)).to_16_bits(image))


def as_picture(image: NDArray[PixelType]) -> NDArray[PixelType]:
    """Return an image (C, H, W) with 1 or 3 channels: beside two, blue is dark."""
    if len(image) in (1, len(RGB_NAMES)):
        return image
    return np.concatenate([image, np.zeros_like(image[:1])])


def read_native(path: Path, choice: PlaneChoice) -> NDArray[Any]:
    """Read the chosen planes as an image (C, H, W) of the file's own type.

    Raises:
        ImageError: as `read_chosen` does.
    """
    if is_taken_as_it_is(path, choice):
        return read_picture(path)
    with opened_scenes(path) as scenes:
        scene = choose_scene(scenes, choice, path)
        planes = choose_planes(scene, choice, path)
        shape = len(planes.channels), scene.height, scene.width
        require_usable_size(path, scene.height, scene.width)
        refuse_more_than_memory(path, prod(shape) * scene.dtype.itemsize)
        image = np.empty(shape, scene.dtype)
        for place, channel in enumerate(planes.channels):
            image[place] = _projected(scene, planes, channel)
    return image


def read_filled(path: Path, choice: PlaneChoice, *, is_quiet: bool = False) -> NDArray[Any]:
    """Read the chosen planes as `read_native` does, with background where there is no data.

    Which pixels these are is logged, but for `is_quiet`.

    Raises:
        ImageError: as `read_chosen` does.
    """
    image = read_native(path, choice)
    if image.dtype in (np.uint8, np.uint16):
        return image
    require_real(image, path)
    gap = find_no_data(image)
    if gap is None:
        return image
    if not is_quiet:
        logger.warning(
            "%s: %d pixels of %g, far from all others, count as without data, as background",
            path.name,
            gap.num_pixels,
            gap.value,
        )
    return filled_with_background(image, gap)


def chosen_facts(path: Path, choice: PlaneChoice, *, may_find_channel: bool = False) -> ChosenFacts:
    """Return what is known of the chosen image without reading its pixels.

    With `may_find_channel`, several channels of which nothing was said are no error.

    Raises:
        ImageError: as `read_chosen` does, as far as the header tells.
    """
    with opened_scenes(path) as scenes:
        scene = choose_scene(scenes, choice, path)
        is_open = may_find_channel and len(scene.channel_names) > 1 and not choice.channels
        closed = replace(choice, channels=("1",)) if is_open else choice
        channels = choose_planes(scene, closed, path).channels
        is_assumed = scene.is_color and scene.channel_names != RGB_NAMES and not closed.channels
        return ChosenFacts(
            scene.height,
            scene.width,
            scene.um_per_px,
            channel_names=tuple(scene.channel_names[channel] for channel in channels),
            open_channels=scene.channel_names if is_open else (),
            is_color=scene.is_color,
            is_assumed_color=is_assumed,
            is_8_bit=scene.dtype == np.uint8,
            is_wide=scene.dtype.itemsize > np.dtype(np.uint16).itemsize,
            is_picture=scene.is_picture and choice.is_empty,
            z_step_um=scene.z_step_um,
            has_regions=bool(scene.levels),
        )


def is_taken_as_it_is(path: Path, choice: PlaneChoice) -> bool:
    """Tell whether a file is one picture and nothing was chosen of it.

    Raises:
        ImageError: if the file is missing or damaged.
    """
    if not choice.is_empty or is_zarr(path):
        return False
    with decoding(path):
        with path.open("rb") as stream:
            opener = _opener(stream, path)
        return opener is None or (opener is opened_tiff and is_tiff_picture(path))


def _opener(stream: BinaryIO, path: Path) -> Opener | None:
    """Return what opens files that begin as this one, None for pictures and unknown kinds."""
    start = stream.read(_LONGEST_START)
    for known, opener in _OPENER_OF_START.items():
        if start.startswith(known):
            return opener
    if path.suffix.lower() in MICROSCOPE_SUFFIXES and not start.startswith(_PICTURE_STARTS):
        raise ImageError(
            path,
            expected=f"a {path.suffix[1:].upper()} file",
            found=f"a file that begins with {start[:8]!r}" if start else "an empty file",
            fix="copy or export it again",
        )
    return None


def _require_usable(scenes: Sequence[MicroscopeScene], path: Path) -> None:
    """Refuse what cannot be an image, or is too large for the way in which it can be read."""
    for scene in scenes:
        require_usable = require_usable_slide if scene.levels else require_usable_size
        require_usable(path, scene.height, scene.width)
        _require_usable_axes(scene)


def _require_usable_axes(scene: MicroscopeScene) -> None:
    num_planes = len(scene.channel_names) * scene.num_slices * scene.num_times
    if min(scene.num_slices, scene.num_times, num_planes) < 1 or num_planes > MAX_PLANES:
        raise ValueError(f"{num_planes:,} planes announced")


def _projected(scene: MicroscopeScene, planes: ChosenPlanes, channel: int) -> Plane:
    """Return a slice (H, W), or the maximum or mean of several in the file's own type."""
    first, *others = planes.slices
    plane = scene.read_plane(planes.time, first, channel)
    if not others:
        return plane
    if planes.projection == "max":
        highest = plane.copy()
        for place in others:
            np.maximum(highest, scene.read_plane(planes.time, place, channel), out=highest)
        return highest
    total = plane.astype(np.float64)
    for place in others:
        total += scene.read_plane(planes.time, place, channel)
    mean = total / len(planes.slices)
    return mean.astype(scene.dtype) if scene.dtype.kind == "f" else np.rint(mean)
