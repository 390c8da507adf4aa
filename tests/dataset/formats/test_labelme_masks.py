"""Tests for `gapjunction.dataset.formats.labelme_masks`."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction.dataset.formats.labelme_masks import box_of_mask
from gapjunction.errors import GapJunctionError


def packed(pixels: NDArray[np.uint8]) -> str:
    """Return a mask as LabelMe writes it."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


@pytest.mark.parametrize("border", [0, 1])
def test_box_of_mask__with_and_without_border__is_around_its_pixels(
    tmp_path: Path, border: int
) -> None:
    mask = np.pad(np.full((5, 6), 255, np.uint8), ((0, border), (0, border)))
    (tmp_path / "a.json").touch()
    found = box_of_mask(packed(mask), (10.0, 20.0), tmp_path / "a.json", "shape 0")
    assert found == (10, 20, 16, 25)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (packed(np.zeros((2, 2), np.uint8)), "shape 0: expected a mask with pixels in it"),
        ("???", "shape 0: expected a mask that is a PNG file as base64"),
        (base64.b64encode(b"GIF89a").decode(), "expected a mask that is a PNG file as base64"),
        (packed(np.full((9, 9), 255, np.uint8))[:60], "damaged or cut short"),
    ],
    ids=["empty", "no base64", "no PNG", "cut short"],
)
def test_box_of_mask__something_wrong__is_one_line(tmp_path: Path, mask: str, words: str) -> None:
    (tmp_path / "a.json").touch()
    with pytest.raises(GapJunctionError, match=words):
        box_of_mask(mask, (10.0, 20.0), tmp_path / "a.json", "shape 0")
