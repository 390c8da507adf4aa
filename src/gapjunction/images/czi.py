"""Zeiss CZI files, by way of czifile: tiles of each plane are put together on the scene."""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import imagecodecs
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
from gapjunction.outside_text import parse_xml

READER = ReaderPackage("czifile", "czi", "CZI", before=2026)
UM_PER_M = 1e6
# Compressions that czifile 2019 does not know: Zstandard, alone or with a header.
_ZSTD, _ZSTD_WITH_HEADER = 5, 6
_HIGH_LOW_BYTES = 1
_SEGMENT_HEAD = struct.Struct("<16sq8x")
_DELETED = b"DELETED"


@contextmanager
def opened_czi(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the scenes of a CZI file; their planes can be read inside the block.

    Pyramid levels are passed over. Where tiles of a mosaic overlap, the later one is on top.

    Raises:
        ImageError: if czifile is missing, or there are several planes along other axes.
        ValueError: if the file is damaged.
    """
    czifile = load_reader(READER, path)
    try:
        with czifile.CziFile(str(path)) as czi:
            if not czi.header.directory_position:
                raise ValueError("its directory of planes is missing")
            _require_segments_that_advance(path)
            yield _scenes(czi, path)
    except czifile.czifile.SegmentNotFoundError as error:
        raise ValueError(str(error)) from None


def _require_segments_that_advance(path: Path) -> None:
    """Refuse a file in which a segment is followed by itself: czifile would read it for ever."""
    with path.open("rb") as stream:
        while len(head := stream.read(_SEGMENT_HEAD.size)) == _SEGMENT_HEAD.size:
            name, num_bytes = _SEGMENT_HEAD.unpack(head)
            if not name.startswith(b"Z") and name.rstrip(b"\0") != _DELETED:
                return
            if num_bytes < 0:
                raise ValueError("a segment of less than no bytes")
            stream.seek(num_bytes, os.SEEK_CUR)


def _scenes(czi: Any, path: Path) -> list[MicroscopeScene]:
    tiles = [_Tile(entry) for entry in czi.subblock_directory]
    full_size = [tile for tile in tiles if tile.is_full_size]
    if not full_size:
        raise ValueError("no plane of full size in it")
    starts = {axis: min(t.start(axis) for t in full_size) for axis in "SCZT"}
    sizes: dict[str, int] = {}
    for axis in {axis for tile in full_size for axis in tile.spans} - set("SXYM"):
        first = min(tile.start(axis) for tile in full_size)
        sizes[axis] = max(tile.end(axis) for tile in full_size) - first
    refuse_other_axes(sizes, "CZT", path)
    about = parse_xml(czi.metadata()) if czi.metadata() else ElementTree.Element("none")
    indices = sorted({tile.start("S") for tile in full_size})
    return [
        _scene([t for t in full_size if t.start("S") == index], starts, sizes, about, index)
        for index in indices
    ]


class _Tile:
    """One sub-block: a rectangle of a plane, in the pixels of the whole slide."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry
        self.spans = {each.dimension: (each.start, each.size) for each in entry.dimension_entries}

    @property
    def is_full_size(self) -> bool:
        """Tell whether this is no level of a pyramid."""
        return bool(self.entry.stored_shape == self.entry.shape)

    def start(self, axis: str) -> int:
        return int(self.spans.get(axis, (0, 1))[0])

    def end(self, axis: str) -> int:
        start, size = self.spans.get(axis, (0, 1))
        return int(start + size)

    def pixels(self) -> Plane:
        """Return the tile (H, W, samples)."""
        segment = self.entry.data_segment()
        if self.entry.compression in (_ZSTD, _ZSTD_WITH_HEADER):
            pixels = _decoded_zstd(segment.data(raw=True), self.entry)
        else:
            pixels = segment.data(resize=False)
        return pixels.reshape(*self.entry.shape[-3:-1], -1)


def _scene(
    tiles: Sequence[_Tile],
    starts: dict[str, int],
    sizes: dict[str, int],
    about: ElementTree.Element,
    index: int,
) -> MicroscopeScene:
    x0, y0 = (min(tile.start(axis) for tile in tiles) for axis in "XY")
    width, height = max(t.end("X") for t in tiles) - x0, max(t.end("Y") for t in tiles) - y0
    num_samples = max(tile.entry.shape[-1] for tile in tiles)
    dtype = np.result_type(*{np.dtype(tile.entry.dtype[-2:]) for tile in tiles})
    is_color = num_samples > 1
    names = RGB_NAMES if is_color else _channel_names(about, starts["C"], sizes.get("C", 1))

    def read_plane(time: int, place: int, channel: int) -> Plane:
        wanted = {"T": starts["T"] + time, "Z": starts["Z"] + place}
        if not is_color:
            wanted["C"] = starts["C"] + channel
        parts = [tile for tile in tiles if all(tile.start(a) == wanted[a] for a in wanted)]
        if not parts:
            raise ValueError(
                f"channel {channel + 1}, slice {place + 1}, time {time + 1} is missing"
            )
        plane = np.zeros((height, width), dtype)
        _lay(parts, plane, (y0, x0), sample=channel if is_color else 0)
        return plane

    return MicroscopeScene(
        name=_scene_name(about, index),
        channel_names=names,
        num_slices=sizes.get("Z", 1),
        num_times=sizes.get("T", 1),
        height=height,
        width=width,
        dtype=dtype,
        um_per_px=square_side(_side_um(about, "X"), _side_um(about, "Y")),
        is_color=is_color,
        read_plane=read_plane,
        z_step_um=z_step(_side_um(about, "Z"), sizes.get("Z", 1)),
    )


def _lay(tiles: Sequence[_Tile], plane: Plane, corner: tuple[int, int], sample: int) -> None:
    """Copy a sample of each tile to its place in a plane (H, W), whose `corner` is (y, x)."""
    for tile in sorted(tiles, key=lambda tile: tile.start("M")):
        y, x = tile.start("Y") - corner[0], tile.start("X") - corner[1]
        pixels = tile.pixels()[..., sample]
        plane[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels


def _decoded_zstd(data: bytes, entry: Any) -> Plane:
    """Decode Zstandard; with a header, the bytes of 16-bit pixels may lie apart, low ones first."""
    header_size = data[0] if entry.compression == _ZSTD_WITH_HEADER else 0
    lies_apart = header_size > 1 and bool(data[2] & _HIGH_LOW_BYTES)
    raw = np.frombuffer(imagecodecs.zstd_decode(data[header_size:]), np.uint8)
    if lies_apart:
        raw = np.ascontiguousarray(raw.reshape(2, -1).T).ravel()
    pixels = raw.view(entry.dtype[-2:]).reshape(entry.stored_shape)
    is_color = pixels.shape[-1] >= len(RGB_NAMES)  # blue, green, red and perhaps alpha
    return np.asarray(pixels[..., 2::-1] if is_color else pixels)


def _channel_names(about: ElementTree.Element, first: int, count: int) -> tuple[str, ...]:
    channels = about.findall("./Metadata/Information/Image/Dimensions/Channels/Channel")
    names = [each.get("Name", "") for each in channels][first : first + count]
    return tuple(names) if len(names) == count else ("",) * count


def _scene_name(about: ElementTree.Element, index: int) -> str:
    scenes = about.findall("./Metadata/Information/Image/Dimensions/S/Scenes/Scene")
    return next((each.get("Name", "") for each in scenes if each.get("Index") == str(index)), "")


def _side_um(about: ElementTree.Element, axis: str) -> float | None:
    text = about.findtext(f"./Metadata/Scaling/Items/Distance[@Id='{axis}']/Value")
    return None if text is None else float(text) * UM_PER_M
