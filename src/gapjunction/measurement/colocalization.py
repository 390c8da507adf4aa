"""How far plaques, and the light of their channel, go together with a second channel."""

from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.measurement.shift_test import FloatPlane, Shifts, centered

NUM_BINS = 1024  # of the histogram that a threshold is found in

Plane = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AgainstChance:
    """A measure, what it is by chance, and the p of being so far from that; None where unknown."""

    value: float | None
    by_chance: float | None
    p: float | None


UNKNOWN = AgainstChance(None, None, None)


@dataclass(frozen=True, slots=True)
class Colocalization:
    """How two channels go together in a region.

    Attributes:
        num_plaques: in the region.
        num_on: plaques whose center lies on the second channel: above its threshold.
        num_objects, num_with_plaques: connected parts of the second channel, and those of them
            that hold a plaque's center.
        thresholds: of both channels, by Otsu (1979), in grey values.
        share_on: of the plaques, num_on.
        distance_px: mean distance of plaques' centers from the second channel, 0 on it.
        pearson: correlation of grey values (Manders et al. 1992).
        manders_first: share of the first channel's light above its threshold that lies on the
            second; manders_second the other way round (Manders et al. 1993).
    """

    num_plaques: int
    num_on: int
    num_objects: int
    num_with_plaques: int
    thresholds: tuple[float, float]
    share_on: AgainstChance
    distance_px: AgainstChance
    pearson: AgainstChance
    manders_first: AgainstChance
    manders_second: AgainstChance

    @classmethod
    def of(
        cls, first: Plane, second: Plane, points: NDArray[np.float32], region: NDArray[np.bool_]
    ) -> Self:
        """Return how plaques at points (N, 2), and planes (H, W), go together in a region (H, W).

        Points outside of the region are left out.
        """
        one, other = first.astype(np.float64), second.astype(np.float64)
        thresholds = otsu(one[region]), otsu(other[region])
        is_first, is_second = (one > thresholds[0]) & region, (other > thresholds[1]) & region
        plaques = _plaques_a_pixel(points, region)
        parts, num_objects = ndimage.label(is_second)
        held = np.unique(parts[(plaques > 0) & is_second])
        shifts = Shifts.of(region)
        against = partial(_share, shifts=shifts)
        return cls(
            int(plaques.sum()),
            int(plaques[is_second].sum()),
            int(num_objects),
            len(held),
            thresholds,
            share_on=against(plaques, is_second.astype(np.float64)),
            distance_px=_distance(plaques, is_second, shifts),
            pearson=_pearson(one, other, shifts),
            manders_first=against(one * is_first, is_second.astype(np.float64)),
            manders_second=against(other * is_second, is_first.astype(np.float64)),
        )


def otsu(values: FloatPlane) -> float:
    """Return the threshold between two groups of values (N,) that differ most in their means.

    Of values that are all the same it is that value; of none, 0.
    """
    if not values.size or values.min() == values.max():
        return float(values.max(initial=0))
    counts, edges = np.histogram(values, NUM_BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    num_below = np.cumsum(counts)[:-1]
    num_above = counts.sum() - num_below
    sum_below = np.cumsum(counts * middles)[:-1]
    sum_above = (counts * middles).sum() - sum_below
    means = sum_below / np.maximum(num_below, 1), sum_above / np.maximum(num_above, 1)
    between = num_below * num_above * (means[0] - means[1]) ** 2
    return float(edges[1:-1][np.argmax(between)])


def _plaques_a_pixel(points: NDArray[np.float32], region: NDArray[np.bool_]) -> FloatPlane:
    """Return how many points lie in each pixel of a region (H, W), 0 outside."""
    plaques = np.zeros(region.shape)
    columns, rows = points.astype(np.int64).T
    np.add.at(plaques, (rows, columns), 1)
    return plaques * region


def _share(weights: FloatPlane, marked: FloatPlane, shifts: Shifts) -> AgainstChance:
    """Return the share of the weights that lies on what is marked with 1."""
    if not weights.any():
        return UNKNOWN
    value = float((weights * marked).sum() / weights.sum())
    return AgainstChance(value, float(marked[shifts.region].mean()), shifts.p(weights, marked))


def _distance(plaques: FloatPlane, is_second: NDArray[np.bool_], shifts: Shifts) -> AgainstChance:
    if not plaques.any() or not is_second.any():
        return UNKNOWN
    distances = ndimage.distance_transform_edt(~is_second)
    value = float((plaques * distances).sum() / plaques.sum())
    by_chance = float(distances[shifts.region].mean())
    return AgainstChance(value, by_chance, shifts.p(plaques, distances))


def _pearson(one: FloatPlane, other: FloatPlane, shifts: Shifts) -> AgainstChance:
    first, second = centered(one, shifts.region), centered(other, shifts.region)
    spread = np.sqrt((first**2).sum() * (second**2).sum())
    if spread == 0:
        return UNKNOWN
    value = float((first * second).sum() / spread)
    return AgainstChance(value, 0.0, shifts.p(one, other))
