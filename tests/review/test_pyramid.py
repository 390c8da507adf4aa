"""Tests for `gapjunction.review.pyramid`, `pixels` and `tiff_pixels`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.pictures import ImageArray, read_picture
from gapjunction.review.pixels import ArrayPixels, Pixels, open_levels
from gapjunction.review.pyramid import TILE_SIZE, build_pyramid
from gapjunction.review.pyramids import Pyramids
from gapjunction.review.tiff_pixels import TiffPixels

SIDE, MOST_GB = 20_000, 1.5
ROOT = Path(__file__).parents[2]
MEASURE = """
import sys
from pathlib import Path
from bench.peak_memory import read_peak_kb
from gapjunction.review.pyramids import Pyramids
pyramid = Pyramids().of(Path(sys.argv[1]))
assert pyramid.tile(0, 0, 0).any()
print(read_peak_kb() / 1e6)
"""


def whole_of(pixels: Pixels) -> ImageArray:
    return pixels.region(0, pixels.shape[1], 0, pixels.shape[2])


def write_with_copies(path: Path, image: ImageArray, copies: Sequence[ImageArray]) -> None:
    """Write a TIFF as programs for large images do: smaller copies beside the image."""
    tiles: dict[str, Any] = {"tile": (64, 64), "compression": "zlib"}
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(image, subifds=len(copies), **tiles)
        for copy in copies:
            tiff.write(copy, subfiletype=1, **tiles)


def random_image(*shape: int, dtype: type = np.uint8) -> ImageArray:
    most = np.iinfo(dtype).max
    drawn: ImageArray = (
        np.random.default_rng(0).integers(0, most, shape, endpoint=True).astype(dtype)
    )
    return drawn


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [(513, 30), (700, 1025), (1024, 512)])
def test_build_pyramid__each_level__is_the_mean_of_two_by_two(
    dtype: type, size: tuple[int, int]
) -> None:
    image = random_image(2, *size, dtype=dtype)
    pyramid = build_pyramid(ArrayPixels(image))
    height, width = (side + side % 2 for side in size)
    padded = np.pad(image, ((0, 0), (0, height - size[0]), (0, width - size[1])), "edge")
    blocks = padded.reshape(2, height // 2, 2, width // 2, 2).astype(np.float64)
    expected = np.floor(blocks.mean(axis=(2, 4)) + 0.5)
    assert np.array_equal(whole_of(pyramid.reduced[-1]), expected)


def test_build_pyramid__smallest_level__fits_into_one_tile() -> None:
    pyramid = build_pyramid(ArrayPixels(random_image(1, 1500, 600)))
    assert [pyramid.size(level) for level in range(pyramid.num_levels)] == [
        (375, 150),
        (750, 300),
        (1500, 600),
    ]


def test_build_pyramid__small_image__is_its_only_level() -> None:
    pyramid = build_pyramid(ArrayPixels(random_image(1, 20, 30)))
    assert (pyramid.num_levels, pyramid.size(0)) == (1, (20, 30))


def test_tile__all_of_a_level__are_the_image() -> None:
    image = random_image(1, 600, 1100)
    pyramid = build_pyramid(ArrayPixels(image))
    last = pyramid.num_levels - 1
    rows = []
    for y in range(2):
        tiles = [pyramid.tile(last, x, y) for x in range(3)]
        rows.append(np.concatenate([tile for tile in tiles if tile is not None], axis=2))
    assert np.array_equal(np.concatenate(rows, axis=1), image)
    assert pyramid.tile(last, 3, 0) is None
    assert pyramid.tile(last, -1, 0) is None


@pytest.mark.parametrize("layout", [{"rowsperstrip": 7}, {"tile": (32, 16)}])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("shape", [(100, 90), (100, 90, 3), (100, 90, 4)])
def test_open_levels__large_tiff__gives_regions_as_the_whole_has_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    layout: dict[str, Any],
    compression: str | None,
    shape: tuple[int, ...],
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path = tmp_path / "large.tif"
    kind = "minisblack" if len(shape) == 2 else "rgb"
    image = random_image(*shape, dtype=np.uint16)
    tifffile.imwrite(path, image, compression=compression, photometric=kind, **layout)
    [pixels] = open_levels(path)
    assert isinstance(pixels, TiffPixels)
    whole = read_picture(path)
    assert pixels.shape == whole.shape
    for y0, y1, x0, x1 in [(0, 100, 0, 90), (13, 14, 5, 6), (30, 70, 15, 80), (99, 100, 0, 90)]:
        assert np.array_equal(pixels.region(y0, y1, x0, x1), whole[:, y0:y1, x0:x1])


def test_open_levels__bytes_the_other_way_round__are_turned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path = tmp_path / "big_endian.tif"
    tifffile.imwrite(path, random_image(20, 30, dtype=np.uint16), byteorder=">")
    [pixels] = open_levels(path)
    assert isinstance(pixels, TiffPixels)
    assert np.array_equal(whole_of(pixels), read_picture(path))


def test_open_levels__one_large_strip__is_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    monkeypatch.setattr("gapjunction.review.tiff_pixels.MOST_IN_A_PART", 500)
    path = tmp_path / "strip.tif"
    tifffile.imwrite(path, random_image(20, 30), compression="zlib", rowsperstrip=20)
    assert isinstance(open_levels(path)[0], ArrayPixels)


@pytest.mark.parametrize("rounding", [0, 1], ids=["down", "up"])
def test_build_pyramid__copies_in_the_file__are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounding: int
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    copies = [
        np.full(((1301 + rounding) // 2, 550), 7, np.uint8),
        np.full(((651 + rounding) // 2, 275), 9, np.uint8),
    ]
    write_with_copies(tmp_path / "a.tif", random_image(1301, 1100), copies)
    full, *smaller = open_levels(tmp_path / "a.tif")
    pyramid = build_pyramid(full, smaller)
    assert [int(whole_of(level).max()) for level in pyramid.reduced] == [9, 7]
    assert np.array_equal(whole_of(full), read_picture(tmp_path / "a.tif"))


def test_build_pyramid__copy_of_another_size__is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    image, quarter = random_image(1000, 1000), np.full((250, 250), 9, np.uint8)
    write_with_copies(tmp_path / "a.tif", image, [quarter])
    full, *smaller = open_levels(tmp_path / "a.tif")
    [half] = build_pyramid(full, smaller).reduced
    assert max(half.shape) <= TILE_SIZE
    assert not np.array_equal(whole_of(half), quarter[None])


def test_open_levels__large_tiff_cut_short__is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path = tmp_path / "cut.tif"
    tifffile.imwrite(path, random_image(100, 90), compression="zlib")
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(ImageError, match=r"cut\.tif"):
        whole_of(open_levels(path)[0])


def test_open_levels__white_is_zero__is_turned_round_as_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path = tmp_path / "negative.tif"
    tifffile.imwrite(path, random_image(20, 30), photometric="miniswhite")
    assert np.array_equal(whole_of(open_levels(path)[0]), read_picture(path))


def test_open_levels__grey_in_three_channels__is_one(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(np.repeat(random_image(20, 30, 1), 3, axis=2)).save(path)
    assert open_levels(path)[0].shape == (1, 20, 30)


def test_pyramids__file_changed__is_read_again(tmp_path: Path) -> None:
    path, pyramids = tmp_path / "a.png", Pyramids()
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(path)
    assert pyramids.of(path) is pyramids.of(path)
    Image.fromarray(np.full((20, 30), 9, np.uint8)).save(path)
    os.utime(path, ns=(1, 1))
    assert pyramids.of(path).ranges == ((9, 9),)


def test_pyramids__more_than_may_be_kept__drops_the_oldest(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for path in paths:
        Image.fromarray(random_image(20, 30)).save(path)
    pyramids = Pyramids(most_bytes=1300)
    first = pyramids.of(paths[0])
    second = pyramids.of(paths[1])
    pyramids.of(paths[2])
    assert pyramids.of(paths[1]) is second
    assert pyramids.of(paths[0]) is not first


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units")
@pytest.mark.parametrize("name", ["strips.tif", "bare.tif", "grey.png"])
def test_pyramids__twenty_thousand_px_a_side__take_little_memory(tmp_path: Path, name: str) -> None:
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[::7, ::5] = np.arange(SIDE // 5, dtype=np.uint8)
    if name == "grey.png":
        Image.fromarray(image).save(tmp_path / name, compress_level=1)
    else:
        compression = "zlib" if name == "strips.tif" else None
        tifffile.imwrite(tmp_path / name, image, compression=compression)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(done.stdout) < MOST_GB
