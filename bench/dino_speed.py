"""Time a training step of DINO-ResNet50 beside two-stage Deformable DETR, in one run.

Run it with `make bench`. Deformable DETR is that of transformers, with the same backbone, size,
input and number of queries. Ours is timed as it trains, with some 200 denoising queries besides,
and without them. The machine's own speed cancels in the ratios.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import nn
from transformers import (
    DeformableDetrConfig,
    DeformableDetrForObjectDetection,
    ResNetConfig,
)

from gapjunction.models.detector import Annotations
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.criterion import dino_losses
from gapjunction.models.dino.model import Dino, to_targets
from gapjunction.models.dino.network import DinoNetwork

SIDE_PX = 512
NUM_OBJECTS = 15
NUM_QUERIES = 900
REPEATS = 5


def main() -> None:
    """Print seconds for forward and backward, and the ratio."""
    torch.manual_seed(0)
    tile = torch.rand(1, 3, SIDE_PX, SIDE_PX)
    corners = torch.rand(NUM_OBJECTS, 2) * (SIDE_PX - 60)
    boxes = torch.cat([corners, corners + 10 + 50 * torch.rand(NUM_OBJECTS, 2)], dim=1)
    annotations = [Annotations(boxes, torch.zeros(NUM_OBJECTS, dtype=torch.int64))]
    steps = (
        _our_step(tile, annotations),
        _our_step_without_denoising(tile, annotations),
        _peer_step(tile, annotations),
    )
    # Taken in turn, so that all see the same disturbances; the first turn does not count.
    turns = [[_seconds(step) for step in steps] for _ in range(REPEATS + 1)][1:]
    ours_s, plain_s, peer_s = (min(own) for own in zip(*turns, strict=True))
    sys.stdout.write(
        f"forward + backward, {SIDE_PX} x {SIDE_PX} px, {NUM_QUERIES} queries, "
        f"{torch.get_num_threads()} threads, best of {REPEATS}\n"
        f"Deformable DETR (transformers)    {peer_s:6.2f} s\n"
        f"DINO-ResNet50                     {plain_s:6.2f} s, ratio {plain_s / peer_s:.2f}\n"
        f"DINO-ResNet50 with denoising      {ours_s:6.2f} s, ratio {ours_s / peer_s:.2f}\n"
    )


def _our_step(tile: torch.Tensor, annotations: list[Annotations]) -> Callable[[], None]:
    model = Dino(DinoConfig(num_queries=NUM_QUERIES), num_classes=1)

    def step() -> None:
        losses = model(tile, annotations, float(NUM_OBJECTS))
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]

    return step


def _our_step_without_denoising(
    tile: torch.Tensor, annotations: list[Annotations]
) -> Callable[[], None]:
    network = DinoNetwork(DinoConfig(num_queries=NUM_QUERIES), num_classes=1)
    targets = to_targets(annotations, SIDE_PX, SIDE_PX)
    is_padding = torch.zeros_like(tile[:, 0], dtype=torch.bool)

    def step() -> None:
        output = network(tile, is_padding)
        losses = dino_losses(output, targets, None, float(NUM_OBJECTS))
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]

    return step


def _peer_step(tile: torch.Tensor, annotations: list[Annotations]) -> Callable[[], None]:
    loss = peer_loss(tile, annotations, DinoConfig(num_queries=NUM_QUERIES))

    def step() -> None:
        loss().backward()  # type: ignore[no-untyped-call]

    return step


def peer_loss(
    tiles: torch.Tensor, annotations: list[Annotations], own: DinoConfig
) -> Callable[[], torch.Tensor]:
    """Return what computes the loss of two-stage Deformable DETR, with ResNet-50, in our sizes."""
    backbone = ResNetConfig()
    backbone.out_features = ["stage2", "stage3", "stage4"]
    config = DeformableDetrConfig(
        backbone_config=backbone,
        two_stage=True,
        with_box_refine=True,
        auxiliary_loss=True,
        num_queries=own.num_queries,
        two_stage_num_proposals=own.num_queries,
        encoder_attention_heads=own.num_heads,
        decoder_attention_heads=own.num_heads,
        d_model=own.hidden_dim,
        encoder_ffn_dim=own.ffn_dim,
        decoder_ffn_dim=own.ffn_dim,
        encoder_layers=own.num_encoder_layers,
        decoder_layers=own.num_decoder_layers,
        dropout=0.0,
    )
    config.num_labels = 1
    model: nn.Module = DeformableDetrForObjectDetection(config)
    model.to(tiles.device).train()
    labels = [
        {"class_labels": each.labels, "boxes": each.boxes_cxcywh_norm}
        for each in to_targets(annotations, *tiles.shape[-2:])
    ]

    def loss() -> torch.Tensor:
        value: torch.Tensor = model(pixel_values=tiles, labels=labels).loss
        return value

    return loss


def _seconds(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
