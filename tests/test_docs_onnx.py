"""Tests for the recipe in docs/onnx.md: it finds what the detector itself finds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from builders import simulated_blobs
from gapjunction.commands.export import ExportConfig, run
from gapjunction.detections import Detections
from gapjunction.models.centernet.model import CenterNet
from gapjunction.models.checkpoint import save_checkpoint
from gapjunction.prediction.model import Model
from tiny_centernet import SMALL, tiny_centernet

ROOT = Path(__file__).parents[1]
Find = Callable[[str, NDArray[np.uint8]], tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]


def recipe() -> Find:
    _, block = (ROOT / "docs" / "onnx.md").read_text(encoding="utf-8").split("```python\n")
    names: dict[str, Any] = {}
    exec(block.split("```")[0], names)  # noqa: S102 - what we tell people to run
    find: Find = names["find"]
    return find


def surer(detector: CenterNet) -> CenterNet:
    """Return a detector, changed in place, whose scores spread from 0 to 1."""
    last = detector.network.heat[-1]
    assert isinstance(last, nn.Conv2d)
    last.weight.data *= 50
    last.bias.data += 4  # type: ignore[union-attr]  # it has one
    return detector


def require_same(found: Detections, path: Path, image: NDArray[np.uint8]) -> None:
    boxes, probabilities, labels = recipe()(str(path), image)
    assert len(found) > 10
    np.testing.assert_array_equal(labels, found.labels)
    np.testing.assert_allclose(boxes, found.boxes, atol=0.01)
    np.testing.assert_allclose(probabilities, found.scores, atol=1e-4)


def discs(num_channels: int) -> NDArray[np.uint8]:
    """Return simulated discs (C, 96, 128), in other places in each channel."""
    whole = simulated_blobs()[0]
    return np.stack([whole[20 * each :][:96, :128] for each in range(num_channels)])


@pytest.mark.long
@pytest.mark.parametrize("num_channels", [1, 3])
def test_recipe__network_of_two_classes__finds_the_same_boxes(
    tmp_path: Path, num_channels: int
) -> None:
    calibration = SMALL.calibration.but(slope=1.5, intercept=0.2)
    config = SMALL.but(calibration=calibration, score_threshold=0.3)
    save_checkpoint(surer(tiny_centernet(config)), config, tmp_path)
    run(ExportConfig(checkpoint=tmp_path, output=tmp_path / "model.onnx"))
    image = discs(num_channels)
    shown = image[0] if num_channels == 1 else image.transpose(1, 2, 0)
    channel = None if num_channels == 1 else "all"
    found = Model.load(tmp_path, device="cpu").find(shown, channel=channel).detections
    require_same(found, tmp_path / "model.onnx", image)


@pytest.mark.slow
def test_recipe__shipped_weights__finds_the_same_boxes(tmp_path: Path) -> None:
    run(ExportConfig(output=tmp_path / "model.onnx"))
    (path,) = (ROOT / "data/RAT__gap_junctions/Assets/3cb6ea62/Raw").glob("*_Z5_*")
    image = np.asarray(Image.open(path).convert("RGB")).max(axis=2)[:384, :384]
    found = Model.load(device="cpu").find(image, scale=1).detections
    require_same(found, tmp_path / "model.onnx", image[None])
