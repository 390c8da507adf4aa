"""Tests for `gapjunction.runs.held_out_loss`."""

from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from gapjunction.boxes import as_boxes
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import Annotations
from gapjunction.runs.folder import RunSettings
from gapjunction.runs.held_out_loss import NUM_TILES, held_out_batches, mean_losses
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.training.config import TrainingConfig
from tiny_detectors import TINY_NETWORK

SETTINGS = RunSettings(
    preset="medium_quality",
    data=(Path("data"),),
    data_fingerprint="0",
    detector=DetectorConfig(
        class_names=("x",), class_colors=("#FFFFFF",), network=TINY_NETWORK, score_threshold=0.5
    ),
    training=TrainingConfig(tile_size=32, batch_size=12),
)


class Brightness(nn.Module):
    """Loses what tiles are bright, and what is drawn at random."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(
        self, tiles: Tensor, annotations: list[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        assert num_objects == sum(len(each.boxes) for each in annotations)
        return {"light": (self.weight * tiles).mean(), "noise": torch.rand(1).sum()}


@pytest.fixture
def images(tmp_path: Path) -> list[TrainingImage]:
    pixels = np.random.default_rng(0).integers(0, 255, (80, 90), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    boxes = as_boxes([[10, 10, 20, 20], [40, 50, 48, 60]])
    return [TrainingImage(tmp_path / "a.png", boxes, np.zeros(2, np.int64), "set/a")]


def test_held_out_batches__tiles__are_the_same_each_time(images: list[TrainingImage]) -> None:
    first, second = (held_out_batches(images, SETTINGS) for _ in range(2))
    assert [len(batch) for batch in first] == [12, 12, 8]
    assert sum(map(len, first)) == NUM_TILES
    for one, other in zip(chain(*first), chain(*second), strict=True):
        assert torch.equal(one.tile, other.tile)
        assert torch.equal(one.boxes, other.boxes)


def test_mean_losses__draws__are_the_same_and_change_no_others(
    images: list[TrainingImage],
) -> None:
    batches, model = held_out_batches(images, SETTINGS), Brightness()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first = mean_losses(model, batches, seed=0)
    assert torch.equal(torch.rand(1), expected)
    assert mean_losses(model, batches, seed=0) == first
    light = [torch.stack([each.tile for each in batch]).mean().item() for batch in batches]
    assert first["light"] == pytest.approx(np.mean(light))
