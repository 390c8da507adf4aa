"""An array in memory as an image: which of its axes are which, and what its values mean."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.errors import ImageError
from gapjunction.images.microscope_scene import RGB_NAMES
from gapjunction.images.no_data import filled_with_background, find_no_data
from gapjunction.images.pictures import ImageArray
from gapjunction.images.pixel_depth import depth_mapping, require_real, value_range

logger = logging.getLogger(__name__)

NAME = "array"
MOST_CHANNELS = 4
GREY_DIMENSIONS, CHANNEL_DIMENSIONS = 2, 3
RGB, RGBA = len(RGB_NAMES), len(RGB_NAMES) + 1
ALLOWED = "(H, W), (H, W, C) or (C, H, W) with up to 4 channels, of uint8, uint16 or float"


@dataclass(frozen=True, slots=True, eq=False)
class GivenArray:
    """An array as an image.

    Attributes:
        pixels: (C, H, W), of 8 or 16 bits.
        channels: their names or numbers; none where there is but one.
        is_color: the channels are red, green and blue of one picture.
    """

    pixels: ImageArray
    channels: tuple[str, ...]
    is_color: bool


def as_given(array: NDArray[Any]) -> GivenArray:
    """Return an array (H, W), (H, W, C) or (C, H, W) as an image; say what is not certain.

    Three channels are red, green and blue; a fourth one behind them, channels last, is
    transparency and dropped. Floats become 16 bits as those in files do (`images.pixel_depth`).

    Raises:
        ImageError: if it has another shape or type, or values that are no numbers.
    """
    if array.dtype.kind in "OSU":
        raise _refusal(array, "give the pixels of one image; read_image reads files")
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    if native.dtype not in (np.uint8, np.uint16) and native.dtype.kind != "f":
        raise _refusal(array, "convert it, as with array.astype(np.uint16)")
    planes = _channels_first(native)
    names = tuple(str(number) for number in range(1, len(planes) + 1)) if len(planes) > 1 else ()
    is_color = len(planes) == RGB
    return GivenArray(_of_16_bits(planes), RGB_NAMES if is_color else names, is_color)


def _channels_first(array: NDArray[Any]) -> NDArray[Any]:
    if array.size == 0:
        raise _refusal(array, "give an image with pixels")
    if array.ndim == GREY_DIMENSIONS:
        return array[None]
    if array.ndim != CHANNEL_DIMENSIONS:
        raise _refusal(array, "give one image at a time")
    is_first, is_last = array.shape[0] <= MOST_CHANNELS, array.shape[2] <= MOST_CHANNELS
    if is_first and is_last:
        raise _refusal(array, "give it as (H, W), or larger than 4 px")
    if not (is_first or is_last):
        raise _refusal(array, "give one slice of a stack, or a projection such as array.max(0)")
    planes = array if is_first else np.moveaxis(array, 2, 0)
    if is_last and len(planes) == RGBA:
        logger.info("an array %s is taken as red, green, blue and transparency", array.shape)
        return planes[:RGB]
    if len(planes) > 1:
        kind = "red, green and blue" if len(planes) == RGB else f"{len(planes)} channels"
        logger.info(
            "an array %s is taken as %s, channels %s",
            array.shape,
            kind,
            "first" if is_first else "last",
        )
    return planes


def _of_16_bits(planes: NDArray[Any]) -> ImageArray:
    """Return planes of 8 or 16 bits as they are, and floats as 16 bits."""
    if planes.dtype == np.uint8:
        return np.asarray(planes, np.uint8)
    if planes.dtype == np.uint16:
        return np.asarray(planes, np.uint16)
    require_real(planes, Path(NAME))
    gap = find_no_data(planes)
    if gap is not None:
        logger.info(
            "%d pixels of %g, far from all others, count as without data", gap.num_pixels, gap.value
        )
        planes = filled_with_background(planes, gap)
    values = value_range(planes, Path(NAME))
    if not values.is_whole:
        logger.info(
            "an array of %s is stretched from its own range, %g to %g",
            planes.dtype,
            values.lowest,
            values.highest,
        )
    return depth_mapping(values).to_16_bits(planes)


def _refusal(array: NDArray[Any], fix: str) -> ImageError:
    return ImageError(
        NAME, expected=ALLOWED, found=f"{tuple(array.shape)} of {array.dtype}", fix=fix
    )
