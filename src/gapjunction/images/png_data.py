"""Tell PNG files that Pillow would read wrong: short ones, and those of deep color."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

from gapjunction.errors import ImageError
from gapjunction.images.memory import refuse_more_than_memory

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_DEPTH_AT, _COLOR_AT, _GREY, _DEEP = 24, 25, 0, 16
_MOST_BYTES_PER_BYTE = 1032  # that deflate can make of one
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by the kind of color
_PIECE = 1 << 20  # bytes


def refuse_short_file(stream: BinaryIO, path: Path) -> None:
    """Refuse a PNG file that cannot hold its pixels, going by its length alone.

    Raises:
        ImageError: if it is one.
    """
    position = stream.tell()
    if _num_bytes(stream) > _MOST_BYTES_PER_BYTE * stream.seek(0, 2):
        raise _cut_short(path)
    stream.seek(position)


def refuse_missing_rows(stream: BinaryIO, path: Path, last_row: NDArray[np.generic]) -> None:
    """Refuse a PNG file whose data end before its pixels, which Pillow fills with zeros.

    Where the last row as Pillow gives it holds zeros only, the data are inflated once more.

    Raises:
        ImageError: if it is one.
    """
    if not last_row.any() and _lacks_rows(stream):
        raise _cut_short(path)


def refuse_cut_png(picture: ImageFile, path: Path) -> None:
    """Refuse a PNG that does not hold all its rows: Pillow would fill the others with zeros.

    Raises:
        ImageError: if it is one, or too large for the memory.
    """
    with path.open("rb") as stream:
        refuse_short_file(stream, path)
        refuse_more_than_memory(path, len(picture.getbands()) * picture.height * picture.width)
        last_row = picture.crop((0, picture.height - 1, picture.width, picture.height))
        refuse_missing_rows(stream, path, np.asarray(last_row))


def refuse_deep_color(stream: BinaryIO, path: Path) -> None:
    """Refuse PNG color (or grey with alpha) of 16 bits, which Pillow would cut to 8 silently.

    Raises:
        ImageError: if it is one.
    """
    position = stream.tell()
    stream.seek(0)
    header = stream.read(_COLOR_AT + 1)
    stream.seek(position)
    if not header.startswith(SIGNATURE[:4]):
        return
    if header[_DEPTH_AT] == _DEEP and header[_COLOR_AT] != _GREY:
        raise ImageError(
            path,
            expected="a PNG of 8 bits, or of 16 bits in grey without transparency",
            found="16-bit color",
            fix="save it as TIFF, which keeps all bits",
        )


def _cut_short(path: Path) -> ImageError:
    return ImageError(
        path,
        expected="a readable image",
        found="one that is cut short",
        fix="export the image again",
    )


def _lacks_rows(stream: BinaryIO) -> bool:
    needed, inflated, inflate = _num_bytes(stream), 0, zlib.decompressobj()
    for packed in _data(stream):
        waiting = packed
        while waiting and not inflate.eof:
            inflated += len(inflate.decompress(waiting, _PIECE))
            waiting = inflate.unconsumed_tail
    return inflated + len(inflate.flush()) < needed


def _num_bytes(stream: BinaryIO) -> int:
    """Return the fewest bytes that the pixels of all rows are inflated to, by the header."""
    stream.seek(len(SIGNATURE) + 8)
    header = struct.unpack(">IIBBBBB", stream.read(13))
    width, height, depth, color, *_, is_interlaced = map(int, header)
    row = (width * depth * _SAMPLES.get(color, 1) + 7) // 8
    return height * (row if is_interlaced else row + 1)  # a row begins with its filter


def _data(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(len(SIGNATURE))
    while len(start := stream.read(8)) == 8:  # noqa: PLR2004 - length and kind
        length, kind = struct.unpack(">I4s", start)
        content = stream.read(length)
        stream.seek(4, 1)  # the checksum
        if kind == b"IDAT":
            yield content
