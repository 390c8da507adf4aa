"""Tests for `gapjunction.prediction.backends`."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gapjunction.choices import Backend
from gapjunction.errors import ConfigError
from gapjunction.models.centernet.fused import FusedCenterNet
from gapjunction.models.checkpoint import Checkpoint, build_detector
from gapjunction.prediction.backends import prepare_detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from published_files import TINY_RESNET
from tiny_centernet import SMALL, tiny_centernet


def compact() -> Checkpoint:
    return Checkpoint(tiny_centernet(SMALL), SMALL, "12345678", Path("run"))


def dino() -> Checkpoint:
    config = SMALL.but(network=TINY_RESNET)
    return Checkpoint(build_detector(config).eval(), config, "12345678", Path("run"))


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_prepare_detector__compact__finds_the_same_boxes_to_a_tenth_of_a_pixel(
    backend: Backend,
) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (3, 100, 150), dtype=np.uint8)
    settings = PredictionSettings(tile_size=64, overlap=16, min_score=0.0)
    own = detect_image(prepare_detector(compact(), backend), image, settings)
    exact = detect_image(compact().detector, image, settings)
    assert len(own) == len(exact) > 0
    distance = np.abs(own.boxes[:, None] - exact.boxes).max(2).min(1)
    assert distance.max() < 0.1


def test_prepare_detector__dino__is_taken_as_it_is() -> None:
    checkpoint = dino()
    assert prepare_detector(checkpoint) is checkpoint.detector


def test_prepare_detector__bf16__is_passed_on() -> None:
    prepared = prepare_detector(compact(), precision="bf16")
    assert isinstance(prepared, FusedCenterNet)
    assert prepared.precision == "bf16"


def test_prepare_detector__dino_as_onnx__is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match="found a dino model in run; predict with the back"):
        prepare_detector(dino(), "onnx")


def test_prepare_detector__dino_in_bf16__is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match=r"precision bf16: expected the compact detector"):
        prepare_detector(dino(), precision="bf16")


def test_prepare_detector__onnx_in_bf16__is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected the backend torch, found onnx"):
        prepare_detector(compact(), "onnx", "bf16")


def test_prepare_detector__leaves_the_checkpoint_as_it_was() -> None:
    checkpoint = compact()
    before = {name: each.clone() for name, each in checkpoint.detector.state_dict().items()}
    prepare_detector(checkpoint, precision="bf16")
    after = checkpoint.detector.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
