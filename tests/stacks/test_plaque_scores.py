"""Tests for `gapjunction.stacks.plaque_scores`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.stacks.linking import Plaque
from gapjunction.stacks.plaque_scores import LOWEST_LINKED, plaque_scores

LOWEST = np.log(LOWEST_LINKED / (1 - LOWEST_LINKED))


def plaque(numbers: list[int], evidence: float) -> Plaque:
    """Return a plaque whose boxes are all as far above the lowest probability."""
    score = 1 / (1 + np.exp(-evidence - LOWEST))
    boxes = as_boxes([(0, 0, 6, 6)] * len(numbers))
    return Plaque(0, np.array(numbers), boxes, np.full(len(numbers), score, np.float32))


def evidence_of(each: Plaque, numbers: list[int]) -> float:
    (score,) = plaque_scores([each], numbers)
    return float(np.log(score / (1 - score)))


@pytest.mark.parametrize(
    ("own", "of_stack", "share"),
    [
        ([4], [2, 3, 4, 5, 6], 1 / 3),  # alone between two slices that show nothing
        ([3, 4, 5], [2, 3, 4, 5, 6], 3 / 5),
        ([3, 5], [2, 3, 4, 5, 6], 2 / 5),  # missed in one
        ([2, 3], [2, 3, 4, 5, 6], 2 / 3),  # cut off by the first slice
        ([2, 3, 4], [4, 3, 2], 1),
        ([4], [1, 4, 9], 1 / 3),  # the next slices that the stack has
    ],
)
def test_plaque_scores__slices_that_should_show_it__share_the_evidence(
    own: list[int], of_stack: list[int], share: float
) -> None:
    assert evidence_of(plaque(own, 3.0), of_stack) == pytest.approx(3 * share, rel=1e-4)


def test_plaque_scores__lowest_probability__is_half() -> None:
    assert plaque_scores([plaque([1, 2], 0.0)], [1, 2]) == pytest.approx(0.5)


def test_plaque_scores__no_plaques__are_none() -> None:
    assert len(plaque_scores([], [1, 2])) == 0
