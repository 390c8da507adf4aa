"""How large an image may be, read whole or region by region."""

from pathlib import Path

from gapjunction.errors import ImageError

MAX_PIXELS = 20_000 * 20_000
MAX_SLIDE_PIXELS = 400_000 * 400_000  # more than any scanner makes


def require_usable_size(path: Path, height: int, width: int) -> None:
    """Refuse images without pixels, and those that would fill the memory.

    Raises:
        ImageError: if there are none, or more than MAX_PIXELS.
    """
    _require_pixels(path, height, width, MAX_PIXELS)


def require_usable_slide(path: Path, height: int, width: int) -> None:
    """Refuse images without pixels, and those that are too large to be read region by region.

    Raises:
        ImageError: if there are none, or more than MAX_SLIDE_PIXELS.
    """
    _require_pixels(path, height, width, MAX_SLIDE_PIXELS)


def _require_pixels(path: Path, height: int, width: int, most: int) -> None:
    if height < 1 or width < 1:
        raise ImageError(
            path,
            expected="an image of at least 1 x 1 px",
            found=f"{width} x {height} px",
            fix="export the image again",
        )
    if height * width > most:
        raise ImageError(
            path,
            expected=f"at most {most:,} pixels",
            found=f"{width} x {height} = {height * width:,}",
            fix="cut the image into parts, or save it in tiles",
        )
