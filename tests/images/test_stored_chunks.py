"""Tests for `gapjunction.images.stored_chunks`."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.region import Region
from zarr_samples import write_ome_zarr

FULL, EMPTY = Region(40, 0, 60, 20), Region(0, 0, 32, 32)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_is_stored__only_one_chunk_is__tells_where(
    tmp_path: Path, zarr_format: Literal[2, 3]
) -> None:
    pixels = np.zeros((2, 96, 96), np.uint16)
    pixels[1, 10, 50] = 7
    path = write_ome_zarr(tmp_path / "a.zarr", pixels, "zyx", zarr_format=zarr_format)
    with opened_scenes(path) as (scene,):
        is_stored = scene.levels[0].is_stored
        assert is_stored(0, 1, 0, FULL)
        assert is_stored(0, 1, 0, Region(0, 0, 96, 96))
        assert not is_stored(0, 0, 0, FULL)
        assert not is_stored(0, 1, 0, EMPTY)
        np.testing.assert_array_equal(scene.levels[0].read_region(0, 1, (0,), EMPTY), 0)
