"""Refuse boxes that were written by two corners where the format has a place and a size.

The numbers prove it: many boxes leave their image as the format has them, and none as corners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.errors import DatasetError

FEWEST, MANY = 3, 0.1  # boxes that leave their image, and the share of all that these are
BEYOND = 0.01  # of a side; how far boxes stick out that people draw


@dataclass(frozen=True, slots=True)
class FourNumbers:
    """A box as its file has it, and what the format makes of it.

    Attributes:
        numbers: the four, in the order of the file.
        box: (x0, y0, x1, y1) by the rule of the format.
        size: (width, height) of the image, in the same unit.
        is_proven: something else in the file says that the format's rule is right.
    """

    numbers: tuple[float, float, float, float]
    box: tuple[float, float, float, float]
    size: tuple[float, float]
    is_proven: bool = False


def refuse_corners(boxes: Sequence[FourNumbers], file: Path, expected: str, fix: str) -> None:
    """Refuse the boxes of a program if they are corners (x0, y0, x1, y1).

    Raises:
        DatasetError: if MANY of them, and FEWEST at least, leave their image otherwise.
    """
    if not boxes or any(each.is_proven for each in boxes):
        return
    sizes = np.array([each.size for each in boxes])
    num_out = int(np.sum(~_is_inside(np.array([each.box for each in boxes]), sizes)))
    corners = np.array([each.numbers for each in boxes])
    is_box = (corners[:, 2:] > corners[:, :2]).all(axis=1)
    if num_out < max(FEWEST, MANY * len(boxes)) or not (_is_inside(corners, sizes) & is_box).all():
        return
    found = f"{num_out:,} of {len(boxes):,} boxes that leave their image, and as corners none does"
    raise DatasetError(file, expected=expected, found=found, fix=fix)


def _is_inside(boxes: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which boxes (N, 4) lie in their images of sizes (N, 2), but for a little."""
    more = BEYOND * sizes
    within = np.hstack([boxes[:, :2] >= -more, boxes[:, 2:] <= sizes + more])
    return np.asarray(within.all(axis=1), np.bool_)
