"""What tells that an image file is another than before."""

from pathlib import Path
from typing import Self

from gapjunction.config import StrictConfig


class ImageState(StrictConfig):
    """Size and time of an image file; another file in its place has others."""

    num_bytes: int
    changed_ns: int

    @classmethod
    def of(cls, image: Path) -> Self | None:
        """Return the state of a file, or None if it cannot be had."""
        try:
            status = image.stat()
        except OSError:
            return None
        return cls(num_bytes=status.st_size, changed_ns=status.st_mtime_ns)
