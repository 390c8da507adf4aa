"""Tests for `gapjunction.runs.known_signs`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.samples.torch_dataset import TrainingImage

CONFIG = DetectorConfig(class_names=("a",), class_colors=("#000000",))


@pytest.fixture
def spotted(tmp_path: Path) -> TrainingImage:
    """An image with 64 spots, none of them annotated."""
    pixels = np.random.default_rng(0).integers(10, 30, (128, 128), np.uint8)
    for dy, dx in np.ndindex(3, 3):
        pixels[8 + dy :: 16, 8 + dx :: 16] = 220
    Image.fromarray(pixels).save(tmp_path / "spots.png")
    return TrainingImage(tmp_path / "spots.png", as_boxes([]), np.zeros(0, np.int64))


def test_with_known_signs__images__are_not_unlike_themselves(spotted: TrainingImage) -> None:
    boxes = as_boxes([[9 * i, 0, 9 * i + 4, 4] for i in range(12)])
    doubted = Detections(boxes, np.full(12, 0.5, np.float32), np.zeros(12, np.int64))
    known = with_known_signs(CONFIG, [spotted], [doubted]).known
    assert known is not None
    assert known.num_images == 1
    assert known.doubt == pytest.approx(3 / 9)
    assert known.passed_by == pytest.approx(np.log(65 / 7))


def test_with_known_signs__all_else__stays_as_it_is(spotted: TrainingImage) -> None:
    fitted = with_known_signs(CONFIG, [spotted], [Detections.none()])
    assert fitted.but(known=None) == CONFIG
