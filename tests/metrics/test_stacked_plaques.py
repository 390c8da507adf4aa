"""Tests for `gapjunction.metrics.stacked_plaques`."""

import numpy as np

from plaque_cases import ELSEWHERE, PLACE, plaques_of, still


def test_num_plaques__none__is_0() -> None:
    assert plaques_of().num_plaques == 0


def test_of_rows__rows_in_any_order__come_by_slice_with_plaques_numbered_anew() -> None:
    plaques = plaques_of(still(PLACE, 0, 1), still(ELSEWHERE, 0), still((0, 0, 2, 2), 1))
    some = plaques.of_rows(np.array([3, 0]))
    assert some.boxes.images.tolist() == [0, 1]
    assert some.boxes.boxes.tolist() == [list(PLACE), [0, 0, 2, 2]]
    assert some.plaques.tolist() == [0, 1]


def test_of_class__two_classes__keeps_the_plaques_of_one() -> None:
    plaques = plaques_of(still(PLACE, 0, 1), still(ELSEWHERE, 1, 2), labels=[0, 1])
    second = plaques.of_class(1)
    assert (second.num_plaques, second.boxes.images.tolist()) == (1, [1, 2])


def test_volumes__boxes_in_several_slices__are_added_up() -> None:
    assert plaques_of(still((0, 0, 2, 3), 0, 1, 2), still(PLACE, 4)).volumes().tolist() == [18, 48]
