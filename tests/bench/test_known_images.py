"""Tests for `bench.known_images`."""

from pathlib import Path

import numpy as np
import pytest
from bench.known_images import FIRST, with_spread
from bench.shipped_weights import NUM_GOING_ON, NUM_TRAIN, NUM_VAL

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.samples.torch_dataset import TrainingImage


def test_first__images__are_none_that_the_weights_saw() -> None:
    assert NUM_VAL + max(NUM_TRAIN, NUM_GOING_ON) < FIRST


def test_with_spread__counts_that_are_off__need_shared_doubt_instead_of_a_dispersion() -> None:
    config = DetectorConfig(
        class_names=("a",),
        class_colors=("#000000",),
        calibration=Calibration(dispersion=20.0, num_images=48),
    )
    boxes = as_boxes([[20 * i, 0, 20 * i + 8, 8] for i in range(40)])
    labels = np.zeros(40, np.int64)
    image = TrainingImage(Path("a.png"), boxes[:32], labels[:32])
    # 40 are counted of 32: 8 ** 2 = 10 + shared_doubt * 0.5 * 10 ** 2
    fitted = with_spread(config, [image], [Detections(boxes, np.full(40, 0.5, np.float32), labels)])
    assert (fitted.dispersion, fitted.num_images) == (1.0, 48)
    assert fitted.shared_doubt == pytest.approx(54 / 50)
