"""What tells that an image file, or an OME-Zarr image, is another than before."""

from pathlib import Path
from typing import Self

from gapjunction.config import StrictConfig
from gapjunction.errors import ImageError
from gapjunction.images.locations import is_zarr
from gapjunction.images.zarr_state import metadata_state


class ImageState(StrictConfig):
    """Size and time of an image file; another file in its place has others.

    Of an OME-Zarr image it is those of its metadata, and of one on the network, which tells no
    time, their checksum: pixels that were changed in place are not noticed.
    """

    num_bytes: int
    changed_ns: int

    @classmethod
    def of(cls, image: Path) -> Self | None:
        """Return the state of a file, or None if it cannot be had."""
        try:
            if is_zarr(image):
                num_bytes, changed_ns = metadata_state(image)
                return cls(num_bytes=num_bytes, changed_ns=changed_ns)
            status = image.stat()
        except (OSError, ImageError):
            return None
        return cls(num_bytes=status.st_size, changed_ns=status.st_mtime_ns)
