"""Which chunks of a Zarr array are stored: the others hold nothing but the fill value."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from gapjunction.images.locations import address_of
from gapjunction.images.region import Region
from gapjunction.images.zarr_errors import reading_zarr
from gapjunction.optional_packages import import_optional

KeysOf = Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class StoredChunks:
    """The chunks, or shards, of an array that are stored; they are listed when first asked for.

    Attributes:
        axes: a letter each of t, c, z, y and x.
        keys: the names of all that are stored.
    """

    array: Any
    axes: str
    keys: KeysOf = field(repr=False)

    def is_stored(self, time: int, place: int, channel: int, region: Region) -> bool:
        """Tell whether any chunk of a plane is stored in a region."""
        wanted = {
            "t": range(time, time + 1),
            "z": range(place, place + 1),
            "c": range(channel, channel + 1),
            "y": range(region.y0, region.y1),
            "x": range(region.x0, region.x1),
        }
        sides = self.array.shards or self.array.chunks
        touched = (
            range(wanted[axis].start // side, (wanted[axis].stop - 1) // side + 1)
            for axis, side in zip(self.axes, sides, strict=True)
        )
        encode, stored = self.array.metadata.encode_chunk_key, self.keys()
        return any(encode(coordinates) in stored for coordinates in product(*touched))


def stored_chunk_keys(path: Path, array: Any) -> KeysOf | None:
    """Return what lists the files of an array, by names as Zarr encodes them.

    None where they cannot be listed, as on the web.
    """
    address = address_of(path)
    if address is None:
        return cache(lambda: _local_keys(path, path / array.path))
    if address.startswith("http"):
        return None
    return cache(lambda: _remote_keys(path, f"{address}/{array.path}"))


def _local_keys(path: Path, folder: Path) -> frozenset[str]:
    """Return the paths of all files in a folder, relative to it, with slashes."""
    found = []
    with reading_zarr(path):
        for place, _, names in os.walk(folder, onerror=_raise):
            inside = Path(place).relative_to(folder).as_posix()
            start = "" if inside == "." else f"{inside}/"
            found += [f"{start}{name}" for name in names]
    return frozenset(found)


def _raise(error: OSError) -> None:
    raise error


def _remote_keys(path: Path, address: str) -> frozenset[str]:
    fsspec = import_optional("fsspec")
    with reading_zarr(path):
        system, root = fsspec.url_to_fs(address)
        start = root.rstrip("/") + "/"
        return frozenset(key.removeprefix(start) for key in system.find(root))
