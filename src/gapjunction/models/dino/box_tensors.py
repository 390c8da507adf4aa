"""Arithmetic on tensors of normalized boxes, with the margins against division by zero of DINO."""

import torch
from torch import Tensor

DIVISION_MARGIN = 1e-6  # added to both denominators of the generalized IoU
SIGMOID_MARGIN = 1e-3  # the inverse sigmoid takes no value nearer than this to 0 or 1


def to_xyxy(boxes_cxcywh: Tensor) -> Tensor:
    """Convert (..., 4) center x, center y, width, height to x0, y0, x1, y1."""
    center, half_size = boxes_cxcywh[..., :2], boxes_cxcywh[..., 2:] / 2
    return torch.cat([center - half_size, center + half_size], dim=-1)


def to_cxcywh(boxes_xyxy: Tensor) -> Tensor:
    """Convert (..., 4) x0, y0, x1, y1 to center x, center y, width, height."""
    near, far = boxes_xyxy[..., :2], boxes_xyxy[..., 2:]
    return torch.cat([(near + far) / 2, far - near], dim=-1)


def generalized_iou(first_xyxy: Tensor, second_xyxy: Tensor) -> Tensor:
    """Return the GIoU (Rezatofighi et al. 2019) of boxes (..., 4) whose leading sizes broadcast.

    Row by row for (N, 4) and (N, 4); every pair for (N, 1, 4) and (1, M, 4).
    """
    nearest = torch.minimum(first_xyxy[..., :2], second_xyxy[..., :2])
    farthest = torch.maximum(first_xyxy[..., 2:], second_xyxy[..., 2:])
    hull = _area(farthest - nearest)
    near = torch.maximum(first_xyxy[..., :2], second_xyxy[..., :2])
    far = torch.minimum(first_xyxy[..., 2:], second_xyxy[..., 2:])
    intersection = _area(far - near)
    union = _area(_sizes(first_xyxy)) + _area(_sizes(second_xyxy)) - intersection
    iou = intersection / (union + DIVISION_MARGIN)
    return iou - (hull - union) / (hull + DIVISION_MARGIN)


def inverse_sigmoid(values: Tensor) -> Tensor:
    """Return the logits of values in [0, 1], kept finite by `SIGMOID_MARGIN`."""
    bounded = values.clamp(0, 1)
    rest = (1 - bounded).clamp(min=SIGMOID_MARGIN)
    return torch.log(bounded.clamp(min=SIGMOID_MARGIN) / rest)


def _sizes(boxes_xyxy: Tensor) -> Tensor:
    return boxes_xyxy[..., 2:] - boxes_xyxy[..., :2]


def _area(sizes: Tensor) -> Tensor:
    """Return width times height of (..., 2); a negative size counts as 0."""
    width, height = sizes.clamp(min=0).unbind(-1)
    return width * height
