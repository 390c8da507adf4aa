"""How viewers turn an image before they show it, by its EXIF tag."""

from contextlib import closing
from pathlib import Path
from typing import Any

import tifffile

from gapjunction.images.pictures import decoding, picture_in
from gapjunction.images.tiff import is_tiff

_ORIENTATION_TAG, _UPRIGHT = 274, 1
_TURNS = {
    2: "mirrored",
    3: "turned by 180 degrees",
    4: "turned upside down",
    5: "mirrored and turned by 90 degrees",
    6: "turned by 90 degrees",
    7: "mirrored and turned by 90 degrees",
    8: "turned by 90 degrees",
}


def turn_by_viewers(path: Path) -> str | None:
    """Return how an image is turned when it is shown, None if it is stored as it is shown.

    Pixels are always read here as they are stored.

    Raises:
        ImageError: if the file is damaged or no image.
    """
    with decoding(path), path.open("rb") as stream:
        if is_tiff(stream):
            with closing(tifffile.TiffFile(path)) as tiff:
                first: Any = tiff.pages[0]
                tag = first.tags.get(_ORIENTATION_TAG)
                return _TURNS.get(_UPRIGHT if tag is None else int(tag.value))
        with picture_in(stream, path) as picture:
            if "exif" not in picture.info:  # else Pillow would decode a PNG in search of it
                return None
            return _TURNS.get(picture.getexif().get(_ORIENTATION_TAG, _UPRIGHT))
