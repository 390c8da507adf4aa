"""A WEBP, PNG or JPEG picture as a scene of one plane, so that its colors can be chosen from."""

from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gapjunction.images.lookup_tables import has_lookup_table
from gapjunction.images.microscope_scene import RGB_NAMES, MicroscopeScene, Plane
from gapjunction.images.pictures import picture_in, read_picture

_DEEP_MODE = "I;16"
_GREY_MODES = ("1", "L", "LA", _DEEP_MODE)


def picture_scene(path: Path, stream: BinaryIO) -> MicroscopeScene:
    """Return a picture as a scene; its pixels are decoded once, when the first are asked for.

    Raises:
        ImageError: if the file, opened as `stream`, is no picture, as far as the header tells.
    """
    with picture_in(stream, path) as picture:
        height, width, mode = picture.height, picture.width, picture.mode
        is_grey = mode in _GREY_MODES or has_lookup_table(picture)

    @cache
    def pixels() -> Plane:
        return read_picture(path)

    return MicroscopeScene(
        name="",
        channel_names=("",) if is_grey else RGB_NAMES,
        num_slices=1,
        num_times=1,
        height=height,
        width=width,
        dtype=np.dtype(np.uint16 if mode == _DEEP_MODE else np.uint8),
        um_per_px=None,
        is_color=not is_grey,
        read_plane=lambda _time, _place, channel: pixels()[channel],
        is_picture=True,
    )
