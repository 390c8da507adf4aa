"""The networks that are measured, with random weights, and something to train on."""

from dataclasses import dataclass

import torch

from gapjunction.models.detector import Annotations
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec
from gapjunction.presets import PRESETS

NUM_OBJECTS = 15
WEIGHT_NOISE = 0.02
MIN_SIDE_PX, SIDE_SPREAD_PX = 6, 30


@dataclass(frozen=True, slots=True)
class Scale:
    """How large everything is: as users have it, or small enough to try the script on a CPU."""

    networks: dict[str, DinoConfig]
    tile_px: int
    batch_sizes: tuple[int, ...]
    num_turns: int


def full_scale() -> Scale:
    """Return the networks of the presets, at the size they see."""
    of_presets = {
        "R50": PRESETS["high_quality"].network,
        "Swin-L": PRESETS["best_quality"].network,
    }
    dino = {name: each for name, each in of_presets.items() if isinstance(each, DinoConfig)}
    return Scale(dino, tile_px=512, batch_sizes=(1, 2, 4, 8, 16), num_turns=5)


def small_scale() -> Scale:
    """Return networks of the same kinds that take a second on a CPU; their speed says nothing."""
    resnet = ResNetSpec(stem_width=8, widths=(32, 64, 128, 256), depths=(1, 1, 1, 1))
    small = DinoConfig(
        backbone=resnet,
        hidden_dim=64,
        num_heads=4,
        ffn_dim=128,
        num_encoder_layers=2,
        num_decoder_layers=2,
        num_queries=30,
        num_select=20,
    )
    swin = SwinSpec(width=8, depths=(2, 2, 2, 2), num_heads=(1, 2, 2, 4), window_size=4)
    networks = {"R50": small, "Swin-L": small.but(backbone=swin, num_levels=5)}
    return Scale(networks, tile_px=64, batch_sizes=(1, 2), num_turns=1)


def built(config: DinoConfig, device: torch.device) -> Dino:
    """Return a network with the same random weights at every call, none of them 0."""
    torch.manual_seed(0)
    model = Dino(config, num_classes=1)
    with torch.no_grad():
        for weights in model.parameters():  # heads begin with zeros, which hide differences
            weights.add_(torch.randn_like(weights), alpha=WEIGHT_NOISE)
    return model.to(device)


def batch(size: int, side_px: int, device: torch.device) -> tuple[torch.Tensor, list[Annotations]]:
    """Return random tiles (size, 3, side, side) with some objects on each."""
    generator = torch.Generator().manual_seed(1)
    tiles = torch.rand(size, 3, side_px, side_px, generator=generator)
    annotations = []
    for _ in range(size):
        corners = torch.rand(NUM_OBJECTS, 2, generator=generator) * side_px * 0.8
        sides = MIN_SIDE_PX + SIDE_SPREAD_PX * torch.rand(NUM_OBJECTS, 2, generator=generator)
        boxes = torch.cat([corners, (corners + sides).clamp(max=side_px)], dim=1)
        labels = torch.zeros(NUM_OBJECTS, dtype=torch.int64)
        annotations.append(Annotations(boxes.to(device), labels.to(device)))
    return tiles.to(device), annotations
