"""Tests for `gapjunction.images.pictures`."""

import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images import pictures, usable_size
from gapjunction.images.pictures import (
    decoding,
    read_image_size,
    read_picture,
    write_png,
    write_webp,
)


def gradient(*shape: int, dtype: type = np.uint8) -> NDArray[np.uint8]:
    """Return all values of `dtype` in turn, from 0 on, in an array of this shape."""
    values: NDArray[np.uint8] = (np.arange(np.prod(shape)) * 7).astype(dtype).reshape(shape)
    return values


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_read_image__color_without_loss__gives_channels_first(tmp_path: Path, suffix: str) -> None:
    pixels = gradient(5, 4, 3)
    Image.fromarray(pixels).save(tmp_path / f"a{suffix}", lossless=True)
    image = read_picture(tmp_path / f"a{suffix}")
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, pixels.transpose(2, 0, 1))


def test_read_image__jpeg__gives_three_channels(tmp_path: Path) -> None:
    Image.fromarray(np.full((5, 4, 3), 90, np.uint8)).save(tmp_path / "a.jpg")
    np.testing.assert_allclose(read_picture(tmp_path / "a.jpg"), np.full((3, 5, 4), 90), atol=2)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_read_image__grey__keeps_one_channel_and_its_depth(tmp_path: Path, dtype: type) -> None:
    pixels = gradient(50, 40, dtype=dtype)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = read_picture(tmp_path / "a.png")
    assert image.dtype == dtype
    np.testing.assert_array_equal(image, pixels[np.newaxis])


def test_read_image__transparency__is_dropped(tmp_path: Path) -> None:
    pixels = gradient(5, 4, 4)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    expected = pixels[..., :3].transpose(2, 0, 1)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), expected)


def test_read_image__palette__becomes_rgb(tmp_path: Path) -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    picture.save(tmp_path / "a.png", transparency=b"\x00\xff")
    assert read_picture(tmp_path / "a.png")[:, 0, :].T.tolist() == [[10, 20, 30], [40, 50, 60]]


def test_read_image__one_bit__is_black_and_white(tmp_path: Path) -> None:
    Image.fromarray(np.array([[True, False]])).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").tolist() == [[[255, 0]]]


def test_read_image__several_strips__joins_them_seamlessly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PIXELS_PER_STRIP", 8)
    pixels = gradient(7, 4, 3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), pixels.transpose(2, 0, 1))


def test_read_image__content_contradicts_the_suffix__goes_by_content(tmp_path: Path) -> None:
    Image.fromarray(gradient(5, 4)).save(tmp_path / "a.webp", format="PNG")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.webp"), gradient(1, 5, 4))


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg"])
def test_read_image__cut_short__says_so(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageError, match="expected a readable image, found one that is damaged"):
        read_picture(path)


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"", "an empty file"), (b"hello world", "begins with b'hello wo'"), (b"\x89PNG", "damaged")],
)
def test_read_image_size__no_image__says_what_it_is(
    tmp_path: Path, content: bytes, found: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=found):
        read_image_size(path)


def test_read_image__missing__says_so(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No such file"):
        read_picture(tmp_path / "a.png")


def test_read_image__color_png_of_16_bits__is_refused_instead_of_cut_to_8(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(gradient(5, 4, 3)).save(path)
    content = path.read_bytes()
    header = content[12:24] + bytes([16]) + content[25:29]  # as before, with a bit depth of 16
    path.write_bytes(content[:12] + header + zlib.crc32(header).to_bytes(4, "big") + content[33:])
    with pytest.raises(ImageError, match="found 16-bit color; save it as TIFF"):
        read_picture(path)


def test_read_image__cmyk__is_refused(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4)).save(tmp_path / "a.jpg")
    with pytest.raises(ImageError, match="'CMYK'"):
        read_picture(tmp_path / "a.jpg")


def test_read_image_size__large_header__is_refused_without_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usable_size, "MAX_PIXELS", 19)
    Image.fromarray(gradient(5, 4)).save(tmp_path / "a.png")
    with pytest.raises(ImageError, match="at most 19 pixels, found 4 x 5 = 20"):
        read_image_size(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg", ".tif"])
def test_read_image_size__gives_height_before_width(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / f"a{suffix}")
    assert read_image_size(tmp_path / f"a{suffix}") == (30, 40)


@pytest.mark.parametrize(
    "image",
    [gradient(1, 5, 4), gradient(1, 5, 4, dtype=np.uint16), gradient(3, 5, 4)],
    ids=["grey 8", "grey 16", "color 8"],
)
def test_write_png__reads_back_the_same(tmp_path: Path, image: NDArray[np.uint8]) -> None:
    write_png(tmp_path / "a.png", image)
    read = read_picture(tmp_path / "a.png")
    assert read.dtype == image.dtype
    np.testing.assert_array_equal(read, image)


def test_write_png__color_of_16_bits__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"got \(3, 5, 4\) uint16"):
        write_png(tmp_path / "a.png", gradient(3, 5, 4, dtype=np.uint16))


@pytest.mark.slow
def test_read_image__hundred_million_pixels__needs_no_second_copy_in_numpy(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (10_000, 10_000)).save(path, compress_level=1)
    tracemalloc.start()  # sees numpy's memory, not Pillow's
    image = read_picture(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert image.shape == (3, 10_000, 10_000)
    assert peak < 1.2 * image.nbytes


def test_decoding__more_than_memory_holds__is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.nd2").touch()
    with pytest.raises(ImageError, match="fits into memory"), decoding(tmp_path / "a.nd2"):
        raise MemoryError


@pytest.mark.parametrize("channels", [1, 3])
def test_write_webp__loses_nothing_and_makes_grey_rgb(tmp_path: Path, channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (channels, 9, 7), dtype=np.uint8)
    write_webp(tmp_path / "a.webp", image)
    read = read_picture(tmp_path / "a.webp")
    np.testing.assert_array_equal(read, np.broadcast_to(image, (3, 9, 7)))


@pytest.mark.parametrize(
    ("shape", "dtype"), [((2, 4, 4), np.uint8), ((1, 4, 4), np.uint16), ((1, 1, 16_384), np.uint8)]
)
def test_write_webp__what_the_format_cannot_hold__is_our_mistake(
    tmp_path: Path, shape: tuple[int, ...], dtype: type
) -> None:
    with pytest.raises(ValueError, match="expected"):
        write_webp(tmp_path / "a.webp", np.zeros(shape, dtype))
