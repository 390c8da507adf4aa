"""Tests for `gapjunction.metrics.plaque_matching`."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.metrics.plaque_matching import PLAQUE_IOU, PlaquePairs, match_plaques
from gapjunction.metrics.stacked_detections import find_overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques
from plaque_cases import PLACE, plaques_of, random_sides, still


def matched(truth: StackedPlaques, found: StackedPlaques) -> PlaquePairs:
    return match_plaques(truth, found, find_overlaps(truth.boxes, found.boxes))


def test_match_plaques__same_place_in_other_slices__is_no_match() -> None:
    assert len(matched(plaques_of(still(PLACE, 0, 1)), plaques_of(still(PLACE, 2, 3))).iou) == 0


def test_match_plaques__nothing_on_either_side__is_no_match() -> None:
    assert len(matched(plaques_of(), plaques_of(still(PLACE, 0))).iou) == 0
    assert len(matched(plaques_of(still(PLACE, 0)), plaques_of()).iou) == 0


def test_match_plaques__two_classes_in_one_place__are_no_match() -> None:
    first, second = (plaques_of(still(PLACE, 0), labels=[label]) for label in (0, 1))
    assert len(matched(first, second).iou) == 0


@pytest.mark.parametrize(("num_slices", "num_pairs"), [(2, 1), (1, 0)])
def test_match_plaques__few_of_eight_slices__match_from_a_quarter_on(
    num_slices: int, num_pairs: int
) -> None:
    truth = plaques_of(still(PLACE, *range(8)))
    assert len(matched(truth, plaques_of(still(PLACE, *range(num_slices)))).iou) == num_pairs


def pairs_of(pairs: PlaquePairs) -> list[tuple[int, int]]:
    return list(zip(pairs.found.tolist(), pairs.truth.tolist(), strict=True))


def test_match_plaques__a_better_pair_that_leaves_one_alone__is_not_made() -> None:
    """The first of both sides overlap by 0.6, more than the two pairs without them together."""
    truth = plaques_of(still(PLACE, 0, 1, 2, 3), still(PLACE, 4))
    found = plaques_of(still(PLACE, 1, 2, 3, 4), still(PLACE, 0))
    pairs = matched(truth, found)
    assert pairs_of(pairs) == [(0, 1), (1, 0)]
    assert pairs.iou.tolist() == pytest.approx([1 / 4, 1 / 4])


def test_match_plaques__all_could_be_pairs__have_the_greatest_sum() -> None:
    left, right = still((0, 0, 10, 10), 0), still((4, 0, 14, 10), 0)
    assert pairs_of(matched(plaques_of(left, right), plaques_of(right, left))) == [(0, 1), (1, 0)]
    assert pairs_of(matched(plaques_of(left, right), plaques_of(left, right))) == [(0, 0), (1, 1)]


def voxels(side: StackedPlaques, plaque: int) -> NDArray[np.bool_]:
    space = np.zeros((5, 32, 32), np.bool_)
    for row in np.flatnonzero(side.plaques == plaque).tolist():
        x0, y0, x1, y1 = side.boxes.boxes[row].astype(int).tolist()
        space[side.boxes.images[row], y0:y1, x0:x1] = True
    return space


def best_of_all_choices(truth: StackedPlaques, found: StackedPlaques) -> tuple[int, float]:
    """Return the most pairs, and their greatest sum of IoU, from voxels by trying everything."""
    iou = np.zeros((found.num_plaques, truth.num_plaques))
    for i, j in np.ndindex(*iou.shape):
        a, b = voxels(found, i), voxels(truth, j)
        iou[i, j] = (a & b).sum() / (a | b).sum()
    iou[iou < PLAQUE_IOU] = 0
    few = iou if len(iou) < iou.shape[1] else iou.T
    choices = permutations(range(few.shape[1]), len(few))
    chosen = (few[range(len(few)), list(order)] for order in choices)
    return max((int((each > 0).sum()), float(each.sum())) for each in chosen)


@pytest.mark.parametrize("seed", range(10))
def test_match_plaques__random_crowds__are_the_best_of_all_choices_among_voxels(seed: int) -> None:
    truth, found = random_sides(seed)
    pairs = matched(truth, found)
    num_pairs, sum_of_iou = best_of_all_choices(truth, found)
    assert len(pairs.iou) == num_pairs
    assert pairs.iou.sum() == pytest.approx(sum_of_iou)
