"""Tells whether two pictures of a region go together more than by chance: one is shifted.

Random shifts keep what neighboring pixels of each picture have to do with each other, which
shuffled pixels do not. Pixels that leave the region are left out, and the sum over the rest is
divided by the root of their number, so that its variance stays (Mrkvicka et al. 2021): a torus has
seams that never were. All shifts are tried at once, as a product of Fourier transforms.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import fft

MOST_SHIFTED = 1024  # pixels a side; larger regions are shifted in blocks of several
MIN_OVERLAP = 0.5  # of the region with itself, shifted
SMALLEST_OVERLAP = 1e-3  # of a block; less is what rounding leaves of none
ROUNDING = 1e-9  # of sums, by the largest

FloatPlane = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """The shifts of a region (H, W) by whole blocks that leave enough of it within itself.

    Attributes:
        block_px: side of a block; 1 up to MOST_SHIFTED, beyond that planes are averaged in blocks.
        overlap: how much each shift leaves; none is at 0, 0, negative ones at the end.
        is_tried: which shifts leave enough.
    """

    region: NDArray[np.bool_]
    block_px: int
    overlap: FloatPlane
    is_tried: NDArray[np.bool_]

    @classmethod
    def of(cls, region: NDArray[np.bool_]) -> Self:
        """Return the shifts of a region."""
        block_px = -(-max(region.shape) // MOST_SHIFTED)
        blocks = _averaged(region.astype(np.float64), block_px)
        overlap = _over_all_shifts(blocks, blocks)
        least = max(MIN_OVERLAP * float(overlap[0, 0]) * (1 - ROUNDING), SMALLEST_OVERLAP)
        return cls(region, block_px, overlap, overlap >= least)

    def p(self, first: FloatPlane, second: FloatPlane) -> float:
        """Return the two-sided p of the sum of products of two planes (H, W) in the region.

        Both are taken less their mean there. It is 1 where one of them does not vary.
        """
        one, other = (
            _averaged(centered(plane, self.region), self.block_px) for plane in (first, second)
        )
        sums = _over_all_shifts(one, other)
        corrected = sums[self.is_tried] / np.sqrt(self.overlap[self.is_tried])
        tolerance = ROUNDING * float(np.abs(corrected).max(initial=0))
        if tolerance == 0:
            return 1.0
        unshifted = sums[0, 0] / np.sqrt(self.overlap[0, 0])
        above = float((corrected >= unshifted - tolerance).mean())
        below = float((corrected <= unshifted + tolerance).mean())
        return min(2 * min(above, below), 1.0)


def centered(plane: FloatPlane, region: NDArray[np.bool_]) -> FloatPlane:
    """Return a plane less its mean in a region, and 0 outside of it."""
    if not region.any():
        return np.zeros(plane.shape)
    inner: FloatPlane = np.where(region, plane - plane[region].mean(), 0)
    return inner


def _averaged(plane: FloatPlane, block_px: int) -> FloatPlane:
    """Return the means of blocks of a plane, filled up with 0 where they reach beyond it."""
    below, beside = (-side % block_px for side in plane.shape)
    filled = np.pad(plane, ((0, below), (0, beside)))
    rows, columns = (side // block_px for side in filled.shape)
    means: FloatPlane = filled.reshape(rows, block_px, columns, block_px).mean(axis=(1, 3))
    return means


def _over_all_shifts(one: FloatPlane, other: FloatPlane) -> FloatPlane:
    """Return the sums of products for each shift; none is at 0, 0, negative ones at the end."""
    shape = [fft.next_fast_len(2 * side - 1, real=True) for side in one.shape]
    product = np.conj(fft.rfft2(one, shape)) * fft.rfft2(other, shape)
    sums: FloatPlane = fft.irfft2(product, shape)
    return sums
