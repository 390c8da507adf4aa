"""Tests for `gapjunction.samples.crowding`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.boxes import BoxArray
from gapjunction.samples.crowding import choose_tile_size, most_objects


def grid_of_boxes(num_columns: int, num_rows: int, pitch: float, side: float = 4) -> BoxArray:
    """Return square boxes with their top-left corners on a grid."""
    x, y = np.meshgrid(np.arange(num_columns) * pitch, np.arange(num_rows) * pitch)
    corners = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.concatenate([corners, corners + side], axis=1).astype(np.float32)


def most_by_trying(boxes: BoxArray, side: int) -> int:
    """Count the boxes that squares at all whole positions touch."""
    counts = [
        (
            (boxes[:, 0] <= x + side)
            & (boxes[:, 2] >= x)
            & (boxes[:, 1] <= y + side)
            & (boxes[:, 3] >= y)
        ).sum()
        for x in range(-side, 40)
        for y in range(-side, 40)
    ]
    return int(max(counts))


def test_most_objects__no_boxes__is_none() -> None:
    assert most_objects(np.zeros((0, 4), np.float32), 64) == 0


def test_most_objects__grid__counts_those_a_square_touches() -> None:
    # From the end of one box, at 4 px, 26 px reach the beginning of the one at 30.
    assert most_objects(grid_of_boxes(10, 10, pitch=10), 26) == 4 * 4
    assert most_objects(grid_of_boxes(10, 10, pitch=10), 25) == 3 * 3


def test_most_objects__cluster_in_a_sparse_image__counts_the_cluster() -> None:
    sparse = grid_of_boxes(8, 8, pitch=100)
    cluster = grid_of_boxes(5, 2, pitch=5) + 333
    assert most_objects(np.concatenate([sparse, cluster]), 40) == 10


@pytest.mark.long
@given(
    st.lists(st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 8)] * 2), max_size=12),
    st.integers(1, 20),
)
def test_most_objects__any_boxes__is_what_trying_all_squares_gives(
    rows: list[tuple[int, int, int, int]], side: int
) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32).reshape(-1, 4)
    assert most_objects(boxes, side) == most_by_trying(boxes, side)


def test_choose_tile_size__enough_room__is_what_was_wanted() -> None:
    assert choose_tile_size([grid_of_boxes(4, 4, pitch=20)], 256, 16, max_zoom=1) == 256


@pytest.mark.parametrize(("max_zoom", "expected"), [(1.0, 96), (1.3, 64)])
def test_choose_tile_size__too_crowded__shrinks_until_all_squares_fit(
    max_zoom: float, expected: int
) -> None:
    sparse, crowded = grid_of_boxes(4, 4, pitch=100), grid_of_boxes(40, 40, pitch=10)
    tile_size = choose_tile_size([sparse, crowded], 256, 130, max_zoom)
    assert tile_size == expected
    assert most_objects(crowded, tile_size * max_zoom) <= 130
    assert most_objects(crowded, (tile_size + 32) * max_zoom) > 130


def test_choose_tile_size__hopelessly_crowded__is_the_smallest() -> None:
    assert choose_tile_size([grid_of_boxes(40, 40, pitch=1)], 256, 5, max_zoom=1) == 32
