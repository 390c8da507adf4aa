"""Remembers files that were looked at, so that they are read again only if they have changed."""

from pathlib import Path

from gapjunction.review.merging import ImageState
from gapjunction.review.opening import ReviewImage

Signature = tuple[int, int, int] | None


def signature_of(path: Path) -> Signature:
    """Return what changes with a file: time, size and place; None where there is none."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino


class Settled:
    """The images whose detection files are as the journals say, or cannot be mended now."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Signature, int]] = {}

    def holds(self, image: ReviewImage, state: ImageState) -> bool:
        """Tell whether neither the file nor the journals have changed since it was settled."""
        return self._known.get(image.id) == (signature_of(image.boxes_path), state.sequence)

    def settle(self, image: ReviewImage, state: ImageState) -> None:
        """Remember the file as it is now."""
        self._known[image.id] = signature_of(image.boxes_path), state.sequence
