"""Tests for `gapjunction.models.centernet.targets`."""

import pytest
import torch
from torch import Tensor

from gapjunction.models.centernet.targets import TargetMaps, draw_targets

HEIGHT, WIDTH = 32, 40  # cells of 2 px: a tile of 64 x 80 px


def draw(boxes: list[list[float]], labels: list[int] | None = None) -> TargetMaps:
    shaped = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    return draw_targets(shaped, torch.tensor(labels or [0] * len(boxes)), 2, HEIGHT, WIDTH)


def boxes_at(target: TargetMaps, cells: Tensor) -> Tensor:
    """Return the boxes (N, 4) that the sides describe at cells (N, 2) of (row, column)."""
    row, column = cells.unbind(1)
    x, y = 2 * column + 1, 2 * row + 1
    left, top, right, bottom = target.sides[:, row, column]
    return torch.stack([x - left, y - top, x + right, y + bottom], dim=1)


def test_draw_targets__no_boxes__gives_empty_maps() -> None:
    target = draw([])
    assert target.heat.shape == (2, HEIGHT, WIDTH)
    assert target.sides.shape == (4, HEIGHT, WIDTH)
    assert target.side_weight.shape == (HEIGHT, WIDTH)
    assert not target.heat.any()
    assert not target.side_weight.any()


@pytest.mark.parametrize(
    ("box", "row", "column"),
    [
        ([10, 20, 16, 30], 12, 6),
        ([9.5, 20.1, 16.2, 30.7], 12, 6),
        ([10, 20, 11, 21], 10, 5),
        ([0, 0, 3, 3], 0, 0),
        ([77, 61, 80, 64], 31, 39),
        ([79.5, 63.5, 80, 64], 31, 39),
        ([0, 0, 80, 64], 16, 20),
    ],
    ids=["even", "fractions", "one pixel", "first corner", "last corner", "sliver", "whole tile"],
)
def test_draw_targets__one_box__heat_is_one_at_the_cell_of_its_center_only(
    box: list[float], row: int, column: int
) -> None:
    heat = draw([box]).heat[0]
    assert (heat == 1).nonzero().tolist() == [[row, column]]
    assert heat.min() >= 0


def test_draw_targets__boxes_of_two_classes__heat_only_their_own_map() -> None:
    heat = draw([[10, 10, 16, 16], [40, 40, 46, 46]], [0, 1]).heat
    assert (heat == 1).nonzero().tolist() == [[0, 6, 6], [1, 21, 21]]
    assert heat[1, 6, 6] < 1e-6
    assert heat[0, 21, 21] < 1e-6


def test_draw_targets__wider_box__spreads_its_heat_wider() -> None:
    narrow, wide = draw([[20, 20, 26, 26]]).heat.sum(), draw([[3, 3, 43, 43]]).heat.sum()
    assert wide > 4 * narrow


@pytest.mark.parametrize(
    "boxes",
    [
        [[10, 20, 16, 30]],
        [[20.3, 20.6, 24.1, 23.9]],
        [[0, 0, 5, 4]],
        [[2, 2, 78, 62]],
        [[10, 10, 16, 18], [13, 9, 21, 17]],
        [[0, 0, 40, 40], [18, 18, 23, 23]],
    ],
    ids=["one", "fractions", "corner", "large", "overlapping", "small inside large"],
)
def test_draw_targets__weighted_cells__describe_one_of_the_boxes(boxes: list[list[float]]) -> None:
    target = draw(boxes)
    cells = (target.side_weight > 0).nonzero()
    described = boxes_at(target, cells)
    distance = (described[:, None] - torch.tensor(boxes, dtype=torch.float32)).abs().amax(2)
    assert len(cells) > 0
    assert float(distance.amin(1).max()) < 1e-4


def test_draw_targets__cells_of_an_object__have_weights_that_sum_to_one() -> None:
    target = draw([[4, 4, 10, 12], [30, 30, 60, 50], [70, 6, 73, 9]])
    x0, _, x1, _ = boxes_at(target, target.side_weight.nonzero()).T
    weights = target.side_weight[target.side_weight > 0]
    for left, right in ((4, 10), (30, 60), (70, 73)):
        own = ((x0 - left).abs() < 1e-3) & ((x1 - right).abs() < 1e-3)
        assert float(weights[own].sum()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_draw_targets__crowded_tile__no_object_weighs_more_than_one(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    corners = torch.rand(60, 2, generator=generator) * torch.tensor([70.0, 54.0])
    boxes = torch.cat([corners, corners + 2 + 8 * torch.rand(60, 2, generator=generator)], dim=1)
    target = draw(boxes.tolist())
    assert float(target.side_weight.sum()) <= 60 + 1e-3
    assert bool(torch.isfinite(target.sides).all())
    assert float(target.sides.min()) > 0


def test_draw_targets__two_objects_in_one_cell__are_learnt_as_one() -> None:
    target = draw([[10, 10, 16, 16], [10, 10, 16, 16]])
    assert int((target.heat == 1).sum()) == 1
    assert float(target.side_weight.sum()) == pytest.approx(1)


def test_draw_targets__object_below_a_pixel__keeps_positive_sides() -> None:
    target = draw([[10.1, 10.1, 10.4, 10.4]])
    assert float(target.sides.min()) > 0
    assert float(target.side_weight.sum()) == pytest.approx(1)
