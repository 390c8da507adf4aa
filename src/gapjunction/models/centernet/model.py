"""The compact detector, put together."""

from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from gapjunction.choices import Precision
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.models.centernet.criterion import box_loss, center_loss
from gapjunction.models.centernet.decoding import decode_maps
from gapjunction.models.centernet.fused import FusedCenterNet, fuse_normalization
from gapjunction.models.centernet.network import CenterNetwork
from gapjunction.models.centernet.targets import draw_targets
from gapjunction.models.detector import Annotations, Detector
from gapjunction.models.onnx_cache import cached_onnx
from gapjunction.samples.grey_shown import GreyShown


class CenterNetConfig(StrictConfig):
    """The size of the network: channels at strides 2, 4, 8 and so on, to 32 at most."""

    architecture: Literal["centernet"] = "centernet"
    widths: tuple[int, ...] = Field((32, 64, 96, 128, 160), min_length=1, max_length=5)

    @property
    def title(self) -> str:
        """Return what the network is called; weights fit no network of another title."""
        return "the compact detector"

    @property
    def free_settings(self) -> tuple[str, ...]:
        """Return nothing: all that the network is told is in the sizes of its weights."""
        return ()

    @property
    def grey_shown(self) -> GreyShown:
        """Return that grey is in one channel, which tells one stain from all together."""
        return "in_first_channel"

    @property
    def max_detections(self) -> None:
        """Return None: every pixel of the heat map can be an object."""
        return

    def build(self, num_classes: int) -> Detector:
        """Return a detector with random weights, drawn from torch's global generator."""
        return CenterNet(self, num_classes)


class CenterNet(Detector):
    """Finds objects as peaks of a heat map, with at most 2 million parameters."""

    def __init__(self, config: CenterNetConfig, num_classes: int) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.network = CenterNetwork(num_classes, config.widths)

    def forward(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        """Return the losses "center" and "box" (see `Detector`)."""
        heat_logits, sides = self._maps(tiles)
        height, width = heat_logits.shape[-2:]
        targets = [
            draw_targets(each.boxes, each.labels, self.num_classes, height, width)
            for each in annotations
        ]
        normalizer = max(num_objects, 1.0)
        return {
            "center": center_loss(heat_logits, targets) / normalizer,
            "box": box_loss(sides, targets) / normalizer,
        }

    @torch.inference_mode()
    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return the detections of each tile with a score of `min_score` or more."""
        return decode_maps(*self._maps(tiles), min_score)

    def prepared(self, precision: Precision) -> FusedCenterNet:
        """Return a copy with its normalization folded in, on the same device."""
        return FusedCenterNet.of(self.network, precision)

    def exported(self) -> bytes:
        """Return the network as an ONNX file, which may come from the cache.

        Raises:
            ConfigError: if a package that writes it is not installed.
        """
        return cached_onnx(fuse_normalization(self.network).cpu())

    def _maps(self, tiles: Tensor) -> tuple[Tensor, Tensor]:
        heat_logits, sides = self.network(tiles.contiguous(memory_format=torch.channels_last))
        return heat_logits.float(), sides.float()
