"""Tests for `gapjunction.stacks.linking`."""

import numpy as np
import pytest
from numpy.random import Generator

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.stacks.linking import Plaque, Slice, likeness_of, link_slices

Corners = tuple[float, float, float, float]


def slice_of(number: int, *boxes: Corners, label: int = 0, score: float = 0.9) -> Slice:
    count = len(boxes)
    corners = as_boxes(list(boxes)).reshape(-1, 4)
    return Slice(
        number, Detections(corners, np.full(count, score, np.float32), np.full(count, label))
    )


def spans(plaques: list[Plaque]) -> list[tuple[int, int]]:
    return [(int(each.numbers[0]), int(each.numbers[-1])) for each in plaques]


def test_link_slices__one_object_in_six_slices__is_one_plaque() -> None:
    (plaque,) = link_slices([slice_of(z, (10, 10, 16, 18)) for z in range(3, 9)])
    assert plaque.numbers.tolist() == [3, 4, 5, 6, 7, 8]
    assert plaque.center == pytest.approx((13, 14, 5.5))


def test_link_slices__slices_in_any_order__are_taken_in_theirs() -> None:
    slices = [slice_of(z, (10 + z, 10, 16 + z, 16)) for z in (2, 0, 1)]
    assert spans(link_slices(slices)) == [(0, 2)]


@pytest.mark.parametrize(("gap", "num_plaques"), [(1, 1), (2, 2)])
def test_link_slices__missed_slices__are_bridged_if_it_is_one(gap: int, num_plaques: int) -> None:
    empty = [slice_of(1 + z) for z in range(gap)]
    slices = [slice_of(0, (0, 0, 6, 6)), *empty, slice_of(1 + gap, (0, 0, 6, 6))]
    assert len(link_slices(slices)) == num_plaques


def test_link_slices__number_without_an_image__is_as_a_missed_slice() -> None:
    assert spans(link_slices([slice_of(4, (0, 0, 6, 6)), slice_of(6, (0, 0, 6, 6))])) == [(4, 6)]


def test_link_slices__two_classes_in_one_place__stay_two() -> None:
    slices = [slice_of(0, (0, 0, 6, 6), label=0), slice_of(1, (0, 0, 6, 6), label=1)]
    assert [plaque.label for plaque in link_slices(slices)] == [0, 1]


def test_link_slices__neighbors_that_touch__go_on_each_with_its_own() -> None:
    slices = [slice_of(z, (0, 0, 6, 6), (5, 0, 11, 6)) for z in range(4)]
    first, second = link_slices(slices)
    assert first.boxes[:, 0].tolist() == [0] * 4
    assert second.boxes[:, 0].tolist() == [5] * 4


def test_link_slices__two_that_merge__the_more_alike_goes_on() -> None:
    slices = [slice_of(0, (0, 0, 6, 6), (7, 0, 11, 6)), slice_of(1, (0, 0, 11, 6))]
    assert spans(link_slices(slices)) == [(0, 1), (0, 0)]


def test_link_slices__tilted_object__is_followed_although_its_ends_do_not_overlap() -> None:
    slices = [slice_of(z, (3 * z, 0, 3 * z + 8, 8)) for z in range(6)]
    assert spans(link_slices(slices)) == [(0, 5)]


def test_link_slices__best_slice__is_that_of_the_highest_score() -> None:
    scores = (0.5, 0.9, 0.9, 0.4)
    (plaque,) = link_slices([slice_of(z, (0, 0, 6, 6), score=s) for z, s in enumerate(scores)])
    assert plaque.best == 1


def test_link_slices__nothing__is_no_plaque() -> None:
    assert link_slices([]) == []
    assert link_slices([slice_of(0), slice_of(1)]) == []


def test_link_slices__a_slice_twice__is_our_mistake() -> None:
    with pytest.raises(ValueError, match="number of its own"):
        link_slices([slice_of(1), slice_of(1)])


def ellipsoids(rng: Generator, count: int, num_slices: int, side: int) -> tuple[list[Slice], int]:
    """Return exact boxes of ellipsoids in the slices that cut them, and how many are cut."""
    middles = rng.uniform(0, 1, (count, 3)) * (side, side, num_slices)
    radii = np.stack([*rng.uniform(2, 6, (2, count)), rng.uniform(0.6, 3, count)], axis=1)
    shares = 1 - ((np.arange(num_slices)[:, None] - middles[:, 2]) / radii[:, 2]) ** 2
    is_cut = shares > 0.05
    slices = []
    for z, (share, cut) in enumerate(zip(shares, is_cut, strict=True)):
        half = radii[cut, :2] * np.sqrt(share[cut])[:, None]
        boxes = np.concatenate([middles[cut, :2] - half, middles[cut, :2] + half], axis=1)
        slices.append(slice_of(z, *rng.permutation(boxes)))
    return slices, int(is_cut.any(axis=0).sum())


@pytest.mark.parametrize("count", [100, 600, 2000])
def test_link_slices__exact_boxes_of_many_ellipsoids__counts_them_within_1_percent(
    count: int,
) -> None:
    slices, num_seen = ellipsoids(np.random.default_rng(5), count, num_slices=30, side=1024)
    assert len(link_slices(slices)) == pytest.approx(num_seen, rel=0.01)
    assert sum(len(each.found) for each in slices) > 2 * num_seen  # which a sum over slices is


def test_likeness_of__boxes__is_two_for_one_box_and_none_for_those_apart() -> None:
    box = as_boxes([[0, 0, 4, 4]])
    others = as_boxes([[0, 0, 4, 4], [1, 0, 5, 4], [4, 0, 8, 4], [0, 0, 40, 40]])
    like = likeness_of(box, others)[0]
    assert like[0] == pytest.approx(2)
    assert 0 < like[1] < 2
    assert like[2] < 0
    assert like[3] < like[1]
