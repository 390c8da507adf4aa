"""What the network says: scores and boxes of every query, after every layer."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class LayerOutput:
    """The predictions of one layer for each query.

    Attributes:
        logits: (B, Q, num_classes); their sigmoid is the score. There is no background class.
        boxes_cxcywh_norm: (B, Q, 4) in [0, 1] of the image without its padding.
    """

    logits: Tensor
    boxes_cxcywh_norm: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class DinoOutput:
    """All predictions for a batch.

    Attributes:
        layers: those of the matching queries, one for each decoder layer; the last is final.
        encoder_selection: those of the encoder for the tokens that became queries.
        denoising_layers: those of the denoising queries (B, P, ...), one for each decoder layer;
            None where there were no such queries.
    """

    layers: tuple[LayerOutput, ...]
    encoder_selection: LayerOutput
    denoising_layers: tuple[LayerOutput, ...] | None
