"""Tests for `gapjunction.images.tiff`, through the door that everybody uses: `images`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.pictures import read_image_size, read_picture


def ramp(*shape: int, dtype: type = np.uint16) -> NDArray[np.uint16]:
    """Return rising values in an array of this shape."""
    values: NDArray[np.uint16] = (np.arange(np.prod(shape)) * 11).astype(dtype).reshape(shape)
    return values


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_read_image__grey_tiff__keeps_every_bit(tmp_path: Path, dtype: type) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ramp(30, 40, dtype=dtype))
    image = read_picture(tmp_path / "a.tif")
    assert image.dtype == dtype
    np.testing.assert_array_equal(image, ramp(1, 30, 40, dtype=dtype))


@pytest.mark.parametrize("channels", [3, 4])
def test_read_image__color_tiff__gives_three_channels_first(tmp_path: Path, channels: int) -> None:
    pixels = ramp(30, 40, channels)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    expected = pixels[..., :3].transpose(2, 0, 1)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), expected)
    assert read_image_size(tmp_path / "a.tif") == (30, 40)


def test_read_image__planar_tiff__keeps_its_axes(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", ramp(3, 30, 40), photometric="rgb", planarconfig="separate"
    )
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), ramp(3, 30, 40))
    assert read_image_size(tmp_path / "a.tif") == (30, 40)


def test_read_image__tiff_where_white_is_zero__makes_bright_high(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ramp(8, 8), photometric="miniswhite")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), 65535 - ramp(1, 8, 8))


def test_read_image__palette_tiff__becomes_rgb(tmp_path: Path) -> None:
    falling_green = np.zeros((3, 256), np.uint16)
    falling_green[1] = np.arange(256)[::-1] * 257
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="palette", colormap=falling_green)
    image = read_picture(tmp_path / "a.tif")
    np.testing.assert_array_equal(image[1], 255 - pixels)
    assert image.dtype == np.uint8
    assert not image[[0, 2]].any()


def test_read_image__three_channels_in_imagej__are_colors(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ramp(3, 30, 40), imagej=True, metadata={"axes": "CYX"})
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), ramp(3, 30, 40))


@pytest.mark.parametrize("shape", [(3, 30, 40), (5, 40, 3)])
@pytest.mark.parametrize("axis", ["Z", "T"])
def test_read_image__stack_as_large_as_a_color_image__is_refused(
    tmp_path: Path, shape: tuple[int, ...], axis: str
) -> None:
    metadata = {"axes": f"{axis}YX"}
    tifffile.imwrite(tmp_path / "a.tif", ramp(*shape), imagej=True, metadata=metadata)
    with pytest.raises(ImageError, match=f"axes {axis}YX"):
        read_image_size(tmp_path / "a.tif")


def write_pages(path: Path, *pages: NDArray[np.uint16], reduced: bool = False) -> None:
    """Write grey pages, the first at full size, the others marked as reduced if so asked."""
    with tifffile.TiffWriter(path) as writer:
        for index, page in enumerate(pages):
            kind = 1 if reduced and index else 0
            writer.write(page, photometric="minisblack", subfiletype=kind, metadata=None)


def test_read_image__three_grey_pages__are_no_colors(tmp_path: Path) -> None:
    write_pages(tmp_path / "a.tif", *ramp(3, 30, 40))
    with pytest.raises(ImageError, match="axes IYX"):
        read_picture(tmp_path / "a.tif")


def test_read_image__pages_of_two_sizes__are_refused_not_dropped(tmp_path: Path) -> None:
    write_pages(tmp_path / "a.tif", ramp(30, 40), ramp(20, 40))
    with pytest.raises(ImageError, match="found 2 images with the axes YX, YX"):
        read_picture(tmp_path / "a.tif")


def test_read_image__thumbnail_after_the_image__is_passed_over(tmp_path: Path) -> None:
    write_pages(tmp_path / "a.tif", ramp(30, 40), ramp(3, 4), reduced=True)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), ramp(1, 30, 40))


def test_read_image__pyramid__gives_its_full_size(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(ramp(64, 64), subifds=1, photometric="minisblack")
        writer.write(ramp(32, 32), subfiletype=1, photometric="minisblack")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif"), ramp(1, 64, 64))


@pytest.mark.parametrize("shape", [(5, 30, 40), (2, 3, 30, 40), (30, 40, 2)])
def test_read_image__stack__names_its_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ramp(*shape), photometric="minisblack")
    with pytest.raises(ImageError, match=r"found shape \(\d+, \d+, \d+(, \d+)?\)"):
        read_picture(tmp_path / "a.tif")


def test_read_image__float_tiff__names_its_type(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((30, 40), np.float32))
    with pytest.raises(ImageError, match="uint8 or uint16, found float32"):
        read_image_size(tmp_path / "a.tif")


@pytest.mark.parametrize("tile", [None, (16, 16)])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_read_image__tiff_cut_short__is_refused(
    tmp_path: Path, tile: tuple[int, int] | None, compression: str | None, share: float
) -> None:
    path = tmp_path / "a.tif"
    pixels = np.random.default_rng(0).integers(0, 65535, (64, 64), dtype=np.uint16)
    tifffile.imwrite(path, pixels, compression=compression, tile=tile)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ImageError):
        read_picture(path)


def test_read_image__stack_cut_short_after_a_page__is_not_taken_for_one_plane(
    tmp_path: Path,
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", ramp(5, 30, 40), photometric="minisblack")
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match="is missing"):
        read_picture(tmp_path / "a.tif")
