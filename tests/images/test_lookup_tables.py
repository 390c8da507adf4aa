"""Tests for `gapjunction.images.lookup_tables`."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction.images.lookup_tables import is_lookup_table
from gapjunction.images.pictures import read_picture

RAMP = np.arange(256)
GREEN = np.stack([RAMP * 0, RAMP, RAMP * 0])
# Every eighth entry of the table that ImageJ calls Fire.
FIRE = np.array(
    [
        [0, 0, 1, 25, 49, 73, 98, 122, 146, 162, 173, 184, 195, 207, 217, 229, 240, 252]
        + [255] * 14,
        [0] * 13
        + [14, 35, 57, 79, 101, 117, 133, 147, 161, 175, 190, 205, 219, 234, 248]
        + [255] * 4,
        [0, 61, 96, 130, 165, 192, 220, 227, 210, 181, 151, 122, 93, 64, 35, 5]
        + [0] * 7
        + [35, 69, 104, 138, 172, 207, 242, 255, 255],
    ]
)


def spread(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a table of 256 entries between those of another."""
    places = np.linspace(0, 255, table.shape[1])
    return np.stack([np.interp(RAMP, places, row) for row in table]).astype(np.int64)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (GREEN, True),
        (np.stack([RAMP] * 3), True),
        (spread(FIRE), True),
        (GREEN[:, ::-1], False),
        (GREEN * 0, False),
        (GREEN[:, :128], False),
        (np.stack([RAMP, RAMP[::-1], RAMP * 0]), False),
    ],
    ids=["green", "grey", "Fire", "falling", "black", "few colors", "red and green"],
)
def test_is_lookup_table__table__is_known_by_its_brightness(
    table: NDArray[np.int64], expected: bool
) -> None:
    assert is_lookup_table(table) is expected


def test_read_picture__png_with_a_lookup_table__gives_its_places(tmp_path: Path) -> None:
    places = RAMP.astype(np.uint8).reshape(16, 16)
    picture = Image.frombytes("P", (16, 16), places.tobytes())
    picture.putpalette(spread(FIRE).T.ravel().tolist())
    picture.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), places[None])
