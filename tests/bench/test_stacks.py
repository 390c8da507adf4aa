"""Tests for `bench.stacks` and what it uses: on stacks of a few boxes, counts are as they are."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from bench.peers.method import scored_one
from bench.peers.stack_linkers import Link, link_overlaps, link_with_trackpy
from bench.stack_sets import write_projection
from bench.stacks import counted_row, ideally_found, large_stack, linked_by, linked_row
from PIL import Image

from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.images.pictures import read_picture
from gapjunction.metrics.stacked_detections import StackedDetections
from gapjunction.metrics.stacked_plaques import StackedPlaques

needs_trackpy = pytest.mark.skipif(
    importlib.util.find_spec("trackpy") is None, reason="a peer: pip install -e '.[bench]'"
)
of_trackpy = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")
LINKERS = [link_overlaps, pytest.param(link_with_trackpy, marks=[needs_trackpy, of_trackpy])]
LEFT, NEAR, RIGHT = [10, 10, 20, 20], [11, 10, 21, 20], [60, 60, 70, 70]


def boxes_of(*slices: list[list[int]]) -> StackedDetections:
    return StackedDetections.of([scored_one(np.array(own, float)) for own in slices])


@pytest.mark.parametrize("link", LINKERS)
def test_link__two_plaques_in_two_slices__are_two(link: Link) -> None:
    plaques = link(boxes_of([LEFT, RIGHT], [RIGHT, NEAR]))
    assert plaques[0] == plaques[3]
    assert plaques[1] == plaques[2]
    assert len(set(plaques.tolist())) == 2


@pytest.mark.parametrize("link", LINKERS)
def test_link__no_boxes__are_no_plaques(link: Link) -> None:
    assert len(link(boxes_of([], []))) == 0


def test_link_overlaps__a_slice_missed__are_two() -> None:
    assert link_overlaps(boxes_of([LEFT], [], [LEFT])).tolist() == [0, 1]


@needs_trackpy
@of_trackpy
def test_link_with_trackpy__a_slice_missed__is_one() -> None:
    assert len(set(link_with_trackpy(boxes_of([LEFT], [], [LEFT])).tolist())) == 1


def stack_of(*slices: list[list[int]], plaques: list[int]) -> PairedStack:
    """Return a stack in which nothing is found."""
    truth = StackedPlaques.of(boxes_of(*slices), np.array(plaques))
    nothing = StackedPlaques.of(boxes_of(*[[] for _ in slices]), np.zeros(0, np.int64))
    return PairedStack("stack", tuple(range(len(slices))), truth, nothing, is_given=True)


def test_ideally_found__two_plaques__are_found_as_they_are() -> None:
    stack = ideally_found(stack_of([LEFT, RIGHT], [RIGHT, NEAR], plaques=[0, 1, 1, 0]))
    row = linked_row("", "", [stack])
    assert (row.mape_percent, row.bias, row.f1) == (0, 0, 1)


def test_linked_by__every_box_a_plaque__are_twice_as_many() -> None:
    stack = ideally_found(stack_of([LEFT, RIGHT], [RIGHT, NEAR], plaques=[0, 1, 1, 0]))
    [alone] = linked_by(lambda boxes: np.arange(len(boxes)), [stack])
    row = linked_row("", "", [alone])
    assert (row.mape_percent, row.bias) == (100, 2)


def test_counted_row__one_too_few__is_half_of_two() -> None:
    stack = stack_of([LEFT, RIGHT], [RIGHT, NEAR], plaques=[0, 1, 1, 0])
    row = counted_row("", "", [stack], np.array([1]))
    assert (row.mape_percent, row.bias, row.f1) == (50, -1, None)


def test_write_projection__bright_in_either_slice__is_bright(tmp_path: Path) -> None:
    slices = []
    for place in (1, 2):
        pixels = np.zeros((4, 4, 3), np.uint8)
        pixels[place, place] = 200
        slices.append(tmp_path / f"{place}.png")
        Image.fromarray(pixels).save(slices[-1])
    write_projection(slices, tmp_path / "projection.png")
    projected = read_picture(tmp_path / "projection.png")
    assert np.argwhere(projected[0] == 200).tolist() == [[1, 1], [2, 2]]


def test_large_stack__three_slices__have_as_many_boxes_each() -> None:
    slices = large_stack(3, 5, np.random.default_rng(0))
    assert [len(each.found) for each in slices] == [5, 5, 5]
    assert not np.array_equal(slices[0].found.boxes, slices[1].found.boxes)
