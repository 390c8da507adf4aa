"""Tests for `gapjunction.images.imagej_unit`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.images.imagej_unit import imagej_pixel

PIXELS = np.zeros((8, 10), np.uint8)
INCH, CENTIMETER = 2, 3


@pytest.mark.parametrize(
    ("options", "pixel"),
    [
        ({"imagej": True, "metadata": {"unit": "micron"}, "resolution": (10, 10)}, (0.1, 0.1)),
        ({"imagej": True, "metadata": {"unit": "mm"}, "resolution": (10, 20)}, (0.1, 0.05)),
        ({"imagej": True, "metadata": {"unit": "pixel"}, "resolution": (10, 10)}, None),
        ({"resolution": (300, 300), "resolutionunit": INCH}, (1 / 300, 1 / 300)),
        ({"resolution": (72, 72), "resolutionunit": INCH}, None),
        ({"resolution": (100, 100), "resolutionunit": CENTIMETER}, (0.01, 0.01)),
        ({}, None),
        ({"ome": True, "metadata": {"PhysicalSizeX": 0.2, "PhysicalSizeY": 0.2}}, (0.2, 0.2)),
    ],
)
def test_imagej_pixel__tiff__is_as_imagej_shows_it(
    tmp_path: Path, options: dict[str, Any], pixel: tuple[float, float] | None
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", PIXELS, **options)
    found = imagej_pixel(tmp_path / "a.tif")
    assert found == (pixel if pixel is None else pytest.approx(pixel))


def test_imagej_pixel__picture__has_none(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    assert imagej_pixel(tmp_path / "a.png") is None
