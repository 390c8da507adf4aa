"""Tests for `gapjunction.images.webp`."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

from gapjunction.errors import ImageError
from gapjunction.images.pictures import read_image_size, read_picture, write_webp
from gapjunction.images.webp import WebpPicture, is_lossy_webp, webp_pixels

SIDES = (5, 7)


def webp(*, mode: str = "RGB", is_lossless: bool = True, exif: bytes = b"") -> bytes:
    stream = io.BytesIO()
    values = np.random.default_rng(0).integers(0, 256, (*SIDES, len(mode)), np.uint8)
    Image.fromarray(values).save(stream, format="WEBP", lossless=is_lossless, exif=exif)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("is_lossless", [True, False])
def test_webp_picture__any_kind__says_what_pillow_says(mode: str, is_lossless: bool) -> None:
    content = webp(mode=mode, is_lossless=is_lossless)
    with WebpPicture(io.BytesIO(content)) as ours, WebPImageFile(io.BytesIO(content)) as pillows:
        assert (ours.size, ours.mode, ours.format) == (pillows.size, pillows.mode, "WEBP")


def test_webp_picture__turned__keeps_its_exif() -> None:
    exif = Image.Exif()
    exif[274] = 6
    with WebpPicture(io.BytesIO(webp(exif=exif.tobytes()))) as picture:
        assert picture.getexif()[274] == 6


@pytest.mark.parametrize("is_lossless", [True, False])
def test_is_lossy_webp__first_pixels__tell(is_lossless: bool) -> None:
    assert is_lossy_webp(webp(is_lossless=is_lossless)) is not is_lossless


def test_webp_pixels__cut_short__is_refused() -> None:
    content = webp()
    assert webp_pixels(content).shape == (*SIDES, 3)
    with pytest.raises(ValueError, match="announced"):
        webp_pixels(content[:-20])


@pytest.mark.parametrize("content", [b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0"])
def test_read_image_size__header_alone__is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.webp").write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.webp: expected a readable image"):
        read_image_size(tmp_path / "a.webp")


@pytest.mark.slow
def test_read_picture__webp_above_pillows_limit__is_read_again(tmp_path: Path) -> None:
    image = np.zeros((1, 14_000, 14_000), np.uint8)
    image[0, 5, 7] = 9
    write_webp(tmp_path / "a.webp", image)
    assert read_image_size(tmp_path / "a.webp") == (14_000, 14_000)
    assert np.argwhere(read_picture(tmp_path / "a.webp")[0]).tolist() == [[5, 7]]


def test_read_image_size__header_above_pillows_limit__is_told(tmp_path: Path) -> None:
    size = (13_999 | 13_999 << 14).to_bytes(4, "little")
    (tmp_path / "a.webp").write_bytes(b"RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0/" + size + b"\0")
    assert read_image_size(tmp_path / "a.webp") == (14_000, 14_000)
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_picture(tmp_path / "a.webp")
