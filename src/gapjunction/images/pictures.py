"""Read and write image files as arrays (C, H, W), keeping their bit depth.

WEBP, PNG and JPEG go through Pillow, TIFF through tifffile; the content decides, not the suffix.
Nothing is rescaled or converted to another depth: what cannot be read as it is, is refused.
"""

import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from gapjunction.errors import ImageError
from gapjunction.files import written_whole
from gapjunction.images.animation import not_animated
from gapjunction.images.lookup_tables import has_lookup_table
from gapjunction.images.memory import refuse_more_than_memory
from gapjunction.images.png_data import (
    refuse_deep_color,
    refuse_missing_rows,
    refuse_short_file,
)
from gapjunction.images.tiff import has_tiff_16_bits, is_tiff, read_tiff, read_tiff_size
from gapjunction.images.usable_size import require_usable_size
from gapjunction.images.webp import WebpPicture, webp_pixels
from gapjunction.outside_files import require_plain

ImageArray = NDArray[np.uint8] | NDArray[np.uint16]

IMAGE_SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
TIFF_SUFFIXES = (".tif", ".tiff")
MAX_WEBP_SIDE = 16_383  # the format holds no more
PIXELS_PER_STRIP = 4_000_000  # decoded pixels are copied in strips, to hold them twice only briefly

_RGB, _DEEP_MODE, _LOOKUP = 3, "I;16", "places in a lookup table"
_DECODER_ERRORS = (
    OSError,
    SyntaxError,  # what Pillow raises for a broken header
    ValueError,
    TypeError,
    LookupError,
    RuntimeError,
    EOFError,
    ArithmeticError,
    AttributeError,  # what tifffile raises for a missing tag
    NameError,  # what nd2 raises where a channel has neither dye nor filter
    AssertionError,  # what readers of microscope files raise for a broken header
    struct.error,
    zlib.error,
)


def read_picture(path: Path) -> ImageArray:
    """Read an image of shape (C, H, W), C = 1 or 3, dtype uint8 or uint16 as in the file.

    Transparency is dropped and a palette becomes RGB, but for one that only shows brightness in
    color, of which the places are taken. The array may be a view with the channels last in memory.
    While reading, PNG and JPEG in color take 2.5 times the array's memory, WEBP once, TIFF once
    (twice if compressed), as measured on 10,000 x 10,000 pixels.

    Raises:
        ImageError: if the file is missing, damaged, too large, or neither grey nor RGB of 8 or
            16 bits.
    """
    with decoding(path), path.open("rb") as stream:
        if is_tiff(stream):
            height, width = read_tiff_size(path)
            require_usable_size(path, height, width)
            refuse_more_than_memory(path, height * width)
            return read_tiff(path)
        with _open_with_pillow(stream, path) as picture:
            require_usable_size(path, picture.height, picture.width)
            refuse_deep_color(stream, path)
            bytes_per_px = 2 if picture.mode == _DEEP_MODE else len(picture.getbands())
            refuse_more_than_memory(path, bytes_per_px * picture.height * picture.width)
            if isinstance(picture, PngImageFile):
                return _png_pixels(picture, stream, path)
            return _webp_pixels(stream) if picture.format == "WEBP" else _pixels(picture, path)


def read_image_size(path: Path) -> tuple[int, int]:
    """Return (height, width) in pixels from the file's header, without decoding the pixels.

    Raises:
        ImageError: as `read_picture` does, as far as the header tells.
    """
    with decoding(path), path.open("rb") as stream:
        if is_tiff(stream):
            height, width = read_tiff_size(path)
            require_usable_size(path, height, width)
            return height, width
        with _open_with_pillow(stream, path) as picture:
            require_usable_size(path, picture.height, picture.width)
            refuse_deep_color(stream, path)
            return picture.height, picture.width


def has_16_bits(path: Path) -> bool:
    """Tell from the file's header whether `read_picture` returns its pixels with 16 bits.

    Raises:
        ImageError: as `read_image_size` does.
    """
    with decoding(path), path.open("rb") as stream:
        if is_tiff(stream):
            return has_tiff_16_bits(path)
        with _open_with_pillow(stream, path) as picture:
            return picture.mode == _DEEP_MODE


def write_png(path: Path, image: ImageArray) -> None:
    """Write an image (C, H, W) as PNG without loss: grey of 8 or 16 bits, or RGB of 8 bits.

    Raises:
        ValueError: for 16-bit RGB, which Pillow cannot write, and for other shapes or dtypes.
    """
    grey, color = image.shape[0] == 1, image.shape[0] == _RGB
    if not ((grey and image.dtype in (np.uint8, np.uint16)) or (color and image.dtype == np.uint8)):
        raise ValueError(
            f"expected (1, H, W) uint8/uint16 or (3, H, W) uint8, got {image.shape} {image.dtype}"
        )
    rows = image[0] if grey else np.moveaxis(image, 0, -1)
    with written_whole(path) as partial:
        Image.fromarray(np.ascontiguousarray(rows)).save(partial, format="PNG")


