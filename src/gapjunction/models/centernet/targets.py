"""What the maps should look like: Gaussian heat at object centers, distances to the box sides."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gapjunction.models.centernet.network import OUTPUT_STRIDE

# The spread of the heat of one object: a share of its side, but no less than half a cell.
SPREAD_PER_SIDE = 0.15
MIN_SPREAD_PX = 1.2
REACH_IN_SPREADS = 3.0  # farther out there is no heat to speak of
SIDE_REGION = 0.4  # cells with more heat than this learn the sides too (Liu et al. 2020, TTFNet)
MIN_DISTANCE_PX = 0.25


@dataclass(frozen=True, slots=True)
class TargetMaps:
    """Target maps of one tile.

    Attributes:
        heat: (num_classes, H, W) in [0, 1]; exactly 1 in the cell that holds a center.
        sides: (4, H, W) px from the cell's center to left, top, right, bottom.
        side_weight: (H, W), sums to 1 over the cells of each object; 0 where no sides are learnt.
    """

    heat: Tensor
    sides: Tensor
    side_weight: Tensor


def draw_targets(
    boxes: Tensor, labels: Tensor, num_classes: int, height: int, width: int
) -> TargetMaps:
    """Draw the target maps (`height`, `width` in cells) for boxes (N, 4) in tile pixels.

    Where objects compete for a cell, the one with more heat there wins it.
    """
    heat = boxes.new_zeros(num_classes, height, width)
    sides = boxes.new_full((4, height, width), MIN_DISTANCE_PX)
    weight = boxes.new_zeros(height, width)
    if len(boxes) == 0:
        return TargetMaps(heat, sides, weight)
    rows, heat_in_rows = _profile(boxes[:, 1], boxes[:, 3], height)
    columns, heat_in_columns = _profile(boxes[:, 0], boxes[:, 2], width)
    heat_of_object = heat_in_rows[:, :, None] * heat_in_columns[:, None, :]  # (N, K, K')
    cell = rows[:, :, None] * width + columns[:, None, :]
    cell_of_class = labels[:, None, None] * height * width + cell
    _keep_largest(heat, cell_of_class, heat_of_object)
    strongest = _keep_largest(torch.zeros_like(weight), cell, heat_of_object)
    is_owner = (heat_of_object == strongest.flatten()[cell]) & (heat_of_object > SIDE_REGION)
    owner, row, column = is_owner.nonzero(as_tuple=True)
    row, column = rows[owner, row], columns[owner, column]
    distances = _distances(boxes[owner], row, column)
    is_learnt = (distances >= MIN_DISTANCE_PX).all(1) | (strongest[row, column] == 1)
    owner, row, column = owner[is_learnt], row[is_learnt], column[is_learnt]
    sides[:, row, column] = distances[is_learnt].clamp(min=MIN_DISTANCE_PX).T
    cell_heat = strongest[row, column]
    heat_sum = boxes.new_zeros(len(boxes)).index_add(0, owner, cell_heat)
    weight[row, column] = cell_heat / heat_sum[owner]
    return TargetMaps(heat, sides, weight)


def _profile(low: Tensor, high: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the cells (N, K) around each object's center along an axis, and the heat in them.

    The heat is 1 in the cell of the center. Cells beyond the map repeat its border with no heat.
    """
    spread = (SPREAD_PER_SIDE * (high - low)).clamp(min=MIN_SPREAD_PX)
    middle = ((low + high) / 2 / OUTPUT_STRIDE).floor().clamp(0, count - 1).long()
    reach = math.ceil(REACH_IN_SPREADS * float(spread.max()) / OUTPUT_STRIDE)
    steps = torch.arange(-reach, reach + 1, device=low.device)
    cells = middle[:, None] + steps
    heat = torch.exp(-((steps * OUTPUT_STRIDE) ** 2) / (2 * spread[:, None] ** 2))
    is_inside = (cells >= 0) & (cells < count)
    return cells.clamp(0, count - 1), torch.where(is_inside, heat, 0.0)


def _keep_largest(maps: Tensor, cells: Tensor, values: Tensor) -> Tensor:
    """Raise `maps`, in place, to the largest of the values that fall into each cell."""
    maps.view(-1).scatter_reduce_(0, cells.flatten(), values.flatten(), "amax")
    return maps


def _distances(boxes: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Return (M, 4) px from the centers of cells to left, top, right, bottom of boxes (M, 4)."""
    x, y = (columns + 0.5) * OUTPUT_STRIDE, (rows + 0.5) * OUTPUT_STRIDE
    x0, y0, x1, y1 = boxes.unbind(1)
    return torch.stack([x - x0, y - y0, x1 - x, y1 - y], dim=1)
