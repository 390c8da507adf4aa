"""Images that are no file here: addresses on the network, and folders that are one image.

An address travels as a path, as images everywhere do. A path folds its two slashes into one,
which `address_of` puts back.
"""

import re
from pathlib import Path

ZARR_SUFFIX = ".zarr"
ZARR_FILES = ("zarr.json", ".zattrs", ".zgroup")  # one of them is at the root of an OME-Zarr
_SCHEME = re.compile(r"(s3|gs|https?):/+(?=[^/])")


def address_of(path: Path) -> str | None:
    """Return the address that a path stands for, None where it is a place on this machine.

    >>> address_of(Path("s3://bucket/slide.zarr")), address_of(Path("data/slide.zarr"))
    ('s3://bucket/slide.zarr', None)
    """
    text = path.as_posix()
    match = _SCHEME.match(text)
    return f"{match[1]}://{text[match.end() :]}" if match else None


def shown_location(path: Path) -> str:
    """Return the address or path, as a user wrote it."""
    return address_of(path) or str(path)


def absolute_location(path: Path) -> Path:
    """Return a path that holds in whatever folder a process works; an address holds anywhere."""
    return path if address_of(path) is not None else path.absolute()


def is_zarr(path: Path) -> bool:
    """Tell whether a path means an OME-Zarr image: an address, or a folder that looks like one."""
    if address_of(path) is not None:
        return True
    return path.is_dir() and (
        path.suffix.lower() == ZARR_SUFFIX or any((path / name).is_file() for name in ZARR_FILES)
    )
