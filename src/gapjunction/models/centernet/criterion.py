"""How far the maps are from their targets."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from gapjunction.models.centernet.targets import TargetMaps

# Exponents of the focal loss (Zhou et al. 2019, eq. 1).
HARD_EXAMPLE_EXPONENT, NEAR_CENTER_EXPONENT = 2.0, 4.0


def center_loss(heat_logits: Tensor, targets: Sequence[TargetMaps]) -> Tensor:
    """Return the sum over all cells of the penalty-reduced focal loss of the heat maps.

    `heat_logits` is (B, num_classes, H, W). Divide by the number of objects in the batch.
    """
    truth = torch.stack([target.heat for target in targets])
    heat = heat_logits.sigmoid()
    at_center = truth == 1
    log_heat, log_rest = functional.logsigmoid(heat_logits), functional.logsigmoid(-heat_logits)
    hit = (1 - heat) ** HARD_EXAMPLE_EXPONENT * log_heat
    false_alarm = (1 - truth) ** NEAR_CENTER_EXPONENT * heat**HARD_EXAMPLE_EXPONENT * log_rest
    return -torch.where(at_center, hit, false_alarm).sum()


def box_loss(sides: Tensor, targets: Sequence[TargetMaps]) -> Tensor:
    """Return the sum over all objects of 1 - GIoU plus the error of the sides' logarithms.

    The first is what counts; the second has a useful slope however small the box is.
    `sides` is (B, 4, H, W) in px.
    """
    truth = torch.stack([target.sides for target in targets])
    weight = torch.stack([target.side_weight for target in targets])
    cells = weight > 0
    found, wanted = sides.permute(0, 2, 3, 1)[cells], truth.permute(0, 2, 3, 1)[cells]
    log_error = (found.log() - wanted.log()).abs().mean(1)
    return (weight[cells] * (1 - generalized_iou_of_sides(found, wanted) + log_error)).sum()


def generalized_iou_of_sides(first: Tensor, second: Tensor) -> Tensor:
    """Return the GIoU (Rezatofighi et al. 2019) of boxes given by their sides around one point.

    Both are (N, 4), positive distances to left, top, right, bottom, so that all boxes overlap.
    """
    intersection = _area(torch.minimum(first, second))
    union = _area(first) + _area(second) - intersection
    hull = _area(torch.maximum(first, second))
    return intersection / union - (hull - union) / hull


def _area(sides: Tensor) -> Tensor:
    left, top, right, bottom = sides.unbind(-1)
    return (left + right) * (top + bottom)
