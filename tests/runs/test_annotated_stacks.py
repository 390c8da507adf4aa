"""Tests for `gapjunction.runs.annotated_stacks`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.runs.annotated_stacks import (
    ENOUGH_STACKS,
    FEWEST_STACKS,
    images_of_stacks,
    with_fitted_plaques,
)
from gapjunction.samples.torch_dataset import TrainingImage

CONFIG = DetectorConfig(class_names=("a",), class_colors=("#000000",))
ROW = [(20 * n, 0, 20 * n + 6, 6) for n in range(12)]


def stacks(*assets: str, names: Sequence[str] = ("x_Z2_", "x_Z1_")) -> list[TrainingImage]:
    labels = np.zeros(len(ROW), np.int64)
    return [
        TrainingImage(Path(asset) / f"{name}.png", as_boxes(ROW), labels, asset=asset)
        for asset in assets
        for name in names
    ]


def assets_of(images: Sequence[TrainingImage]) -> list[str]:
    return list(dict.fromkeys(image.asset for image in images))


def test_images_of_stacks__few_of_validation__adds_whole_stacks_of_training() -> None:
    chosen = images_of_stacks(stacks("v"), stacks("v", *"abcdefgh"))
    assert assets_of(chosen) == ["v", *"abcdefgh"[: ENOUGH_STACKS - 1]]
    assert len(chosen) == 2 * ENOUGH_STACKS


def test_images_of_stacks__enough_of_validation__are_those_alone() -> None:
    names = "abcdefgh"
    assert assets_of(images_of_stacks(stacks(*names), stacks("t"))) == list(names)


@pytest.mark.parametrize("names", [("field1", "field2"), ("x_Z1_", "y_Z1_"), ("x_Z1_",)])
def test_images_of_stacks__images_that_are_no_stack__are_none(names: tuple[str, ...]) -> None:
    assert images_of_stacks(stacks(*"abcdef", names=names), []) == []


def test_images_of_stacks__too_few_stacks__are_none() -> None:
    assert images_of_stacks(stacks("a"), stacks(*"bcd"[: FEWEST_STACKS - 2])) == []


def test_with_fitted_plaques__enough_stacks__have_a_scoring_of_their_own() -> None:
    images = stacks(*"abcd")
    found = [image.as_detections() for image in images]
    plaques = with_fitted_plaques(CONFIG, images, found).plaques
    assert plaques is not None
    assert plaques.calibration.num_images == len("abcd")
    assert plaques.calibration.missed_share == 0


def test_with_fitted_plaques__too_few_stacks__stay_as_they_are() -> None:
    images = stacks("a", "b")
    found = [image.as_detections() for image in images]
    assert with_fitted_plaques(CONFIG, images, found) == CONFIG
