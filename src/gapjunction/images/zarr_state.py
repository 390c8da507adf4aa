"""What tells that an OME-Zarr image is another than before."""

import hashlib
from pathlib import Path

from gapjunction.images.locations import ZARR_FILES, address_of
from gapjunction.images.zarr_errors import reading_zarr
from gapjunction.optional_packages import import_optional

ARRAY_FILES = ("zarr.json", ".zarray")
_CHECKSUM_BYTES = 7  # of a checksum, so that it fits into 63 bits


def metadata_state(path: Path) -> tuple[int, int]:
    """Return the bytes of the metadata, and when they were changed last, in ns.

    On the network, where no time is told, the second is a number made of their content.

    Raises:
        OSError: if there are none here.
        ImageError: if they cannot be read from the network.
    """
    address = address_of(path)
    if address is not None:
        return _remote_state(path, address)
    arrays = [folder / name for folder in path.iterdir() for name in ARRAY_FILES]
    files = [path / name for name in ZARR_FILES] + arrays
    states = [file.stat() for file in files if file.is_file()]
    num_bytes = sum(state.st_size for state in states)
    return num_bytes, max((state.st_mtime_ns for state in states), default=0)


def _remote_state(path: Path, address: str) -> tuple[int, int]:
    fsspec = import_optional("fsspec")
    with reading_zarr(path):
        system, root = fsspec.url_to_fs(address)
        found = b""
        for name in ZARR_FILES:
            try:
                found += system.cat_file(f"{root}/{name}")
            except FileNotFoundError:
                continue
    checksum = hashlib.sha256(found).digest()[:_CHECKSUM_BYTES]
    return len(found), int.from_bytes(checksum, "big")
