"""WEBP files of any size that the format allows: their headers, and their pixels.

Pillow refuses WEBP of 179 million pixels and takes 5.4 times the pixels' memory. RFC 9649 describes
the container.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

_CHUNKS_AT, _CHUNK_HEAD = 12, 8  # bytes
_ALPHA_FLAG, _SIDE_BITS = 0x10, 0x3FFF
_LOSSY_START, _LOSSLESS_START = b"\x9d\x01\x2a", 0x2F
_RGB = 3


class WebpPicture(ImageFile):
    """What Pillow makes of the header of a WEBP file; `webp_pixels` decodes the pixels."""

    format = "WEBP"

    def _open(self) -> None:
        if self.fp is None:
            raise ValueError("no file")
        content = self.fp.read()
        header = _header(content)
        self._size = header.width, header.height
        self._mode = "RGBA" if header.has_alpha else "RGB"
        exif = next((chunk.content for chunk in _chunks(content) if chunk.kind == b"EXIF"), None)
        if exif is not None:
            self.info["exif"] = exif
        self.is_animated = any(chunk.kind == b"ANMF" for chunk in _chunks(content))


def webp_pixels(content: bytes) -> NDArray[np.uint8]:
    """Decode a WEBP file into an array (H, W, 3 or 4).

    Raises:
        ValueError: if the file is cut short.
        imagecodecs.WebpError: if it is damaged in another way.
    """
    header = _header(content)
    _require_whole(content)
    pixels: NDArray[np.uint8] = imagecodecs.webp_decode(content)
    if pixels.shape[:2] != (header.height, header.width):
        raise ValueError(f"{header.width} x {header.height} px announced, others found")
    return pixels


def is_lossy_webp(content: bytes) -> bool:
    """Tell whether a WEBP file is lossy: the first chunk of pixels says so."""
    kinds = (chunk.kind for chunk in _chunks(content))
    return next((kind == b"VP8 " for kind in kinds if kind in (b"VP8 ", b"VP8L")), True)


class _Header(NamedTuple):
    height: int
    width: int
    has_alpha: bool


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes


def _header(content: bytes) -> _Header:
    first = next(_chunks(content), _Chunk(b"", b""))
    if first.kind == b"VP8X":
        (flags,), width, height = first.content[:1], first.content[4:7], first.content[7:10]
        return _Header(_canvas_side(height), _canvas_side(width), bool(flags & _ALPHA_FLAG))
    if first.kind == b"VP8 " and first.content[3:6] == _LOSSY_START:
        width, height = struct.unpack_from("<HH", first.content, 6)
        return _Header(height & _SIDE_BITS, width & _SIDE_BITS, has_alpha=False)
    if first.kind == b"VP8L" and first.content[:1] == bytes([_LOSSLESS_START]):
        (bits,) = struct.unpack_from("<I", first.content, 1)
        width, height = (bits & _SIDE_BITS) + 1, (bits >> 14 & _SIDE_BITS) + 1
        return _Header(height, width, has_alpha=bool(bits >> 28 & 1))
    raise ValueError("no WEBP header")


def _canvas_side(content: bytes) -> int:
    return int.from_bytes(content, "little") + 1


def _chunks(content: bytes) -> Iterator[_Chunk]:
    """Yield the chunks of a file; the last may be cut short."""
    at = _CHUNKS_AT
    while at + _CHUNK_HEAD <= len(content):
        kind, size = struct.unpack_from("<4sI", content, at)
        start = at + _CHUNK_HEAD
        yield _Chunk(kind, content[start : start + size])
        at = start + size + size % 2


def _require_whole(content: bytes) -> None:
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content) + size % 2:
        raise ValueError(f"{size + 8:,} bytes announced, {len(content):,} there")
