"""Tests for `gapjunction.simulation.stack.stack_models`."""

import numpy as np
import pytest

from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.stack.stack_dataset import grid_of, plan_stacks, simulate_planned_stack


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "median"), [("human", 150), ("rat", 80)])
def test_stack_models__boxes_and_slices__are_as_in_published_stacks(
    kind: Kind, median: float
) -> None:
    grid = grid_of(kind, 10, 512, 0.5)
    stacks = [simulate_planned_stack(plan, grid, 1) for plan in plan_stacks(kind, 12, 10, 1)]
    # A quarter of the area of the published slices.
    boxes = [4 * np.median([len(each) for each in stack.boxes]) for stack in stacks]
    assert 0.5 * median < np.median(boxes) < 2 * median
    inner = [
        len(plaque.numbers)
        for stack in stacks
        for plaque in stack.plaques
        if plaque.numbers[0] > 1 and plaque.numbers[-1] < 10
    ]
    assert 3 <= np.mean(inner) <= 6
