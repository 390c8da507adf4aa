"""Links the boxes of a stack's slices into plaques, each of which is counted once.

A plaque is a chain of boxes of one class, at most one in a slice. Going through the slices in
order, the boxes of one are assigned to the plaques that end in the slice before or, so that a
plaque may be missed in one slice, in the one before that; the assignment is the one with the
greatest sum of likenesses (Kuhn 1955, "The Hungarian method"). Two boxes are alike by their
overlap (IoU) and by how near their centers are, relative to their size. Where two plaques merge
into one box, the box goes on with the plaque that it is more like, and the other one ends; where
one splits, one of the two boxes goes on with it, and the other one begins a plaque.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gapjunction.boxes import BoxArray, area, centers
from gapjunction.detections import Detections

MOST_MISSED = 1  # slices in a row, in which a plaque may lack a box
# Boxes whose centers are farther apart than so many times the side of their mean area are of two
# plaques, and so are boxes that do not touch.
LARGEST_SHIFT = 0.75
MISSED_LIKENESS = 0.3  # what is taken off for each missed slice, of at most 2
UNLIKE = -1.0


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """What was found in one slice; `number` is its place along z."""

    number: int
    found: Detections


@dataclass(frozen=True, slots=True, eq=False)
class Plaque:
    """One object through its slices.

    Attributes:
        label: its class.
        numbers: of the slices that it has a box in (S,), rising.
        boxes: in these slices (S, 4), xyxy pixels.
        scores: of the boxes (S,).
    """

    label: int
    numbers: NDArray[np.int64]
    boxes: BoxArray
    scores: NDArray[np.float32]

    @property
    def best(self) -> int:
        """The place, in `numbers`, of the slice with the highest score; the first of equals."""
        return int(np.argmax(self.scores))

    @property
    def center(self) -> tuple[float, float, float]:
        """X and y in pixels, z in slices: the mean over its boxes, weighted by their areas."""
        weights = np.maximum(area(self.boxes).astype(np.float64), np.finfo(np.float64).tiny)
        x, y = np.average(centers(self.boxes), axis=0, weights=weights)
        return float(x), float(y), float(np.average(self.numbers, weights=weights))


def link_slices(slices: Sequence[Slice]) -> list[Plaque]:
    """Return the plaques of a stack, in the order of their first slices.

    Raises:
        ValueError: if two slices have one number.
    """
    ordered = sorted(slices, key=lambda each: each.number)
    numbers = [each.number for each in ordered]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"expected a number of its own for each slice, got {numbers}")
    chains: list[_Chain] = []
    open_chains: list[_Chain] = []
    for each in ordered:
        open_chains = [c for c in open_chains if each.number - c.last <= 1 + MOST_MISSED]
        chosen = _assign(open_chains, each)
        for row in range(len(each.found)):
            chain = chosen.get(row)
            if chain is None:
                chain = _Chain([], [])
                chains.append(chain)
                open_chains.append(chain)
            chain.slices.append(each)
            chain.rows.append(row)
    return [chain.as_plaque() for chain in chains]


@dataclass(slots=True, eq=False)
class _Chain:
    """A plaque while it is followed: slices, and the row of its box in each."""

    slices: list[Slice]
    rows: list[int]

    @property
    def last(self) -> int:
        return self.slices[-1].number

    def as_plaque(self) -> Plaque:
        pairs = list(zip(self.slices, self.rows, strict=True))
        return Plaque(
            int(self.slices[0].found.labels[self.rows[0]]),
            np.array([each.number for each in self.slices], np.int64),
            np.stack([each.found.boxes[row] for each, row in pairs]),
            np.array([each.found.scores[row] for each, row in pairs], np.float32),
        )


def _assign(chains: Sequence[_Chain], each: Slice) -> dict[int, _Chain]:
    """Return which of the chains each row of a slice goes on with; others begin new ones."""
    if not chains or not len(each.found):
        return {}
    last = [(chain.slices[-1].found, chain.rows[-1]) for chain in chains]
    boxes = np.stack([found.boxes[row] for found, row in last])
    labels = np.array([found.labels[row] for found, row in last])
    missed = np.array([each.number - chain.last - 1 for chain in chains])
    likeness = likeness_of(boxes, each.found.boxes) - MISSED_LIKENESS * missed[:, None]
    is_possible = (likeness > 0) & (labels[:, None] == each.found.labels[None])
    kept, own = np.flatnonzero(is_possible.any(axis=1)), np.flatnonzero(is_possible.any(axis=0))
    weights = np.where(is_possible, likeness, 0)[np.ix_(kept, own)]
    rows, columns = linear_sum_assignment(weights, maximize=True)
    pairs = zip(kept[rows].tolist(), own[columns].tolist(), strict=True)
    return {column: chains[row] for row, column in pairs if is_possible[row, column]}


def likeness_of(boxes: BoxArray, others: BoxArray) -> NDArray[np.float64]:
    """Return how alike boxes (N, 4) and others (M, 4) are, (N, M): above 0 for one plaque, to 2.

    It is the IoU plus 1 for centers that are one, falling to 0 at the largest shift.
    """
    corners, their = boxes.astype(np.float64), others.astype(np.float64)
    low = np.maximum(corners[:, None, :2], their[None, :, :2])
    high = np.minimum(corners[:, None, 2:], their[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    areas, their_areas = area(boxes).astype(np.float64), area(others).astype(np.float64)
    union = areas[:, None] + their_areas[None] - shared
    between = centers(boxes)[:, None].astype(np.float64) - centers(others)[None]
    side = np.sqrt((areas[:, None] + their_areas[None]) / 2)
    shift = np.hypot(between[..., 0], between[..., 1]) / np.maximum(side, 1e-9)
    is_near = (shared > 0) & (shift < LARGEST_SHIFT)
    near = 1 - shift / LARGEST_SHIFT
    return np.where(is_near, shared / np.maximum(union, 1e-9) + near, UNLIKE)
