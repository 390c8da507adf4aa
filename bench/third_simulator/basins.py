"""Peaks of light and what belongs to each: basins joined by how deep the dips between them are.

Each pixel belongs to the peak that it is uphill of; a peak whose dip to a higher one is shallow
joins that one. This is clustering by persistence (Chazal, Guibas, Oudot and Skraba, Persistence-
Based Clustering in Riemannian Manifolds, Journal of the ACM 60, 2013) on pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.third_simulator.microscope import Floats

NEIGHBORS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """Where basins of light meet.

    Attributes:
        basins: which peak each pixel belongs to (H, W), -1 where there is no light.
        peaks: heights of the peaks (K,), and pixels `tops` (K,), as places in the flat image.
        pairs: basins that touch (M, 2), by falling `saddles` (M,), the highest ways over.
    """

    basins: NDArray[np.int64]
    peaks: Floats
    tops: NDArray[np.int64]
    pairs: NDArray[np.int64]
    saddles: Floats

    def joined(self, least_dips: Floats) -> NDArray[np.int64]:
        """Return for each basin (K,) the one that it joins, itself if a dip parts it from all.

        A peak stays apart if the dip on the way to a higher one is as deep as `least_dips` (K,).
        """
        root = np.arange(len(self.peaks))

        def find(basin: int) -> int:
            while root[basin] != basin:
                root[basin] = root[root[basin]]
                basin = int(root[basin])
            return basin

        for (one, other), saddle in zip(self.pairs.tolist(), self.saddles.tolist(), strict=True):
            high, low = find(one), find(other)
            if high == low:
                continue
            if (self.peaks[high], -high) < (self.peaks[low], -low):
                high, low = low, high
            if self.peaks[low] - saddle < least_dips[low]:
                root[low] = high
        return np.array([find(basin) for basin in range(len(root))], np.int64)


def find_passes(light: Floats, level: Floats) -> Passes:
    """Return the basins of the light (H, W) where it is above a level (H, W)."""
    height, width = light.shape
    is_lit = light > level
    uphill = _uphill(np.where(is_lit, light, -np.inf))
    while not np.array_equal(uphill, uphill[uphill]):
        uphill = uphill[uphill]
    tops, basins = np.unique(uphill[is_lit.ravel()], return_inverse=True)
    named = np.full(height * width, -1, np.int64)
    named[is_lit.ravel()] = basins
    basin_of = named.reshape(height, width)
    pairs, saddles = _saddles(light, basin_of, len(tops))
    return Passes(basin_of, light.ravel()[tops], tops.astype(np.int64), pairs, saddles)


def _uphill(light: Floats) -> NDArray[np.int64]:
    """Return for each pixel (H * W,) its brightest neighbor, itself at a peak.

    Of equals it is the first.
    """
    height, width = light.shape
    place = np.arange(height * width).reshape(height, width)
    framed = np.pad(light, 1, constant_values=-np.inf)
    best, target = light.copy(), place.copy()
    for dy, dx in NEIGHBORS:
        beside = framed[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        where = place + dy * width + dx
        is_better = (beside > best) | ((beside == best) & (where < target) & np.isfinite(beside))
        best = np.where(is_better, beside, best)
        target = np.where(is_better, where, target)
    return target.ravel()


def _saddles(
    light: Floats, basins: NDArray[np.int64], num: int
) -> tuple[NDArray[np.int64], Floats]:
    """Return the pairs (M, 2) of basins that touch, and the highest light (M,) on a way over."""
    height, width = light.shape
    keys, levels = [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = np.s_[: height - dy, max(0, -dx) : width - max(0, dx)]
        there = np.s_[dy:, max(0, dx) : width - max(0, -dx)]
        one, other = basins[here], basins[there]
        meet = (one != other) & (one >= 0) & (other >= 0)
        first, second = np.sort([one[meet], other[meet]], axis=0)
        keys.append(first * num + second)
        levels.append(np.minimum(light[here], light[there])[meet])
    key, level = np.concatenate(keys), np.concatenate(levels)
    order = np.argsort(-level, kind="stable")
    _, first_seen = np.unique(key[order], return_index=True)
    chosen = order[np.sort(first_seen)]
    return np.stack([key[chosen] // num, key[chosen] % num], axis=1), level[chosen]
