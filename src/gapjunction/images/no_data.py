"""Values that stand for missing pixels, such as -9999 or -1e38.

A value is taken for one if several pixels have it, it is the lowest or the highest of the image,
and it lies far from all others. A low one is negative, which no light is, and further below the
others than these are apart. A high one is so far above them that, side by side in 16 bits, the
others would all be of one grey value: a saturated object is not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_STEPS = 65535  # of 16 bits


@dataclass(frozen=True, slots=True)
class NoData:
    """The value of the pixels that hold none, their number, and the lowest of all others."""

    value: float
    num_pixels: int
    background: float

    @property
    def is_repeated(self) -> bool:
        """Whether several pixels have the value: a single one is an outlier."""
        return self.num_pixels > 1


def find_no_data(image: NDArray[Any]) -> NoData | None:
    """Return which value of an image of real, finite pixels stands for none, if one does.

    >>> find_no_data(np.array([-9999, -9999, 3, 7, 5]))
    NoData(value=-9999.0, num_pixels=2, background=3.0)
    """
    lowest, highest = image.min(), image.max()
    if lowest < 0:
        gap, low, high = _without(image, lowest)
        if gap.is_repeated and low - gap.value > high - low > 0:
            return gap
    gap, low, high = _without(image, highest)
    if gap.is_repeated and gap.value - high > MOST_STEPS * (high - low) > 0:
        return gap
    return None


def filled_with_background(image: NDArray[Any], gap: NoData) -> NDArray[Any]:
    """Return the image with the lowest of all other values where there is no data."""
    return np.where(image == gap.value, image.dtype.type(gap.background), image)


def _without(image: NDArray[Any], extreme: Any) -> tuple[NoData, float, float]:
    """Return an extreme value as one without data, and the lowest and highest of all others.

    Where there are no others, these are the wrong way round.
    """
    is_other = image != extreme
    low = float(image.min(where=is_other, initial=image.max()))
    high = float(image.max(where=is_other, initial=image.min()))
    num_pixels = image.size - int(np.count_nonzero(is_other))
    return NoData(float(extreme), num_pixels, low), low, high
