"""Tests for `gapjunction.images.orientation`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.orientation import turn_by_viewers

PIXELS = np.zeros((8, 10), np.uint8)
TAG = 274


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".png"])
@pytest.mark.parametrize(("orientation", "turn"), [(1, None), (6, "turned by 90 degrees")])
def test_turn_by_viewers__picture__as_its_tag_says(
    tmp_path: Path, suffix: str, orientation: int, turn: str | None
) -> None:
    exif = Image.Exif()
    exif[TAG] = orientation
    path = tmp_path / f"a{suffix}"
    Image.fromarray(PIXELS).save(path, exif=exif)
    assert turn_by_viewers(path) == turn


def test_turn_by_viewers__tiff__as_its_tag_says(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS, extratags=[(TAG, "H", 1, 3, True)])
    assert turn_by_viewers(path) == "turned by 180 degrees"


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_turn_by_viewers__no_tag__is_none(tmp_path: Path, name: str) -> None:
    Image.fromarray(PIXELS).save(tmp_path / name)
    assert turn_by_viewers(tmp_path / name) is None


def test_turn_by_viewers__no_image__is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(ImageError, match=r"a\.png: expected a WEBP, PNG, JPEG or TIFF image"):
        turn_by_viewers(tmp_path / "a.png")
