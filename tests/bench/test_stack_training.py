"""Tests for the experiments on training on stacks: all arms have the same slices and tiles."""

import numpy as np
import torch
from bench.random_slice_splits import SliceScore, deal_slices, deal_stacks, flattery
from bench.stack_training import starting_detector, widen
from bench.training_stacks import SliceTiles, TrainingStack, simulate_stacks, slices_of

from gapjunction.models.centernet.model import CenterNet


def small_stacks() -> list[TrainingStack]:
    return simulate_stacks("human", 2, 4, 96, seed=1)


def test_views__neighbors__are_the_slices_before_and_after() -> None:
    [stack, _] = small_stacks()
    middle = stack.views[:, 0]
    assert np.corrcoef(stack.views[1, 1].ravel(), middle[0].ravel())[0, 1] > 0.99
    assert np.corrcoef(stack.views[1, 2].ravel(), middle[2].ravel())[0, 1] > 0.99
    np.testing.assert_array_equal(stack.views[0, 1], middle[0])
    np.testing.assert_array_equal(stack.views[3, 2], middle[3])


def test_tiles__without_neighbors__are_otherwise_the_same() -> None:
    slices = slices_of(small_stacks())
    three, five = (SliceTiles(slices, 64, number, seed=0) for number in (3, 5))
    for number in range(8):
        torch.testing.assert_close(three[number].tile, five[number].tile[:3])
        torch.testing.assert_close(three[number].boxes, five[number].boxes)


def test_widen__weights_of_new_channels__change_nothing_at_first() -> None:
    narrow, wide = (starting_detector("fine_tuning", seed=0).eval() for _ in range(2))
    widen(wide)
    assert isinstance(narrow, CenterNet)
    assert isinstance(wide, CenterNet)
    tiles = torch.rand(1, 5, 64, 64)
    with torch.inference_mode():
        heat, sides = narrow.network(tiles[:, :3])
        wide_heat, wide_sides = wide.network(tiles)
    torch.testing.assert_close(wide_heat, heat)
    torch.testing.assert_close(wide_sides, sides)


def test_deal__both_ways__test_every_slice_once() -> None:
    stacks = small_stacks()
    every = {(stack.name, index) for stack, index in slices_of(stacks)}
    for folds in (deal_slices(slices_of(stacks), 2, seed=0), deal_stacks([stacks], 2)):
        assert [len(fold) for fold in folds] == [4, 4]
        assert {(stack.name, index) for fold in folds for stack, index in fold} == every
    assert [{stack.name for stack, _ in fold} for fold in deal_stacks([stacks], 2)] == [
        {stacks[0].name},
        {stacks[1].name},
    ]


def test_flattery__perfect_against_half_in_all__is_that_difference_without_interval() -> None:
    perfect = [SliceScore(name, 0, 10, 10, 10) for name in "ab"]
    half = [SliceScore(name, 0, 10, 10, 5) for name in "ab"]
    assert flattery(perfect, half) == "+0.500 (-)"
