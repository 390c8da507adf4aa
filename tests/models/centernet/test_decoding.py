"""Tests for `gapjunction.models.centernet.decoding`."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gapjunction.models.centernet.decoding import decode_maps
from gapjunction.models.centernet.targets import draw_targets


def maps_of(boxes: Tensor, labels: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the maps (1, C, H, W) of a network that has learnt its targets perfectly."""
    target = draw_targets(boxes, labels, int(labels.max()) + 1, height, width)
    return torch.logit(target.heat, eps=1e-6)[None], target.sides[None]


def separate_boxes(count: int, generator: torch.Generator) -> tuple[Tensor, int]:
    """Return random boxes of 3 to 12 px in a grid of 16 px, and the side of the tile in cells."""
    per_row = int(np.ceil(np.sqrt(count)))
    place = torch.arange(count)
    corners = 16.0 * torch.stack([place % per_row, place // per_row], dim=1)
    corners = corners + 3 * torch.rand(count, 2, generator=generator)
    sides = 3 + 9 * torch.rand(count, 2, generator=generator)
    return torch.cat([corners, corners + sides], dim=1), per_row * 8


@pytest.mark.parametrize("seed", range(5))
def test_decode_maps__maps_of_random_boxes__gives_the_boxes_back(seed: int) -> None:
    boxes, side = separate_boxes(30, torch.Generator().manual_seed(seed))
    [found] = decode_maps(*maps_of(boxes, torch.arange(30) % 2, side, side), min_score=0.5)
    order = np.lexsort((found.boxes[:, 0] // 16, found.boxes[:, 1] // 16))
    np.testing.assert_allclose(found.boxes[order], boxes.numpy(), atol=0.01)
    assert found.labels[order].tolist() == [0, 1] * 15
    assert found.scores.min() > 0.99


def test_decode_maps__1500_objects__finds_every_one() -> None:
    boxes, side = separate_boxes(1500, torch.Generator().manual_seed(0))
    [found] = decode_maps(*maps_of(boxes, torch.zeros(1500, dtype=torch.int64), side, side), 0.5)
    assert len(found) == 1500


def test_decode_maps__no_peak_above_min_score__finds_nothing() -> None:
    heat, sides = torch.full((2, 1, 8, 8), -5.0), torch.ones(2, 4, 8, 8)
    assert [len(found) for found in decode_maps(heat, sides, 0.1)] == [0, 0]


def test_decode_maps__min_score__keeps_that_score_and_more_best_first() -> None:
    heat, sides = torch.full((1, 1, 8, 8), -9.0), torch.ones(1, 4, 8, 8)
    heat[0, 0, 1, 1], heat[0, 0, 4, 4], heat[0, 0, 6, 1] = -1.0, 2.0, 0.0
    [found] = decode_maps(heat, sides, min_score=0.5)
    assert found.scores.tolist() == pytest.approx([torch.tensor(2.0).sigmoid().item(), 0.5])
    assert found.boxes.tolist() == [[8, 8, 10, 10], [2, 12, 4, 14]]


def test_decode_maps__tiles_of_a_batch__keep_their_own_detections() -> None:
    heat, sides = torch.full((3, 1, 8, 8), -9.0), torch.ones(3, 4, 8, 8)
    heat[0, 0, 2, 2], heat[2, 0, 5, 5], heat[2, 0, 1, 1] = 3.0, 3.0, 3.0
    assert [len(found) for found in decode_maps(heat, sides, 0.5)] == [1, 0, 2]


def test_decode_maps__sides__are_left_top_right_bottom() -> None:
    heat = torch.full((1, 1, 8, 8), -9.0)
    heat[0, 0, 3, 5] = 3.0  # the cell around x = 11, y = 7
    sides = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, :, None, None].expand(1, 4, 8, 8)
    [found] = decode_maps(heat, sides, 0.5)
    assert found.boxes.tolist() == [[10, 5, 14, 11]]


def test_decode_maps__equal_neighbors__are_one_object() -> None:
    heat, sides = torch.full((1, 1, 8, 8), -9.0), torch.full((1, 4, 8, 8), 10.0)
    heat[0, 0, 3, 3] = heat[0, 0, 3, 4] = 3.0
    [found] = decode_maps(heat, sides, 0.5)
    assert len(found) == 1


def test_decode_maps__one_place_two_classes__finds_both() -> None:
    heat, sides = torch.full((1, 2, 8, 8), -9.0), torch.full((1, 4, 8, 8), 4.0)
    heat[0, :, 3, 3] = torch.tensor([3.0, 2.0])
    [found] = decode_maps(heat, sides, 0.5)
    assert found.labels.tolist() == [0, 1]
