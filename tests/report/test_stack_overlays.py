"""Tests for `gapjunction.report.stack_overlays`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.overlays.caption import TEXT
from gapjunction.report.stack_overlays import ENLARGEMENT, project, stack_overlay
from gapjunction.stacks.linking import Plaque


def plane(x: int, light: int) -> np.ndarray:
    """Return a dark slice (3, 40, 60) with a lit square at (x, 10)."""
    image = np.full((3, 40, 60), 10, np.uint8)
    image[1, 10:15, x : x + 5] = light
    return image


def plaque(x: int, *numbers: int) -> Plaque:
    boxes = as_boxes([[x, 10, x + 5, 15]] * len(numbers))
    return Plaque(0, np.array(numbers), boxes, np.full(len(numbers), 0.9, np.float32))


def test_project__slices__keeps_the_brightest_and_where_it_was() -> None:
    projection = project([(3, plane(5, 100)), (4, plane(5, 200)), (6, plane(40, 90))])
    assert (projection.first, projection.last) == (3, 6)
    assert (projection.grey[12, 6], projection.numbers[12, 6]) == (200, 4)
    assert (projection.grey[12, 42], projection.numbers[12, 42]) == (90, 6)
    np.testing.assert_allclose(projection.share(np.array([3, 6])), [0, 1])


@pytest.mark.parametrize("slices", [[], [(1, plane(5, 9)), (2, plane(5, 9)[:, :30])]])
def test_project__no_slice_or_two_sizes__is_refused(slices: list[tuple[int, np.ndarray]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        project(slices)


def test_stack_overlay__plaques_at_both_ends__have_boxes_of_other_colors() -> None:
    projection = project([(1, plane(5, 200)), (2, plane(40, 200))])
    picture = np.asarray(stack_overlay(projection, [plaque(5, 1), plaque(40, 2)]))
    bare = np.asarray(stack_overlay(projection, []))
    assert picture.shape[1] == 60 * ENLARGEMENT
    drawn = (picture != bare).any(axis=2)
    assert drawn[:, :60].any()
    assert drawn[:, 60:].any()
    blue, red = picture[9 * ENLARGEMENT + 1, 12], picture[9 * ENLARGEMENT + 1, 82]
    assert blue[2] > blue[0]
    assert red[0] > red[2]


def test_stack_overlay__known_pixel_size__has_a_scale_bar() -> None:
    """A fifth of 120 px of 0.05 um is 1.2 um: 1 um is 20 px."""
    projection = project([(1, plane(5, 200)), (2, plane(40, 200))])
    bare = np.asarray(stack_overlay(projection, []))
    picture = np.asarray(stack_overlay(projection, [], um_per_px=0.1))
    assert (picture[:80] == bare[:80]).all()
    is_bar = (picture == TEXT).all(axis=2) & (bare != TEXT).all(axis=2)
    assert is_bar.sum(axis=1).max() >= 20


def test_stack_overlay__number_of_plaques__is_told_below() -> None:
    projection = project([(1, plane(5, 200)), (2, plane(40, 200))])
    few = np.asarray(stack_overlay(projection, [plaque(5, 1)]))
    more = np.asarray(stack_overlay(projection, [plaque(5, 1)] * 2))
    assert (few[80:] != more[80:]).any()
