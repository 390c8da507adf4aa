"""A compact detector with random weights, whose batch norms and context do something."""

import torch
from torch import Tensor, nn

from gapjunction.models.centernet.model import CenterNet, CenterNetConfig
from gapjunction.models.checkpoint import DetectorConfig, build_detector

NUM_CLASSES = 2
# Tests of ONNX share this network, as writing one takes seconds.
SMALL = DetectorConfig(
    class_names=("a", "b"),
    class_colors=("#4EF8FF", "#FF00AA"),
    network=CenterNetConfig(widths=(4, 8)),
)


def tiny_centernet(config: DetectorConfig | None = None) -> CenterNet:
    """Return a detector of two classes, in evaluation mode, that finds much."""
    torch.manual_seed(0)
    names = config or DetectorConfig(class_names=("a", "b"), class_colors=("#4EF8FF", "#FF00AA"))
    detector = build_detector(names)
    assert isinstance(detector, CenterNet)
    for module in detector.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)  # type: ignore[union-attr]  # it has one
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.2)
    last = detector.network.context.mix[-1]
    assert isinstance(last, nn.Conv2d)
    nn.init.normal_(last.weight, 0, 5)
    return detector.eval()


def tiny_tiles(count: int = 2) -> Tensor:
    """Return random tiles (B, 3, 64, 96)."""
    return torch.rand(count, 3, 64, 96, generator=torch.Generator().manual_seed(1))
