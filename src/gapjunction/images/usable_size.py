"""How large an image may be that is read whole."""

from pathlib import Path

from gapjunction.errors import ImageError

MAX_PIXELS = 20_000 * 20_000


def require_usable_size(path: Path, height: int, width: int) -> None:
    """Refuse images without pixels, and those that would fill the memory.

    Raises:
        ImageError: if there are none, or more than MAX_PIXELS.
    """
    require_pixels(path, height, width)
    if height * width > MAX_PIXELS:
        raise ImageError(
            path,
            expected=f"at most {MAX_PIXELS:,} pixels",
            found=f"{width} x {height} = {height * width:,}",
            fix="cut the image into parts, or save it in tiles",
        )


def require_pixels(path: Path, height: int, width: int) -> None:
    """Refuse images without pixels.

    Raises:
        ImageError: if there are none.
    """
    if height < 1 or width < 1:
        raise ImageError(
            path,
            expected="an image of at least 1 x 1 px",
            found=f"{width} x {height} px",
            fix="export the image again",
        )
