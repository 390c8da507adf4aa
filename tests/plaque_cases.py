"""Plaques of stacks for tests: each is given by its box in each of its slices."""

from collections.abc import Mapping, Sequence

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.metrics.stacked_detections import StackedDetections
from gapjunction.metrics.stacked_plaques import StackedPlaques

Corners = tuple[float, float, float, float]
Chain = Mapping[int, Corners]  # the box in each slice
Numbers = Sequence[int]

PLACE: Corners = (10, 10, 16, 18)
ELSEWHERE: Corners = (40, 10, 46, 18)


def plaques_of(
    *chains: Chain, num_slices: int = 8, labels: Numbers | None = None
) -> StackedPlaques:
    """Return plaques, all of class 0 unless labels are given."""
    classes = labels or [0] * len(chains)
    rows = sorted(
        (number, plaque, box)
        for plaque, chain in enumerate(chains)
        for number, box in chain.items()
    )
    boxes = StackedDetections(
        as_boxes([box for _, _, box in rows]),
        np.ones(len(rows), np.float32),
        np.array([classes[plaque] for _, plaque, _ in rows], np.int64),
        np.array([number for number, _, _ in rows], np.int64),
        num_slices,
    )
    return StackedPlaques(boxes, np.array([plaque for _, plaque, _ in rows], np.int64))


def still(box: Corners, *numbers: int) -> dict[int, Corners]:
    """Return a plaque with the same box in each of these slices."""
    return dict.fromkeys(numbers, box)


def random_sides(seed: int) -> tuple[StackedPlaques, StackedPlaques]:
    """Return crowded plaques, and what a detector that errs in every way might find of them.

    Boxes lie on whole pixels, up to 24; there are five slices.
    """
    rng = np.random.default_rng(seed)
    truth = [_random_chain(rng) for _ in range(rng.integers(1, 6))]
    found: list[dict[int, Corners]] = []
    for chain in truth:
        cut = int(rng.integers(0, 6))
        moved = {z: _moved(rng, box) for z, box in chain.items() if rng.random() > 0.2}
        parts = [
            {z: b for z, b in moved.items() if (z < cut) == is_low} for is_low in (True, False)
        ]
        found += [part for part in parts if part]
    found.append(_random_chain(rng))
    return plaques_of(*truth, num_slices=5), plaques_of(*found, num_slices=5)


def _random_chain(rng: np.random.Generator) -> dict[int, Corners]:
    x, y = rng.integers(0, 16, 2).tolist()
    width, height = rng.integers(3, 8, 2).tolist()
    first, count = int(rng.integers(0, 5)), int(rng.integers(1, 5))
    return dict.fromkeys(range(first, min(first + count, 5)), (x, y, x + width, y + height))


def _moved(rng: np.random.Generator, box: Corners) -> Corners:
    x0, y0, x1, y1 = (
        int(side + shift) for side, shift in zip(box, rng.integers(0, 2, 4), strict=True)
    )
    return x0, y0, x1, y1
