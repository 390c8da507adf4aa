"""Tests for `gapjunction.boxes`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction import boxes as boxes_module
from gapjunction.boxes import (
    BoxArray,
    area,
    as_boxes,
    centers,
    clip_boxes,
    from_xywh,
    non_max_suppression,
    overlapping_pairs,
    to_xywh,
)


def random_boxes(rng: np.random.Generator, count: int, side: float = 20) -> BoxArray:
    """Return boxes in a field of 100 px, many of which overlap."""
    corner = rng.uniform(0, 100, (count, 2))
    return np.hstack([corner, corner + rng.uniform(0, side, (count, 2))]).astype(np.float32)


def iou_of(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return the IoU of two boxes in the way it is defined, slowly and in double precision."""
    a: list[float] = first.astype(float).tolist()
    b: list[float] = second.astype(float).tolist()
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


def suppress_slowly(
    boxes: BoxArray, scores: NDArray[np.float32], labels: NDArray[np.int64], threshold: float
) -> list[int]:
    """Keep the best box that is left, drop its rivals, and so on: the textbook's algorithm."""
    left = sorted(range(len(boxes)), key=lambda index: -scores[index])
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [
            i
            for i in left
            if labels[i] != labels[best] or iou_of(boxes[i], boxes[best]) <= threshold
        ]
    return kept


def test_as_boxes__empty_list__has_four_columns() -> None:
    assert as_boxes([]).shape == (0, 4)


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [[1, 2, 3]], [[[1, 2, 3, 4]]]])
def test_as_boxes__no_rows_of_four__is_refused(values: list[object]) -> None:
    with pytest.raises(ValueError, match=r"expected boxes of shape \(N, 4\)"):
        as_boxes(values)  # type: ignore[arg-type]


def test_conversions__one_box__are_as_their_names_say() -> None:
    box = as_boxes([[10, 20, 14, 26]])
    assert to_xywh(box).tolist() == [[10, 20, 4, 6]]
    assert from_xywh(to_xywh(box)).tolist() == box.tolist()
    assert centers(box).tolist() == [[12, 23]]
    assert area(box).tolist() == [24]


def test_area__negative_side__is_zero() -> None:
    assert area(as_boxes([[5, 5, 3, 9], [5, 5, 3, 2]])).tolist() == [0, 0]


def test_clip_boxes__image_wider_than_high__cuts_x_at_the_width() -> None:
    clipped = clip_boxes(as_boxes([[-5, -5, 90, 90], [50, 1, 60, 2]]), height=30, width=40)
    assert clipped.tolist() == [[0, 0, 40, 30], [40, 1, 40, 2]]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("pairs_per_chunk", [7, 4_000_000])
def test_overlapping_pairs__random_boxes__are_those_of_brute_force(
    seed: int, pairs_per_chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes_module, "PAIRS_PER_CHUNK", pairs_per_chunk)
    rng = np.random.default_rng(seed)
    first, second = random_boxes(rng, 40), random_boxes(rng, 50, side=60)
    expected = [
        (i, j, iou_of(first[i], second[j]))
        for i in range(len(first))
        for j in range(len(second))
        if iou_of(first[i], second[j]) > 0
    ]
    i, j, iou = overlapping_pairs(first, second)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(i, j) for i, j, _ in expected]
    np.testing.assert_allclose(iou, [value for _, _, value in expected], rtol=1e-4)


@pytest.mark.parametrize(("num_first", "num_second"), [(0, 0), (0, 5), (5, 0)])
def test_overlapping_pairs__no_boxes__gives_none(num_first: int, num_second: int) -> None:
    rng = np.random.default_rng(0)
    pairs = overlapping_pairs(random_boxes(rng, num_first), random_boxes(rng, num_second))
    assert [len(part) for part in pairs] == [0, 0, 0]


def test_overlapping_pairs__boxes_that_touch__do_not_overlap() -> None:
    first, second = as_boxes([[0, 0, 5, 5]]), as_boxes([[5, 0, 9, 5], [0, 5, 5, 9]])
    assert len(overlapping_pairs(first, second)[0]) == 0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7])
def test_non_max_suppression__random_boxes__keeps_what_the_textbook_keeps(
    seed: int, threshold: float
) -> None:
    rng = np.random.default_rng(seed)
    boxes, labels = random_boxes(rng, 60, side=40), rng.integers(0, 2, 60)
    scores = rng.choice([0.2, 0.5, 0.9], 60).astype(np.float32)  # many are equal
    kept = non_max_suppression(boxes, scores, labels, threshold)
    assert kept.tolist() == suppress_slowly(boxes, scores, labels, threshold)


def test_non_max_suppression__no_boxes__keeps_none() -> None:
    none = as_boxes([])
    kept = non_max_suppression(none, np.zeros(0, np.float32), np.zeros(0, np.int64), 0.5)
    assert kept.tolist() == []


def test_non_max_suppression__chain_of_rivals__a_suppressed_box_suppresses_none() -> None:
    boxes = as_boxes([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    kept = non_max_suppression(boxes, scores, np.zeros(3, np.int64), 0.3)
    assert kept.tolist() == [0, 2]