def write_webp(path: Path, image: NDArray[np.uint8]) -> None:
    """Write an image (C, H, W) of 8 bits, grey or RGB, as WEBP without loss; grey becomes RGB.

    Raises:
        ValueError: for other shapes and dtypes, or sides of more than MAX_WEBP_SIDE px.
    """
    if image.dtype != np.uint8 or image.shape[0] not in (1, _RGB):
        raise ValueError(f"expected (1 or 3, H, W) uint8, got {image.shape} {image.dtype}")
    if max(image.shape) > MAX_WEBP_SIDE:
        raise ValueError(f"expected at most {MAX_WEBP_SIDE} px a side, got {image.shape}")
    rows = np.moveaxis(np.broadcast_to(image, (_RGB, *image.shape[1:])), 0, -1)
    with written_whole(path) as partial:
        Image.fromarray(np.ascontiguousarray(rows)).save(partial, format="WEBP", lossless=True)


def copy_picture(source: Path, target: Path) -> None:
    """Copy an image file, if all of its pixels can be read.

    Raises:
        ImageError: as `read_picture` does.
    """
    read_picture(source)
    shutil.copyfile(source, target)


@contextmanager
def opened_picture(path: Path) -> Iterator[ImageFile]:
    """Give a WEBP, PNG or JPEG file as Pillow opens it; pixels may be decoded inside the block.

    Raises:
        ImageError: if the file is missing, damaged or too large, or a PNG in color of 16 bits.
    """
    with decoding(path), path.open("rb") as stream, picture_in(stream, path) as picture:
        yield picture


@contextmanager
def picture_in(stream: BinaryIO, path: Path) -> Iterator[ImageFile]:
    """Give what `opened_picture` does, of a file that is open already.

    Raises:
        ImageError: as `opened_picture` does, but for damaged headers, which Pillow names.
    """
    stream.seek(0)
    with _open_with_pillow(stream, path) as picture:
        require_usable_size(path, picture.height, picture.width)
        refuse_deep_color(stream, path)
        yield picture


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises inside the block into an `ImageError`.

    Raises:
        ImageError: naming `path` and what the decoder said, or if it is a pipe or device.
    """
    try:
        require_plain(path, ImageError)
        yield
    except _DECODER_ERRORS as error:
        if isinstance(error, OSError) and error.strerror:
            found, fix = error.strerror, "check the path and its permissions"
        else:
            found = f"one that is damaged or cut short ({_first_line(error)})"
            fix = "export the image again"
        raise ImageError(path, expected="a readable image", found=found, fix=fix) from None
    except MemoryError:  # also what a damaged header can ask for
        raise ImageError(
            path,
            expected="an image that fits into memory",
            found="a larger one, or a damaged header",
            fix="cut the image into parts, or export it again",
        ) from None


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0][:100] if lines else type(error).__name__


def _open_with_pillow(stream: BinaryIO, path: Path) -> ImageFile:
    """Open WEBP, PNG or JPEG; `Image.open` would refuse images of 180 million pixels."""
    start = stream.read(12)
    stream.seek(0)
    if start.startswith(b"\x89PNG"):
        return not_animated(PngImageFile(stream), path)
    if start.startswith(b"\xff\xd8\xff"):
        return JpegImageFile(stream)
    if start.startswith(b"RIFF") and start.endswith(b"WEBP"):
        return not_animated(WebpPicture(stream), path)
    raise ImageError(
        path,
        expected="a WEBP, PNG, JPEG or TIFF image",
        found="an empty file" if not start else f"a file that begins with {start[:8]!r}",
        fix="export the image again in one of these formats",
    )


def _pixels(picture: ImageFile, path: Path) -> ImageArray:
    """Decode a Pillow image strip by strip into an array (C, H, W)."""
    try:
        target_mode, num_channels, dtype = {
            "1": ("L", 1, np.uint8),
            "L": ("L", 1, np.uint8),
            "LA": ("LA", 1, np.uint8),
            "I;16": ("I;16", 1, np.uint16),
            "P": ("RGBA", _RGB, np.uint8),
            "RGB": ("RGB", _RGB, np.uint8),
            "RGBA": ("RGBA", _RGB, np.uint8),
            _LOOKUP: ("P", 1, np.uint8),
        }[_LOOKUP if has_lookup_table(picture) else picture.mode]
    except KeyError:
        raise ImageError(
            path,
            expected="a grey or RGB image",
            found=f"colors of the kind {picture.mode!r}",
            fix="save it as grey or RGB",
        ) from None
    height, width = picture.height, picture.width
    picture.load()
    image = np.empty((height, width, num_channels), dtype)
    rows = max(PIXELS_PER_STRIP // width, 1)
    for y0 in range(0, height, rows):
        y1 = min(y0 + rows, height)
        strip = picture.crop((0, y0, width, y1))
        strip = strip if strip.mode == target_mode else strip.convert(target_mode)
        image[y0:y1] = np.asarray(strip).reshape(y1 - y0, width, -1)[..., :num_channels]
    return np.moveaxis(image, -1, 0)


def _png_pixels(picture: PngImageFile, stream: BinaryIO, path: Path) -> ImageArray:
    """Decode a PNG; one whose data end before its last row is refused."""
    refuse_short_file(stream, path)
    image = _pixels(picture, path)
    refuse_missing_rows(stream, path, image[:, -1])
    return image


def _webp_pixels(stream: BinaryIO) -> ImageArray:
    """Decode WEBP into (3, H, W)."""
    stream.seek(0)
    return np.moveaxis(webp_pixels(stream.read())[..., :_RGB], -1, 0)
