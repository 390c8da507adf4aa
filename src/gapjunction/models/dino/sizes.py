"""The sizes of a DINO network; the defaults are those of DINO-ResNet50 with 4 scales."""

from typing import Annotated, Literal

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.models.dino.denoising import DenoisingConfig

MOST_LAYERS = 200  # the deepest stage of what is published has 36
Depth = Annotated[int, Field(ge=1, le=MOST_LAYERS)]


class ResNetSpec(StrictConfig):
    """A ResNet of bottleneck blocks (He et al. 2016); the defaults are those of ResNet-50.

    Attributes:
        stem_width: channels after the first convolution.
        widths: channels of the four stages, at strides 4, 8, 16 and 32.
        depths: blocks in each stage.
        norm: "frozen" keeps batch norms, stem and first stage as they were in training for
            ImageNet; "group" trains everything, from random weights, with group norms.
    """

    kind: Literal["resnet"] = "resnet"
    stem_width: int = 64
    widths: tuple[int, int, int, int] = (256, 512, 1024, 2048)
    depths: tuple[Depth, Depth, Depth, Depth] = (3, 4, 6, 3)
    norm: Literal["frozen", "group"] = "frozen"


class SwinSpec(StrictConfig):
    """A Swin transformer (Liu et al. 2021); the defaults are those of Swin-L.

    Attributes:
        width: channels of the first stage, at stride 4; each stage doubles both.
        depths: blocks in each stage.
        num_heads: attention heads in the blocks of each stage.
        window_size: side of the attention windows, in tokens.
        drop_path: probability that training skips a branch of the last block; it grows from 0.
    """

    kind: Literal["swin"] = "swin"
    width: int = 192
    depths: tuple[Depth, Depth, Depth, Depth] = (2, 2, 18, 2)
    num_heads: tuple[int, int, int, int] = (6, 12, 24, 48)
    window_size: int = 12
    drop_path: float = Field(default=0.2, ge=0, lt=1)


class DinoSizes(StrictConfig):
    """The network and how it learns.

    Attributes:
        backbone: what turns the image into feature maps.
        num_levels: feature maps the transformer looks at: the last 3 (or all 4) stages of the
            backbone and a coarser one, with strides 8 (or 4) to 64.
        hidden_dim: channels of tokens and queries; a multiple of 32.
        num_heads: attention heads.
        ffn_dim: width of the feed-forward networks.
        num_points: where each head looks, in each level.
        num_queries: objects that can be found at most.
        num_select: detections returned at most for a tile.
        shares_heads: all decoder layers predict with the same heads, as in the official code;
            MMDetection gives each layer its own.
        recomputes_activations: training of Swin blocks and encoder layers needs less memory, but
            more time.
        denoising: the noisy objects that training shows to the decoder.
    """

    backbone: ResNetSpec | SwinSpec = Field(default=ResNetSpec(), discriminator="kind")
    num_levels: Literal[4, 5] = 4
    hidden_dim: int = Field(default=256, ge=64, multiple_of=32)
    num_heads: int = 8
    ffn_dim: int = 2048
    num_encoder_layers: int = Field(default=6, ge=1, le=MOST_LAYERS)
    num_decoder_layers: int = Field(default=6, ge=1, le=MOST_LAYERS)
    num_points: int = 4
    num_queries: int = Field(default=900, ge=1)
    num_select: int = Field(default=300, ge=1)
    shares_heads: bool = True
    recomputes_activations: bool = False
    denoising: DenoisingConfig = DenoisingConfig()
