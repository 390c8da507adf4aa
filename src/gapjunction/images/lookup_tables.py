"""Tables of colors in image files: colors of a picture, or brightness that is shown in color."""

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

_LUMA = np.array([0.299, 0.587, 0.114])  # of red, green and blue, by ITU-R BT.601
_FEWEST = 256  # entries; smaller tables hold the few colors of a picture
_FALL = 2.0  # of 255, that brightness may fall from one entry to the next, as in ImageJ's "Fire"


def is_lookup_table(colors: NDArray[np.integer]) -> bool:
    """Tell whether a table (3, N) of 8 bits gets brighter from its first entry to its last.

    It only shows brightness in color, as microscopes' programs and ImageJ save single grey images:
    places in it are the intensities.
    """
    if colors.shape[1] < _FEWEST:
        return False
    brightness = _LUMA @ colors
    return bool(np.all(np.diff(brightness) > -_FALL) and brightness[-1] > brightness[0])


def has_lookup_table(picture: ImageFile) -> bool:
    """Tell whether a PNG file has such a table."""
    if picture.mode != "P":
        return False
    colors = np.array(picture.getpalette("RGB"), np.int64)
    return is_lookup_table(colors.reshape(-1, 3).T)
