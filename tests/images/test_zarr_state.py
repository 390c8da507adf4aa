"""Tests for `gapjunction.images.zarr_state`; those of images on the network are with these."""

import os
from pathlib import Path

import numpy as np

from gapjunction.images.zarr_state import metadata_state
from zarr_samples import write_ome_zarr


def test_metadata_state__same_image__is_the_same(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", np.zeros((8, 8), np.uint8))
    assert metadata_state(path) == metadata_state(path) != (0, 0)


def test_metadata_state__metadata_of_an_array_written_again__is_another(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", np.zeros((8, 8), np.uint8))
    before = metadata_state(path)
    os.utime(path / "0" / "zarr.json", ns=(0, before[1] + 1))
    assert metadata_state(path) == (before[0], before[1] + 1)
