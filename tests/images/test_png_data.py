"""Tests for `gapjunction.images.png_data`, by way of `read_picture`."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.pictures import read_picture


def save_with_height(path: Path, height: int) -> None:
    """Write a PNG of 9 rows whose header says another height."""
    pixels = np.full((9, 8), 200, np.uint8)
    Image.fromarray(pixels).save(path)
    content = bytearray(path.read_bytes())
    content[20:24] = struct.pack(">I", height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)


@pytest.mark.parametrize("height", [10, 100, 2_000_000])
def test_read_picture__png_with_fewer_rows_than_it_says__is_cut_short(
    tmp_path: Path, height: int
) -> None:
    save_with_height(tmp_path / "a.png", height)
    with pytest.raises(ImageError, match="cut short"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_read_picture__black_png__is_whole(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (300, 200)).save(tmp_path / "a.png")
    assert not read_picture(tmp_path / "a.png").any()
