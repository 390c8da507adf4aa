"""How far a second channel lies from the first, stated or seen in a picture of beads."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.registration import phase_cross_correlation

PARTS_OF_PX = 20  # to which a shift is told
LEAST_CORRELATION = 0.5  # of the two channels of beads, once they are aligned
NUM_NUMBERS = 2

Plane = NDArray[Any]


@dataclass(frozen=True, slots=True)
class ChannelShift:
    """What lies at (a, b) in the first channel lies at (a + x, b + y) in the second, px."""

    x: float
    y: float

    @classmethod
    def stated(cls, text: str) -> Self | None:
        """Return the shift that a text such as "1.5,-0.3" states; None if it states none.

        >>> ChannelShift.stated("1.5,-0.3")
        ChannelShift(x=1.5, y=-0.3)
        """
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            return None
        is_shift = len(numbers) == NUM_NUMBERS and all(map(math.isfinite, numbers))
        return cls(*numbers) if is_shift else None

    @classmethod
    def between(cls, first: Plane, second: Plane) -> Self | None:
        """Return the shift between two planes (H, W) of the same beads, by their correlation.

        None where the two do not look alike, even if one is shifted.
        """
        moved, *_ = phase_cross_correlation(
            first, second, upsample_factor=PARTS_OF_PX, normalization=None
        )
        y, x = (-float(each) for each in moved)
        shift = cls(x, y)
        alike = _correlation([first.astype(np.float64), shift.undone(second).astype(np.float64)])
        return shift if alike >= LEAST_CORRELATION else None

    def undone(self, second: Plane) -> Plane:
        """Return the second channel (H, W) where the first is, by lines between its pixels.

        What comes in from beyond the border is the pixel there.
        """
        moved: Plane = ndimage.shift(
            second.astype(np.float64), (-self.y, -self.x), order=1, mode="nearest"
        )
        if np.issubdtype(second.dtype, np.integer):
            return np.rint(moved).astype(second.dtype)
        return moved.astype(second.dtype)

    def __str__(self) -> str:
        return f"{self.x:g} px along x and {self.y:g} px along y"


def _correlation(planes: Sequence[Plane]) -> float:
    if any(np.ptp(each) == 0 for each in planes):
        return 0.0
    return float(np.corrcoef([each.ravel() for each in planes])[0, 1])
