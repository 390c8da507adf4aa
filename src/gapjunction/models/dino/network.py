"""The whole network: images in, the predictions of every layer out."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gapjunction.models.dino.backbone import Backbone
from gapjunction.models.dino.decoder import Decoder
from gapjunction.models.dino.denoising import DenoisingQueries
from gapjunction.models.dino.encoder import Encoder
from gapjunction.models.dino.neck import Neck
from gapjunction.models.dino.outputs import DinoOutput, LayerOutput
from gapjunction.models.dino.query_selection import QuerySelection, SelectedQueries
from gapjunction.models.dino.sizes import DinoSizes


class DinoNetwork(nn.Module):
    """A backbone and the transformer on top of it."""

    def __init__(self, config: DinoSizes, num_classes: int) -> None:
        super().__init__()
        self.backbone = Backbone(
            config.backbone,
            num_maps=config.num_levels - 1,
            recomputes_activations=config.recomputes_activations,
        )
        self.transformer = DinoTransformer(config, self.backbone.channels, num_classes)

    def forward(
        self, images: Tensor, is_padding: Tensor, denoising: DenoisingQueries | None = None
    ) -> DinoOutput:
        """Return all predictions for a batch.

        Args:
            images: (B, 3, H, W) as the backbone expects them, padded right and below with 0.
            is_padding: (B, H, W).
            denoising: noisy objects, for training.
        """
        output: DinoOutput = self.transformer(self.backbone(images), is_padding, denoising)
        return output


class DinoTransformer(nn.Module):
    """All of DINO but the backbone.

    Args:
        config: the sizes.
        channels: of the backbone's feature maps.
        num_classes: the exact number of classes.
    """

    def __init__(self, config: DinoSizes, channels: Sequence[int], num_classes: int) -> None:
        super().__init__()
        self.neck = Neck(channels, config.hidden_dim)
        self.encoder = Encoder(config)
        self.query_selection = QuerySelection(config, num_classes)
        self.decoder = Decoder(config, num_classes)
        self.label_embedding = nn.Embedding(num_classes, config.hidden_dim)

    def forward(
        self,
        maps: Sequence[Tensor],
        is_padding: Tensor,
        denoising: DenoisingQueries | None = None,
    ) -> DinoOutput:
        """Return all predictions for the backbone's maps (B, channels, h, w); see `DinoNetwork`."""
        tokens, geometry = self.encoder(self.neck(maps), is_padding)
        selected: SelectedQueries = self.query_selection(tokens, geometry)
        queries, boxes = selected.contents, selected.boxes_unsigmoid
        if denoising is None:
            layers = self.decoder(queries, boxes, None, tokens, geometry)
            return DinoOutput(layers, selected.output, None)
        queries = torch.cat([denoising.label_embeddings, queries], dim=1)
        boxes = torch.cat([denoising.boxes_unsigmoid, boxes], dim=1)
        # Small images give fewer matching queries, which are the last in the mask.
        is_blocked = denoising.attention_mask[: queries.shape[1], : queries.shape[1]]
        layers = self.decoder(queries, boxes, is_blocked, tokens, geometry)
        num_noisy = denoising.label_embeddings.shape[1]
        return DinoOutput(
            layers=tuple(_part(layer, slice(num_noisy, None)) for layer in layers),
            encoder_selection=selected.output,
            denoising_layers=tuple(_part(layer, slice(num_noisy)) for layer in layers),
        )


def _part(layer: LayerOutput, queries: slice) -> LayerOutput:
    return LayerOutput(layer.logits[:, queries], layer.boxes_cxcywh_norm[:, queries])
