"""What the maps should look like: Gaussian heat at object centres, distances to the box sides."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gapjunction.models.centernet.network import OUTPUT_STRIDE

# The spread of the heat of one object: a share of its side, but no less than half a cell.
SPREAD_PER_SIDE = 0.15
MIN_SPREAD_PX = 1.2
SIDE_REGION = 0.4  # cells with more heat than this learn the sides too (Liu et al. 2020, TTFNet)
MIN_DISTANCE_PX = 0.25


@dataclass(frozen=True, slots=True)
class TargetMaps:
    """Target maps of one tile.

    Attributes:
        heat: (num_classes, H, W) in [0, 1]; exactly 1 in the cell that holds a centre.
        sides: (4, H, W) px from the cell's centre to left, top, right, bottom.
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
    if len(boxes) == 0:
        return TargetMaps(heat, boxes.new_zeros(4, height, width), heat.new_zeros(height, width))
    x, y = _cell_centers(width, boxes), _cell_centers(height, boxes)
    center_x, center_y = (boxes[:, 0::2].mean(1), boxes[:, 1::2].mean(1))
    profile_x = _gaussian(x, center_x, boxes[:, 2] - boxes[:, 0], width)
    profile_y = _gaussian(y, center_y, boxes[:, 3] - boxes[:, 1], height)
    heat_by_object = profile_y[:, :, None] * profile_x[:, None, :]  # (N, H, W)
    for label in range(num_classes):
        if bool((labels == label).any()):
            heat[label] = heat_by_object[labels == label].amax(0)
    strongest, owner = heat_by_object.max(0)
    x0, y0, x1, y1 = boxes[owner].unbind(-1)
    sides = torch.stack([x - x0, y[:, None] - y0, x1 - x, y1 - y[:, None]])
    inside = (sides >= MIN_DISTANCE_PX).all(0) | (strongest == 1)
    weight = torch.where(inside & (strongest > SIDE_REGION), strongest, 0.0)
    weight_of_object = weight.new_zeros(len(boxes)).index_add(0, owner.flatten(), weight.flatten())
    weight = weight / weight_of_object.clamp(min=1e-6)[owner]
    return TargetMaps(heat, sides.clamp(min=MIN_DISTANCE_PX), weight)


def _cell_centers(count: int, like: Tensor) -> Tensor:
    return (torch.arange(count, device=like.device, dtype=like.dtype) + 0.5) * OUTPUT_STRIDE


def _gaussian(cells: Tensor, centers: Tensor, sides: Tensor, count: int) -> Tensor:
    """Return profiles (N, count) that are 1 in the cell of the centre and fall off around it."""
    spread = (SPREAD_PER_SIDE * sides).clamp(min=MIN_SPREAD_PX)
    nearest = (centers / OUTPUT_STRIDE).floor().clamp(0, count - 1)
    middle = (nearest + 0.5) * OUTPUT_STRIDE
    return torch.exp(-((cells - middle[:, None]) ** 2) / (2 * spread[:, None] ** 2))
