"""OME-Zarr images, here, on the web and in S3, as scenes of which regions can be read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.locations import address_of, shown_location
from gapjunction.images.microscope_scene import MicroscopeScene, Plane, z_step
from gapjunction.images.ome_zarr_metadata import OmeZarrMetadata, series_of_layout
from gapjunction.images.plane_level import (
    MOST_BYTES_A_TILE,
    PlaneLevel,
    StoredTeller,
    always_stored,
)
from gapjunction.images.region import Region
from gapjunction.images.stored_chunks import StoredChunks, stored_chunk_keys
from gapjunction.images.zarr_errors import reading_zarr
from gapjunction.optional_packages import import_optional

MOST_SERIES = 1000  # images in one file


@contextmanager
def opened_ome_zarr(path: Path) -> Iterator[list[MicroscopeScene]]:
    """Give the images of an OME-Zarr; their regions can be read inside the block.

    A chunk that is not stored is the fill value, as Zarr has it.

    Raises:
        ImageError: if it is missing, damaged, of another kind, or cannot be reached.
        ConfigError: if a package is missing.
    """
    group = _opened_group(path)
    with reading_zarr(path):
        attributes = group.attrs.asdict()
        groups = _series(group) if series_of_layout(attributes) else [group]
        scenes = [_scene(path, each) for each in groups]
    if not scenes:
        raise ImageError(
            shown_location(path),
            expected="an OME-Zarr with images 0, 1, ...",
            found="none",
            fix="export the image again",
        )
    yield scenes


def _opened_group(path: Path) -> Any:
    zarr = import_optional("zarr")
    address = address_of(path)
    if address is not None:
        import_optional("fsspec")
        if address.startswith("s3:"):
            import_optional("s3fs")
        if address.startswith("http"):
            import_optional("aiohttp")
    with reading_zarr(path):
        return zarr.open_group(address or str(path), mode="r")


def _series(group: Any) -> list[Any]:
    """Return the images that bioformats2raw numbered."""
    found = []
    for number in range(MOST_SERIES):
        if str(number) not in group:
            break
        found.append(group[str(number)])
    return found


def _scene(path: Path, group: Any) -> MicroscopeScene:
    metadata = OmeZarrMetadata.read(group.attrs.asdict(), shown_location(path))
    arrays = [_array(path, group, each, metadata.axes) for each in metadata.paths]
    sizes = dict(zip(metadata.axes, arrays[0].shape, strict=True))
    num_channels, num_slices = sizes.get("c", 1), sizes.get("z", 1)
    labels = metadata.channel_labels
    levels = tuple(_level(path, each, metadata.axes) for each in arrays)

    def read_plane(time: int, place: int, channel: int) -> Plane:
        whole = Region(0, 0, sizes["x"], sizes["y"])
        plane: Plane = levels[0].read_region(time, place, (channel,), whole)[0]
        return plane

    return MicroscopeScene(
        name=metadata.name,
        channel_names=labels if len(labels) == num_channels else ("",) * num_channels,
        num_slices=num_slices,
        num_times=sizes.get("t", 1),
        height=sizes["y"],
        width=sizes["x"],
        dtype=np.dtype(arrays[0].dtype).newbyteorder("="),
        um_per_px=metadata.um_per_px,
        is_color=False,
        read_plane=read_plane,
        z_step_um=z_step(metadata.z_um, num_slices),
        levels=levels,
    )


def _array(path: Path, group: Any, name: str, axes: str) -> Any:
    with reading_zarr(path, f"array {name}"):
        array = group[name]
        if not hasattr(array, "shape") or len(array.shape) != len(axes):
            raise ValueError(f"no array with the axes {axes}")
        num_bytes = prod(array.chunks) * np.dtype(array.dtype).itemsize
        if num_bytes > MOST_BYTES_A_TILE:
            raise ValueError(f"chunks of {num_bytes / 1e9:,.1f} GB")
        return array


def _level(path: Path, array: Any, axes: str) -> PlaneLevel:
    dtype = np.dtype(array.dtype).newbyteorder("=")
    sizes = dict(zip(axes, array.shape, strict=True))

    def read_region(time: int, place: int, channels: Sequence[int], region: Region) -> NDArray[Any]:
        spans = {"y": slice(region.y0, region.y1), "x": slice(region.x0, region.x1)}
        out = np.empty((len(channels), region.height, region.width), dtype)
        with reading_zarr(path, f"array {array.path}"):
            for row, channel in zip(out, channels, strict=True):
                wanted = {"t": time, "z": place, "c": channel} | spans
                pixels = array[tuple(wanted[axis] for axis in axes)]
                row[:] = pixels if axes.index("y") < axes.index("x") else pixels.T
        return out

    return PlaneLevel(sizes["y"], sizes["x"], read_region, _teller(path, array, axes))


def _teller(path: Path, array: Any, axes: str) -> StoredTeller:
    """Return what tells whether a region is stored, from the names of its chunks."""
    keys = stored_chunk_keys(path, array)
    return always_stored if keys is None else StoredChunks(array, axes, keys).is_stored
