"""DINO as a detector of this package."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gapjunction.detections import Detections
from gapjunction.models.detector import Annotations, Detector
from gapjunction.models.dino.box_tensors import to_cxcywh
from gapjunction.models.dino.criterion import dino_losses
from gapjunction.models.dino.denoising import draw_noise, make_denoising_queries
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.dino.outputs import DinoOutput
from gapjunction.models.dino.postprocess import to_detections
from gapjunction.models.dino.sizes import DinoSizes
from gapjunction.models.dino.targets import Target

# Of the red, green and blue of all ImageNet images, where black is 0 and white 1.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Dino(Detector):
    """Finds objects as the answers of queries."""

    def __init__(self, config: DinoSizes, num_classes: int) -> None:
        super().__init__()
        self.config, self.num_classes = config, num_classes
        self.network = DinoNetwork(config, num_classes)

    def forward(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        """Return the losses (see `Detector`), named as `dino_losses` says.

        The noise of the denoising queries comes from torch's global CPU generator.
        """
        targets = to_targets(annotations, *tiles.shape[-2:])
        draws = draw_noise(
            targets, self.num_classes, self.config.denoising, torch.default_generator
        )
        denoising = make_denoising_queries(
            targets,
            self.network.transformer.label_embedding,
            self.config.denoising,
            self.config.num_queries,
            draws,
        )
        output = self.network(to_imagenet_range(tiles), _no_padding(tiles), denoising)
        return dino_losses(output, targets, denoising, num_objects)

    @torch.inference_mode()
    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return the detections of each tile with a score of `min_score` or more, best first."""
        output: DinoOutput = self.network(to_imagenet_range(tiles), _no_padding(tiles))
        height, width = tiles.shape[-2:]
        return to_detections(output.layers[-1], self.config.num_select, min_score, height, width)


def to_targets(annotations: Sequence[Annotations], height: int, width: int) -> list[Target]:
    """Return the annotations of tiles of `height` x `width` px in the form the losses use."""
    sides = (width, height, width, height)
    return [
        Target(to_cxcywh(each.boxes / each.boxes.new_tensor(sides)), each.labels)
        for each in annotations
    ]


def to_imagenet_range(tiles: Tensor) -> Tensor:
    """Return tiles as the backbones saw photographs when they were trained on ImageNet.

    Background (0) becomes what black was there, and the brightest pixels (about 1) white.
    """
    mean, std = (tiles.new_tensor(each)[:, None, None] for each in (IMAGENET_MEAN, IMAGENET_STD))
    return (tiles - mean) / std


def _no_padding(tiles: Tensor) -> Tensor:
    return torch.zeros_like(tiles[:, 0], dtype=torch.bool)
