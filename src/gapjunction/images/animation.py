"""Refuse animations, of which programs show one picture after the other."""

from pathlib import Path
from typing import TypeVar

from PIL.ImageFile import ImageFile

from gapjunction.errors import ImageError

Picture = TypeVar("Picture", bound=ImageFile)


def not_animated(picture: Picture, path: Path) -> Picture:
    """Return a PNG or WEBP file as it was opened.

    Raises:
        ImageError: if it holds several pictures, of which only the first would be seen.
    """
    if getattr(picture, "is_animated", False):
        raise ImageError(
            path,
            expected="one picture",
            found="an animation of several",
            fix="save each of them as a file of its own",
        )
    return picture
