"""Swap assets between splits until each split resembles the whole, as far as the numbers allow.

What is balanced: the boxes of each dataset, which may be half to twice what the number of animals
stands for; and how often each channel layout and each diagnosis occurs in a split, over all
datasets together. Training without a layout that is validated or tested on is the worst of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_SPLITS = 3  # train, val, test, in this order
# Where some animal is nearly empty or very dense, it had better not be what is tested on.
BOX_WEIGHTS = np.array([2.0, 2.0, 4.0])
LAYOUT_WEIGHT, DIAGNOSIS_WEIGHT, NEVER_SEEN = 2.0, 1.0, 100.0
FREE_OCTAVES, MOST_OCTAVES = 1.0, 4.0  # of the share of boxes, to either side
MAX_SWEEPS = 20
LEAST_GAIN = 1e-9

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnimalTraits:
    """What a split should have its share of; None where it is not known."""

    dataset: str
    num_boxes: int
    layout: str | None = None
    diagnosis: str | None = None


def balance(
    traits: Sequence[AnimalTraits], splits: IntArray, is_movable: NDArray[np.bool_]
) -> tuple[IntArray, float]:
    """Return the splits (N,) after the swaps, and how unlike each other the splits still are.

    Only movable animals (N,) are swapped, and only with others of their dataset, so that each
    split keeps its number of animals. The order of the animals settles which of equal swaps is
    made. The second number is 0 where nothing could be better.
    """
    measure = _Measure.of(traits, splits)
    splits = splits.copy()
    sums = measure.sums(splits)
    cost = float(measure.costs(sums[None])[0])
    for _ in range(MAX_SWEEPS):
        before = cost
        for index in np.flatnonzero(is_movable).tolist():
            is_partner = is_movable & (measure.datasets == measure.datasets[index])
            partners = np.flatnonzero(is_partner & (splits != splits[index]))
            if not len(partners) or cost <= LEAST_GAIN:
                continue
            swapped = _sums_after_swaps(sums, measure.features, splits, index, partners)
            costs = measure.costs(swapped)
            best = int(np.argmin(costs))
            if costs[best] < cost - LEAST_GAIN:
                partner = partners[best]
                splits[index], splits[partner] = splits[partner], splits[index]
                sums, cost = measure.sums(splits), float(costs[best])
        if cost >= before:
            break
    return splits, cost


def _sums_after_swaps(
    sums: FloatArray, features: FloatArray, splits: IntArray, index: int, partners: IntArray
) -> FloatArray:
    """Return the sums (P, 3, F) of the splits after the swap of an animal with each partner."""
    moved = features[index] - features[partners]
    swapped = np.repeat(sums[None], len(partners), axis=0)
    rows = np.arange(len(partners))
    swapped[rows, splits[partners]] += moved
    swapped[rows, splits[index]] -= moved
    return swapped


@dataclass(frozen=True, slots=True, eq=False)
class _Measure:
    """How unlike the whole splits are, from sums of features of their animals.

    Attributes:
        datasets: the number of each animal's dataset (N,).
        features: shares of the dataset's boxes (D columns), then layouts (L), then diagnoses.
        box_shares: wanted sums of the first columns (3, D); 0 where a split has none.
        expected: wanted sums of the other columns (3, L + diagnoses).
        weights: of those columns; layouts come first.
        num_layouts: how many of them are layouts.
    """

    datasets: IntArray
    features: FloatArray
    box_shares: FloatArray
    expected: FloatArray
    weights: FloatArray
    num_layouts: int

    @classmethod
    def of(cls, traits: Sequence[AnimalTraits], splits: IntArray) -> "_Measure":
        own = _indicators([each.dataset for each in traits])
        boxes = own * np.array([each.num_boxes for each in traits], np.float64)[:, None]
        layouts = _indicators([each.layout for each in traits])
        kinds = np.hstack([layouts, _indicators([each.diagnosis for each in traits])])
        in_split = np.eye(NUM_SPLITS)[splits]
        num_layouts = layouts.shape[1]
        weights = np.full(kinds.shape[1], DIAGNOSIS_WEIGHT)
        weights[:num_layouts] = LAYOUT_WEIGHT
        return cls(
            datasets=own.argmax(axis=1),
            features=np.hstack([boxes / np.maximum(boxes.sum(axis=0), 1), kinds]),
            box_shares=in_split.T @ own / own.sum(axis=0) * (boxes.sum(axis=0) > 0),
            expected=np.outer(in_split.mean(axis=0), kinds.sum(axis=0)),
            weights=weights,
            num_layouts=num_layouts,
        )

    def sums(self, splits: IntArray) -> FloatArray:
        """Return the sum (3, F) of the features of each split's animals."""
        total: FloatArray = np.eye(NUM_SPLITS)[splits].T @ self.features
        return total

    def costs(self, sums: FloatArray) -> FloatArray:
        """Return how unlike the whole the splits of each alternative are: (P, 3, F) to (P,)."""
        num_datasets = self.box_shares.shape[1]
        shares, counts = sums[..., :num_datasets], sums[..., num_datasets:]
        wanted = np.where(self.box_shares > 0, self.box_shares, 1.0)
        ratio = np.maximum(shares / wanted, 2.0**-MOST_OCTAVES)
        excess = np.maximum(np.abs(np.log2(ratio)) - FREE_OCTAVES, 0.0)
        of_boxes = (excess**2 * (self.box_shares > 0)).sum(axis=2) @ BOX_WEIGHTS
        expected = np.maximum(self.expected, LEAST_GAIN)
        unlike = (counts - self.expected) ** 2 / expected * (self.expected > 0)
        of_kinds = (unlike * self.weights).sum(axis=(1, 2))
        layouts = counts[..., : self.num_layouts].round()
        never_seen = (layouts[:, 0] == 0) & (layouts.sum(axis=1) > 0)
        total: FloatArray = of_boxes + of_kinds + NEVER_SEEN * never_seen.sum(axis=1)
        return total


def _indicators(names: Sequence[str | None]) -> FloatArray:
    """Return a column (N,) for each name, sorted, that is 1 where an animal has it."""
    known = sorted({name for name in names if name is not None})
    columns = [[float(name == each) for name in names] for each in known]
    return np.array(columns, np.float64).reshape(len(known), len(names)).T
