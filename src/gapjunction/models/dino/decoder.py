"""The decoder: queries look at the tokens and mend their boxes, layer by layer."""

from torch import Tensor, nn

from gapjunction.models.dino.box_tensors import inverse_sigmoid
from gapjunction.models.dino.deformable_attention import DeformableAttention
from gapjunction.models.dino.mlp import box_head, class_head, transformer_mlp
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.position_encoding import encode_boxes
from gapjunction.models.dino.sizes import DinoSizes
from gapjunction.models.dino.token_geometry import TokenGeometry


class Decoder(nn.Module):
    """Layers that each predict a class and a better box for every query."""

    def __init__(self, config: DinoSizes, num_classes: int) -> None:
        super().__init__()
        width = config.hidden_dim
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.num_decoder_layers))
        self.norm = nn.LayerNorm(width)
        self.position_mlp = transformer_mlp((2 * width, width, width))
        num_heads = 1 if config.shares_heads else config.num_decoder_layers
        self.class_heads = nn.ModuleList(class_head(width, num_classes) for _ in range(num_heads))
        self.box_heads = nn.ModuleList(box_head(width) for _ in range(num_heads))

    def forward(
        self,
        queries: Tensor,
        boxes_unsigmoid: Tensor,
        is_blocked: Tensor | None,
        tokens: Tensor,
        geometry: TokenGeometry,
    ) -> tuple[LayerOutput, ...]:
        """Return what each layer predicts for the queries.

        Args:
            queries: (B, Q, hidden_dim), their contents.
            boxes_unsigmoid: (B, Q, 4), cxcywh as logits.
            is_blocked: (Q, Q), True where the query of the row must not see that of the column.
            tokens: (B, S, hidden_dim), from the encoder.
            geometry: of the tokens.
        """
        boxes = boxes_unsigmoid.sigmoid()
        ratios = geometry.valid_ratios.repeat(1, 1, 2)[:, None]
        before = boxes  # the box that a layer's prediction starts from
        outputs = []
        for index, layer in enumerate(self.layers):
            references = boxes[:, :, None] * ratios
            positions = self.position_mlp(encode_boxes(references[:, :, 0], queries.shape[2]))
            queries = layer(queries, positions, references, is_blocked, tokens, geometry)
            outputs.append(self._predict(index, queries, before))
            # Look forward twice (section 3.5): the next layer's loss reaches this layer through
            # `before`, but its attention does not, since `boxes` goes without gradients.
            before = self._mend(index, queries, boxes)
            boxes = before.detach()
        return tuple(outputs)

    def _predict(self, index: int, queries: Tensor, boxes: Tensor) -> LayerOutput:
        features = self.norm(queries)
        logits = self.class_heads[index % len(self.class_heads)](features)
        return LayerOutput(logits, self._mend(index, features, boxes))

    def _mend(self, index: int, features: Tensor, boxes: Tensor) -> Tensor:
        change = self.box_heads[index % len(self.box_heads)](features)
        mended: Tensor = (change + inverse_sigmoid(boxes)).sigmoid()
        return mended


class DecoderLayer(nn.Module):
    """Attention among queries, attention to tokens, a feed-forward network; each with its norm."""

    def __init__(self, config: DinoSizes) -> None:
        super().__init__()
        width = config.hidden_dim
        self.self_attention = nn.MultiheadAttention(width, config.num_heads, batch_first=True)
        nn.init.xavier_uniform_(self.self_attention.out_proj.weight)
        self.self_attention_norm = nn.LayerNorm(width)
        self.cross_attention = DeformableAttention(
            width, config.num_heads, config.num_levels, config.num_points
        )
        self.cross_attention_norm = nn.LayerNorm(width)
        self.ffn = transformer_mlp((width, config.ffn_dim, width))
        self.ffn_norm = nn.LayerNorm(width)

    def forward(
        self,
        queries: Tensor,
        positions: Tensor,
        references: Tensor,
        is_blocked: Tensor | None,
        tokens: Tensor,
        geometry: TokenGeometry,
    ) -> Tensor:
        """Return the queries (B, Q, hidden_dim); `references` are boxes (B, Q, L, 4)."""
        placed = queries + positions
        heard, _ = self.self_attention(
            placed, placed, queries, attn_mask=is_blocked, need_weights=False
        )
        queries = self.self_attention_norm(queries + heard)
        seen = self.cross_attention(queries + positions, references, tokens, geometry)
        queries = self.cross_attention_norm(queries + seen)
        output: Tensor = self.ffn_norm(queries + self.ffn(queries))
        return output
