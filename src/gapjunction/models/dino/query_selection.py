"""Choose the tokens that become queries: mixed query selection (Zhang et al. 2022, section 3.4)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gapjunction.models.dino.mlp import box_head, class_head
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.sizes import DinoSizes
from gapjunction.models.dino.token_geometry import TokenGeometry

FINEST_PROPOSAL_SIDE = 0.05  # of the image; it doubles with each level
BORDER = 0.01  # proposals whose center or size is nearer to 0 or 1 are not used


@dataclass(frozen=True, slots=True, eq=False)
class SelectedQueries:
    """What the decoder starts from.

    Attributes:
        contents: (B, Q, hidden_dim), learnt: the same for all images.
        boxes_unsigmoid: (B, Q, 4), cxcywh as logits, without gradients.
        output: what the encoder says about the tokens that were chosen.
    """

    contents: Tensor
    boxes_unsigmoid: Tensor
    output: LayerOutput


class QuerySelection(nn.Module):
    """Takes the boxes of queries from the tokens with the highest scores, best first."""

    def __init__(self, config: DinoSizes, num_classes: int) -> None:
        super().__init__()
        width = config.hidden_dim
        self.projection = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.projection.weight)
        self.norm = nn.LayerNorm(width)
        self.class_head = class_head(width, num_classes)
        self.box_head = box_head(width)
        self.contents = nn.Parameter(torch.empty(config.num_queries, width))
        nn.init.xavier_uniform_(self.contents)

    def forward(self, tokens: Tensor, geometry: TokenGeometry) -> SelectedQueries:
        """Choose among the encoder's tokens (B, S, hidden_dim); all of them if they are few."""
        proposals, is_usable = propose_boxes(geometry)
        features = self.norm(self.projection(tokens.masked_fill(~is_usable[..., None], 0)))
        logits = self.class_head(features)
        num_queries = min(len(self.contents), features.shape[1])
        chosen = logits.amax(-1).topk(num_queries, dim=1).indices
        boxes_unsigmoid = self.box_head(_rows(features, chosen)) + _rows(proposals, chosen)
        return SelectedQueries(
            contents=self.contents[:num_queries].expand(len(tokens), -1, -1),
            boxes_unsigmoid=boxes_unsigmoid.detach(),
            output=LayerOutput(_rows(logits, chosen), boxes_unsigmoid.sigmoid()),
        )


def propose_boxes(geometry: TokenGeometry) -> tuple[Tensor, Tensor]:
    """Return a square of the level's size around each token, and which tokens are usable (B, S).

    The boxes (B, S, 4) are cxcywh as logits, infinite where the token is in the padding or the
    proposal at the border; such a token can be chosen, but its box is (1, 1, 1, 1).
    """
    sides = torch.cat(
        [
            torch.full((height * width,), FINEST_PROPOSAL_SIDE * 2.0**level)
            for level, (height, width) in enumerate(geometry.level_sizes)
        ]
    ).to(geometry.centers_norm)
    boxes = torch.cat(
        [geometry.centers_norm, sides[:, None].expand_as(geometry.centers_norm)], dim=-1
    )
    is_usable = ((boxes > BORDER) & (boxes < 1 - BORDER)).all(-1) & ~geometry.is_padding
    logits = (boxes / (1 - boxes)).log()
    return logits.masked_fill(~is_usable[..., None], torch.inf), is_usable


def _rows(table: Tensor, chosen: Tensor) -> Tensor:
    """Return the rows `chosen` (B, Q) of each image's table (B, S, C)."""
    return table.gather(1, chosen[..., None].expand(-1, -1, table.shape[2]))
