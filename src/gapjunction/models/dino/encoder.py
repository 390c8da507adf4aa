"""The encoder: tokens of all levels learn from each other."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from gapjunction.models.dino.deformable_attention import DeformableAttention
from gapjunction.models.dino.mlp import transformer_mlp
from gapjunction.models.dino.position_encoding import encode_tokens
from gapjunction.models.dino.sizes import DinoSizes
from gapjunction.models.dino.token_geometry import TokenGeometry, describe_tokens, shrink_padding


class Encoder(nn.Module):
    """Layers of deformable attention among the tokens of all levels."""

    def __init__(self, config: DinoSizes) -> None:
        super().__init__()
        self.level_embedding = nn.Parameter(torch.randn(config.num_levels, config.hidden_dim))
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.num_encoder_layers))
        self.recomputes_activations = config.recomputes_activations

    def forward(self, maps: Sequence[Tensor], is_padding: Tensor) -> tuple[Tensor, TokenGeometry]:
        """Return the tokens (B, S, hidden_dim) after the last layer, and where they are.

        `maps` are (B, hidden_dim, h, w), finest first; `is_padding` is (B, H, W), in pixels.
        """
        masks = [shrink_padding(is_padding, *each.shape[-2:]) for each in maps]
        geometry = describe_tokens(masks)
        tokens = torch.cat([each.flatten(2).transpose(1, 2) for each in maps], dim=1)
        positions = torch.cat(
            [
                encode_tokens(mask, tokens.shape[2]).flatten(1, 2) + embedding
                for mask, embedding in zip(masks, self.level_embedding, strict=True)
            ],
            dim=1,
        )
        # A token looks from its own place in the image, whatever the level.
        references = geometry.centers_norm[:, :, None] * geometry.valid_ratios[:, None]
        for layer in self.layers:
            if self.recomputes_activations and self.training:
                tokens = checkpoint(
                    layer, tokens, positions, references, geometry, use_reentrant=False
                )
            else:
                tokens = layer(tokens, positions, references, geometry)
        return tokens, geometry


class EncoderLayer(nn.Module):
    """Attention and a feed-forward network, each with a short cut and a norm after it."""

    def __init__(self, config: DinoSizes) -> None:
        super().__init__()
        width = config.hidden_dim
        self.attention = DeformableAttention(
            width, config.num_heads, config.num_levels, config.num_points
        )
        self.attention_norm = nn.LayerNorm(width)
        self.ffn = transformer_mlp((width, config.ffn_dim, width))
        self.ffn_norm = nn.LayerNorm(width)

    def forward(
        self, tokens: Tensor, positions: Tensor, references: Tensor, geometry: TokenGeometry
    ) -> Tensor:
        """Return the tokens (B, S, hidden_dim); `references` is (B, S, L, 2)."""
        seen = self.attention(tokens + positions, references, tokens, geometry)
        tokens = self.attention_norm(tokens + seen)
        output: Tensor = self.ffn_norm(tokens + self.ffn(tokens))
        return output
