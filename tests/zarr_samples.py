"""OME-Zarr images for tests, as programs write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

SIDE_UM = 0.1


def write_ome_zarr(  # noqa: PLR0913 - an image has so many sides
    path: Path,
    pixels: NDArray[Any],
    axes: str = "yx",
    *,
    zarr_format: Literal[2, 3] = 3,
    chunk_px: int = 32,
    num_levels: int = 1,
    labels: tuple[str, ...] = (),
) -> Path:
    """Write an image of pixels of 0.1 um; each level is every second pixel of the one before."""
    zarr = pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
    group = zarr.create_group(str(path), zarr_format=zarr_format)
    for level in range(num_levels):
        shown = pixels[..., :: 2**level, :: 2**level]
        chunks = tuple(chunk_px if axis in "yx" else 1 for axis in axes)
        array = group.create_array(str(level), shape=shown.shape, chunks=chunks, dtype=shown.dtype)
        array[...] = shown
    group.attrs.update(attributes(axes, num_levels, labels, zarr_format))
    return path


def attributes(
    axes: str, num_levels: int = 1, labels: tuple[str, ...] = (), zarr_format: Literal[2, 3] = 3
) -> Mapping[str, Any]:
    """Return the metadata of an image, as version 0.4 or 0.5 has it."""
    multiscale = {
        "axes": [_axis(axis) for axis in axes],
        "datasets": [_dataset(axes, level) for level in range(num_levels)],
        "name": "section",
    }
    ome = {
        "multiscales": [multiscale],
        "omero": {"channels": [{"label": label} for label in labels]},
    }
    return {"ome": ome | {"version": "0.5"}} if zarr_format == 3 else ome


def _axis(axis: str) -> dict[str, str]:
    if axis in "zyx":
        return {"name": axis, "type": "space", "unit": "micrometer"}
    return {"name": axis, "type": {"t": "time", "c": "channel"}[axis]}


def _dataset(axes: str, level: int) -> dict[str, Any]:
    scale = [SIDE_UM * 2**level if axis in "yx" else 1.0 for axis in axes]
    return {
        "path": str(level),
        "coordinateTransformations": [{"type": "scale", "scale": scale}],
    }


def dark_with_spots(height: int, width: int, middles: NDArray[Any]) -> NDArray[np.uint16]:
    """Return noise (H, W) with round spots of 8 px at middles (N, 2), as x and y."""
    noise = np.random.default_rng(0).normal(1000, 20, (height, width))
    y, x = np.mgrid[-10:11, -10:11]
    spot = 4000 * np.exp(-(x**2 + y**2) / (2 * 2.5**2))
    for left, top in middles - 10:
        noise[top : top + 21, left : left + 21] += spot
    return np.asarray(noise.astype(np.uint16))
