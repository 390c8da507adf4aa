"""Positions as sines and cosines, for tokens and for the boxes of queries (Vaswani et al. 2017)."""

import math

import torch
from torch import Tensor

TOKEN_TEMPERATURE, BOX_TEMPERATURE = 20, 10_000  # the longest wavelength over the shortest
POSITION_MARGIN = 1e-6


def encode_tokens(is_padding: Tensor, hidden_dim: int) -> Tensor:
    """Return the encoding (B, H, W, hidden_dim) of each cell of a map: first y, then x.

    `is_padding` is (B, H, W). Cells count from 1, and the last one without padding is at 2 pi.
    """
    is_image = (~is_padding).float()
    rows, columns = is_image.cumsum(1), is_image.cumsum(2)
    y = rows / (rows[:, -1:] + POSITION_MARGIN) * 2 * math.pi
    x = columns / (columns[:, :, -1:] + POSITION_MARGIN) * 2 * math.pi
    both = [_waves(each, hidden_dim // 2, TOKEN_TEMPERATURE) for each in (y, x)]
    return torch.cat(both, dim=-1)


def encode_boxes(boxes_cxcywh_norm: Tensor, hidden_dim: int) -> Tensor:
    """Return the encoding (..., 2 * hidden_dim) of boxes (..., 4): y, x, width, height."""
    x, y, width, height = (boxes_cxcywh_norm * 2 * math.pi).unbind(-1)
    parts = [_waves(each, hidden_dim // 2, BOX_TEMPERATURE) for each in (y, x, width, height)]
    return torch.cat(parts, dim=-1)


def _waves(angles: Tensor, num_waves: int, temperature: int) -> Tensor:
    """Return (..., num_waves): sines at even and cosines at odd places, ever slower."""
    pairs = torch.arange(0, num_waves, 2, device=angles.device, dtype=torch.float32)
    slowed = angles[..., None] / temperature ** (pairs / num_waves)
    return torch.stack([slowed.sin(), slowed.cos()], dim=-1).flatten(-2)
