"""Attention that looks at a few points near a reference (Zhu et al. 2021, Deformable DETR)."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from gapjunction.models.dino.token_geometry import TokenGeometry

POINT_SIZE = 2  # x and y; a reference that is a box has a width and a height after them


class DeformableAttention(nn.Module):
    """Each head takes a weighted mean of what it finds at `num_points` points of every level.

    Args:
        hidden_dim: channels of queries and tokens.
        num_heads: each has its share of the channels, and its own points.
        num_levels: maps the tokens come from.
        num_points: where a head looks, in each level.
    """

    def __init__(self, hidden_dim: int, num_heads: int, num_levels: int, num_points: int) -> None:
        super().__init__()
        self.shape = (num_heads, num_levels, num_points)
        num_samples = math.prod(self.shape)
        self.sampling_offsets = nn.Linear(hidden_dim, num_samples * 2)
        self.attention_weights = nn.Linear(hidden_dim, num_samples)
        self.value_projection = nn.Linear(hidden_dim, hidden_dim)
        self.output_projection = nn.Linear(hidden_dim, hidden_dim)
        self._initialize()

    def forward(
        self, queries: Tensor, references: Tensor, tokens: Tensor, geometry: TokenGeometry
    ) -> Tensor:
        """Return what each query found, (B, Q, hidden_dim).

        Args:
            queries: (B, Q, hidden_dim), positions included.
            references: (B, Q, L, 2) points, or (B, Q, L, 4) boxes as cxcywh; in [0, 1] of each
                level with its padding.
            tokens: (B, S, hidden_dim), positions not included.
            geometry: of the tokens; those in the padding count as zeros.
        """
        num_heads, num_levels, num_points = self.shape
        values = self.value_projection(tokens).masked_fill(geometry.is_padding[..., None], 0)
        values = values.view(*tokens.shape[:2], num_heads, -1)
        weights = self.attention_weights(queries).view(*queries.shape[:2], num_heads, -1).softmax(3)
        weights = weights.view(*queries.shape[:2], num_heads, num_levels, num_points)
        points = self._place_points(queries, references, geometry.cell_sizes)
        output: Tensor = self.output_projection(
            sample_tokens(values, points, weights, geometry.level_sizes)
        )
        return output

    def _place_points(self, queries: Tensor, references: Tensor, cell_sizes: Tensor) -> Tensor:
        """Return x and y of all points, (B, Q, heads, L, points, 2).

        An offset of 1 is one cell of the level, or half the box shared out among the points.
        """
        offsets = self.sampling_offsets(queries).view(*queries.shape[:2], *self.shape, 2)
        centers, sizes = references[..., :POINT_SIZE], references[..., POINT_SIZE:]
        is_point = sizes.shape[-1] == 0
        reach = cell_sizes.expand_as(centers) if is_point else sizes / 2 / self.shape[2]
        points: Tensor = centers[:, :, None, :, None] + offsets * reach[:, :, None, :, None]
        return points

    def _initialize(self) -> None:
        """Let the heads look in different directions, each point one cell further."""
        num_heads, num_levels, num_points = self.shape
        angles = torch.arange(num_heads, dtype=torch.float32) * (2 * math.pi / num_heads)
        directions = torch.stack([angles.cos(), angles.sin()], dim=-1)
        directions = directions / directions.abs().amax(-1, keepdim=True)
        steps = torch.arange(1, num_points + 1, dtype=torch.float32)
        offsets = directions[:, None, None] * steps[:, None]
        with torch.no_grad():
            bias = offsets.expand(num_heads, num_levels, num_points, 2)
            self.sampling_offsets.bias.copy_(bias.flatten())
        nn.init.zeros_(self.sampling_offsets.weight)
        nn.init.zeros_(self.attention_weights.weight)
        nn.init.zeros_(self.attention_weights.bias)
        for projection in (self.value_projection, self.output_projection):
            nn.init.xavier_uniform_(projection.weight)
            nn.init.zeros_(projection.bias)


def sample_tokens(
    values: Tensor, points: Tensor, weights: Tensor, level_sizes: Sequence[tuple[int, int]]
) -> Tensor:
    """Return the weighted sum of the values at all points of each head, (B, Q, heads * C).

    Between cell centers values are interpolated, outside of a map they are zero.

    Args:
        values: (B, S, heads, C).
        points: (B, Q, heads, L, points, 2), x and y in [0, 1] of each level.
        weights: (B, Q, heads, L, points).
        level_sizes: (height, width) of each level.
    """
    batch, _, num_heads, width = values.shape
    by_head = values.permute(0, 2, 3, 1).flatten(0, 1)
    levels = torch.split(by_head, [rows * columns for rows, columns in level_sizes], dim=2)
    grids = (2 * points - 1).permute(3, 0, 2, 1, 4, 5).flatten(1, 2)
    shares = weights.permute(3, 0, 2, 1, 4).flatten(1, 2)[:, :, None]
    found = by_head.new_zeros(())
    for level, size, grid, share in zip(levels, level_sizes, grids, shares, strict=True):
        level_map = level.reshape(batch * num_heads, width, *size)
        sampled = functional.grid_sample(level_map, grid, align_corners=False)
        found = found + (sampled * share).sum(-1)
    return found.reshape(batch, num_heads * width, -1).transpose(1, 2)
