"""What becomes of odd images, as docs/oddities.md tells it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.plane_choice import PlaneChoice

PAGE = Path(__file__).parents[1] / "docs" / "oddities.md"
GREY = (np.arange(30 * 40, dtype=np.uint16) * 50).reshape(30, 40)
GREY_8 = (GREY >> 8).astype(np.uint8)
COLOR = np.dstack([GREY_8, GREY_8 // 2, GREY_8 // 3])
INK = np.dstack([COLOR, GREY_8])
WITH_GAP = np.where(GREY < 500, np.nan, GREY).astype(np.float32)
FIRE = np.stack([np.clip(np.arange(256) * 3 - dark, 0, 255) for dark in (0, 255, 510)]).astype("u2")
Write = Callable[[Path], Any]


def tiff(pixels: Any, **options: Any) -> Write:
    return lambda path: tifffile.imwrite(path, pixels, **options)


def picture(pixels: Any, kind: str, mode: str | None = None, **options: Any) -> Write:
    made = (
        Image.fromarray(pixels)
        if mode is None
        else Image.frombytes(mode, pixels.shape[1::-1], pixels.tobytes())
    )
    return lambda path: made.save(path, kind, **options)


def pages(*sizes: int) -> Write:
    def write(path: Path) -> None:
        with tifffile.TiffWriter(path) as writer:
            for number, size in enumerate(sizes):
                kind = 1 if number and size < 10 else 0  # a reduced copy
                writer.write(GREY[:size], photometric="minisblack", subfiletype=kind)

    return write


# What it is, its name, how it is written; then how many channels are read, or why none is.
READ: dict[str, tuple[str, Write, int]] = {
    "a JPEG file called `.png`": ("a.png", picture(GREY_8, "JPEG"), 1),
    "grey with transparency": ("a.png", picture(np.dstack([GREY_8] * 2), "PNG", "LA"), 1),
    "1 bit": ("a.png", picture(GREY_8 > 90, "PNG"), 1),
    "signed 16 bits, with values below 0": (
        "a.tif",
        tiff((GREY.astype(np.int32) - 30_000).astype(np.int16)),
        1,
    ),
    "floats of 16, 32 or 64 bits": ("a.tif", tiff(GREY.astype(np.float16)), 1),
    "white is zero": ("a.tif", tiff(GREY_8, photometric="miniswhite"), 1),
    "values below 0 where white is zero": (
        "a.tif",
        tiff((GREY.astype(np.int32) - 30_000).astype(np.int16), photometric="miniswhite"),
        1,
    ),
    "`Invert LUT` of ImageJ": ("a.tif", tiff(GREY_8, imagej=True, photometric="miniswhite"), 1),
    "a lookup table, such as `Fire`": (
        "a.tif",
        tiff(GREY_8, photometric="palette", colormap=FIRE * 257),
        1,
    ),
    "a thumbnail as second page": ("a.tif", pages(30, 5), 1),
    "BigTIFF, big-endian, in tiles": (
        "a.tif",
        tiff(GREY, bigtiff=True, byteorder=">", tile=(16, 16)),
        1,
    ),
    "JPEG 2000 inside": ("a.tif", tiff(GREY, compression="jpeg2000"), 1),
    "1 x 1 px": ("a.png", picture(GREY_8[:1, :1], "PNG"), 1),
}
REFUSED: dict[str, tuple[str, Write, str]] = {
    "a GIF file called `.png`": ("a.png", picture(GREY_8, "GIF"), "begins with b'GIF"),
    "an animation": (
        "a.webp",
        picture(COLOR, "WEBP", save_all=True, append_images=[Image.fromarray(COLOR // 2)]),
        "found an animation",
    ),
    "ink (CMYK), JPEG": ("a.jpg", picture(INK, "JPEG", "CMYK"), "of the kind 'CMYK'"),
    "ink (CMYK), TIFF": ("a.tif", tiff(INK, photometric="separated"), "kind SEPARATED"),
    "color differences (YCbCr) that are not in JPEG": (
        "a.tif",
        tiff(COLOR, photometric="ycbcr"),
        "kind YCBCR",
    ),
    "floats with NaN": ("a.tif", tiff(WITH_GAP), "expected finite pixels"),
    "complex numbers": ("a.tif", tiff(GREY.astype(np.complex64)), "expected pixels that are"),
    "two pages of two sizes": ("a.tif", pages(30, 20), "expected one scene, found 2"),
    "five channels": (
        "a.tif",
        tiff(np.stack([GREY] * 5), imagej=True, metadata={"axes": "CYX"}),
        "found 5 channels",
    ),
    "a web page saved as an image": ("a.tif", lambda path: path.write_text("<html>"), "b'<html>'"),
    "an empty file": ("a.tif", lambda path: path.write_bytes(b""), "found an empty file"),
}


@pytest.mark.parametrize("what", READ)
def test_read_chosen__odd_image__is_read(what: str, tmp_path: Path) -> None:
    name, write, num_channels = READ[what]
    write(tmp_path / name)
    image = read_chosen(tmp_path / name, PlaneChoice())
    assert image.dtype in (np.uint8, np.uint16)
    assert len(image) == num_channels
    darkest, brightest = (0, -1) if "white is zero" not in what else (-1, 0)
    if image[0].size > 1:
        assert image[0].flat[darkest] == image.min() < image.max() == image[0].flat[brightest]


@pytest.mark.parametrize("what", REFUSED)
def test_read_chosen__odd_image__is_refused(what: str, tmp_path: Path) -> None:
    name, write, says = REFUSED[what]
    write(tmp_path / name)
    with pytest.raises(ImageError) as caught:
        read_chosen(tmp_path / name, PlaneChoice())
    assert says in str(caught.value)


def test_page__images__are_those_that_are_tested() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text("utf-8").splitlines() if " | " in line]
    told = [row[1] for row in rows if row[0] in ("| PNG", "| JPEG", "| WEBP", "| TIFF", "| any")]
    assert sorted(told) == sorted([*READ, *REFUSED])
