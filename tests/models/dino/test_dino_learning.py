"""Tests that DINO learns crowded simulated tiles from random weights."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from gapjunction.detections import Detections
from gapjunction.images.pictures import read_picture
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.models.detector import Annotations
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.dino.sizes import ResNetSpec
from gapjunction.samples.intensity import measure_intensity, normalize
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned, write_field

CONFIG = DinoConfig(
    backbone=ResNetSpec(
        stem_width=32, widths=(64, 128, 256, 512), depths=(2, 2, 2, 2), norm="group"
    ),
    hidden_dim=128,
    ffn_dim=512,
    num_encoder_layers=3,
    num_decoder_layers=3,
    num_queries=60,
    num_select=60,
)
TILE_PX, MAGNIFICATION, OBJECTS = 128, 2, 15
STEPS, WARMUP_STEPS, RATE = 320, 50, 5e-4
THRESHOLD = 0.4


def crowded_tiles(folder: Path) -> tuple[Tensor, list[Annotations]]:
    """Return four enlarged tiles with about 15 whole objects each."""
    tiles, annotations = [], []
    for plan in plan_fields("rat", num_images=4, num_assets=4):
        written = write_field(simulate_planned(plan, seed=0, size_px=512), plan.stem, folder)
        image = read_picture(written.path)
        x, y, boxes = most_typical_place(written.boxes)
        tile = normalize(image, measure_intensity(image))[:, y : y + TILE_PX, x : x + TILE_PX]
        tiles.append(torch.from_numpy(tile))
        labels = torch.zeros(len(boxes), dtype=torch.int64)
        annotations.append(Annotations(torch.from_numpy(boxes) * MAGNIFICATION, labels))
    stacked = torch.stack(tiles)
    return functional.interpolate(stacked, scale_factor=MAGNIFICATION, mode="bilinear"), annotations


def most_typical_place(boxes: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Return a corner (x, y) and the boxes inside a tile there, as near to 15 as it gets."""
    places = []
    for x in range(0, 512 - TILE_PX + 1, 16):
        for y in range(0, 512 - TILE_PX + 1, 16):
            moved = boxes - np.array([x, y, x, y], np.float32)
            inside = moved[((moved >= 0) & (moved <= TILE_PX)).all(axis=1)]
            places.append((abs(len(inside) - OBJECTS), x, y, inside))
    _, x, y, inside = min(places, key=lambda place: place[0])
    return x, y, inside


@pytest.mark.slow
def test_train__four_crowded_tiles_from_random_weights__reaches_f1_of_0_9(tmp_path: Path) -> None:
    tiles, annotations = crowded_tiles(tmp_path)
    num_objects = sum(len(each.boxes) for each in annotations)
    assert num_objects > 40
    torch.manual_seed(0)
    model = Dino(CONFIG, num_classes=1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-4)
    for step in range(STEPS):
        rate = RATE * min(1.0, (step + 1) / WARMUP_STEPS) * math.cos(math.pi * step / STEPS / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        losses = model(tiles, annotations, float(num_objects))
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
    truths = [
        Detections(each.boxes.numpy(), np.ones(len(each.boxes), np.float32), each.labels.numpy())
        for each in annotations
    ]
    assert score_detections(truths, model.eval().detect(tiles, THRESHOLD)).f1 >= 0.9
