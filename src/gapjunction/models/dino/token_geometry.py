"""Where the tokens of all levels lie in their image."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class TokenGeometry:
    """The place of S tokens: cells of L maps, finest map first, row by row.

    Attributes:
        level_sizes: (height, width) of each map.
        cell_sizes: (L, 2), width and height of a cell over those of its map.
        is_padding: (B, S).
        valid_ratios: (B, L, 2), the image's share in the width and the height of each map.
        centers_norm: (B, S, 2), x and y of each cell over the size of the image without its
            padding; cells in the padding lie beyond 1.
    """

    level_sizes: tuple[tuple[int, int], ...]
    cell_sizes: Tensor
    is_padding: Tensor
    valid_ratios: Tensor
    centers_norm: Tensor


def shrink_padding(is_padding: Tensor, height: int, width: int) -> Tensor:
    """Return a mask (B, H, W) as (B, height, width): each cell that of its top left pixel."""
    shrunk = functional.interpolate(is_padding[:, None].float(), size=(height, width))
    return shrunk[:, 0].bool()


def describe_tokens(is_padding_by_level: Sequence[Tensor]) -> TokenGeometry:
    """Return the geometry of maps with padding masks (B, H, W), padded right and below."""
    ratios, centers = [], []
    for is_padding in is_padding_by_level:
        height, width = is_padding.shape[-2:]
        columns, rows = (~is_padding[:, 0]).sum(1), (~is_padding[:, :, 0]).sum(1)
        y = _cell_centers(height, is_padding.device) / rows[:, None]
        x = _cell_centers(width, is_padding.device) / columns[:, None]
        grid = torch.stack([x[:, None].expand(-1, height, -1), y[:, :, None].expand(-1, -1, width)])
        centers.append(grid.permute(1, 2, 3, 0).flatten(1, 2))
        ratios.append(torch.stack([columns / width, rows / height], dim=-1))
    level_sizes = tuple((mask.shape[1], mask.shape[2]) for mask in is_padding_by_level)
    cell_sizes = torch.tensor([[1 / width, 1 / height] for height, width in level_sizes])
    return TokenGeometry(
        level_sizes=level_sizes,
        cell_sizes=cell_sizes.to(is_padding_by_level[0].device),
        is_padding=torch.cat([mask.flatten(1) for mask in is_padding_by_level], dim=1),
        valid_ratios=torch.stack(ratios, dim=1),
        centers_norm=torch.cat(centers, dim=1),
    )


def _cell_centers(count: int, device: torch.device) -> Tensor:
    return torch.arange(count, device=device, dtype=torch.float32) + 0.5
