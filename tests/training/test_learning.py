"""Tests that training, on images it has not seen, finds what it should: no part can be broken."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gapjunction.detections import Detections
from gapjunction.images.pictures import read_picture
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.models.centernet.model import CenterNet, CenterNetConfig
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.samples.torch_dataset import TileDataset, TrainingImage
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned, write_field
from gapjunction.training.config import TrainingConfig
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import Validation

CONFIG = TrainingConfig(
    max_epochs=10, tiles_per_epoch=96, tile_size=96, batch_size=8, learning_rate=5e-3
)
SETTINGS = PredictionSettings(tile_size=256, overlap=64, min_score=0.3)


def simulated_images(folder: Path) -> list[TrainingImage]:
    """Write six simulated images of 256 x 256 px with their boxes."""
    images = []
    for plan in plan_fields("rat", num_images=6, num_assets=3):
        written = write_field(simulate_planned(plan, seed=0, size_px=256), plan.stem, folder)
        images.append(TrainingImage(written.path, written.boxes, written.labels))
    return images


def as_detections(image: TrainingImage) -> Detections:
    return Detections(image.boxes, np.ones(len(image.boxes), np.float32), image.labels)


@pytest.mark.slow
def test_train__simulated_images__finds_most_objects_of_images_it_has_not_seen(
    tmp_path: Path,
) -> None:
    *seen, first_new, second_new = simulated_images(tmp_path)
    torch.manual_seed(0)
    detector = CenterNet(CenterNetConfig(widths=(16, 24, 32, 48)), num_classes=1)
    tiles = TileDataset(seen, CONFIG.tile_size, CONFIG.augmentation, seed=0)
    judged: list[float] = []

    def validate(model: torch.nn.Module, _: int) -> Validation:
        assert isinstance(model, CenterNet)
        new = (first_new, second_new)
        found = [detect_image(model, read_picture(image.path), SETTINGS) for image in new]
        judged.append(score_detections([as_detections(image) for image in new], found).f1)
        return Validation(judged[-1], {})

    hooks = Hooks(validate, on_step=lambda *_: None, on_epoch=lambda *_: None)
    train(detector, tiles, CONFIG, hooks, tmp_path / "state.pt", use_cpu=True)
    assert judged[-1] > 0.5
