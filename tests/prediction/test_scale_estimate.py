"""Tests for `gapjunction.prediction.scale_estimate`."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders import BlobDetector
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import Annotations
from gapjunction.prediction.scale_estimate import (
    estimate_scale,
    middle_part,
    parts_beside_middle,
)

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
LARGEST_PX = 30


class SmallBlobDetector:
    """A `Detector` of bright blobs that sees none whose longer side is above LARGEST_PX.

    `certainty` is the highest score.
    """

    def __init__(self, certainty: float = 1.0) -> None:
        self.blobs = BlobDetector()
        self.certainty = certainty

    def __call__(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        raise NotImplementedError

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        found = [
            Detections(each.boxes, each.scores * np.float32(self.certainty), each.labels)
            for each in self.blobs.detect(tiles, min_score)
        ]
        sides = [(each.boxes[:, 2:] - each.boxes[:, :2]).max(axis=1) for each in found]
        return [each[own <= LARGEST_PX] for each, own in zip(found, sides, strict=True)]


def squares(side: int, *, num: int = 4, spacing: int = 128) -> NDArray[np.uint8]:
    """Return a dark image (1, H, W) with num x num bright squares."""
    image = np.full((1, num * spacing, num * spacing), 20, np.uint8)
    for y in range(num):
        for x in range(num):
            y0, x0 = y * spacing + 10, x * spacing + 10
            image[:, y0 : y0 + side, x0 : x0 + side] = 200
    return image


@pytest.mark.parametrize(("side", "expected"), [(8, 1.0), (24, 1.0), (44, 0.5), (100, 0.25)])
def test_estimate_scale__large_objects__are_reduced_until_they_are_seen(
    side: int, expected: float
) -> None:
    images = [squares(side), squares(side)]
    estimated = estimate_scale(SmallBlobDetector(), CONFIG, images, torch.device("cpu"))
    assert estimated == expected


@pytest.mark.parametrize(("certainty", "expected"), [(0.9, 0.5), (0.8, 1.0)])
def test_estimate_scale__large_objects_that_are_doubted__leaves_images_as_they_are(
    certainty: float, expected: float
) -> None:
    detector = SmallBlobDetector(certainty)
    assert estimate_scale(detector, CONFIG, [squares(44)], torch.device("cpu")) == expected


def test_estimate_scale__too_few_objects__leaves_images_as_they_are() -> None:
    images = [squares(44, num=2)]
    assert estimate_scale(SmallBlobDetector(), CONFIG, images, torch.device("cpu")) == 1.0


def test_estimate_scale__no_image__leaves_images_as_they_are() -> None:
    assert estimate_scale(SmallBlobDetector(), CONFIG, [], torch.device("cpu")) == 1.0


def test_estimate_scale__large_image__is_judged_by_its_middle() -> None:
    image = np.full((1, 3000, 3000), 20, np.uint8)
    image[:, :512, :512] = squares(44)
    assert estimate_scale(SmallBlobDetector(), CONFIG, [image], torch.device("cpu")) == 1.0
    image[:, 1244:1756, 1244:1756] = squares(44)
    assert estimate_scale(SmallBlobDetector(), CONFIG, [image], torch.device("cpu")) == 0.5


@pytest.mark.parametrize("size_px", [(700, 500), (256, 300), (100, 90), (1024, 1024), (768, 256)])
def test_parts_beside_middle__any_size__hold_each_pixel_once_beside_the_middle(
    size_px: tuple[int, int],
) -> None:
    image = np.zeros((1, *size_px), np.uint8)
    for part in (middle_part(image, 256), *parts_beside_middle(image, 256)):
        assert max(part.shape) <= 256
        np.add(part, 1, out=part)
    assert image.min() == image.max() == 1


def test_parts_beside_middle__larger_image__yields_the_nearest_first() -> None:
    image = np.zeros((1, 1024, 1024), np.uint8)
    shapes = [part.shape[1:] for part in parts_beside_middle(image, 256)]
    assert shapes[:8] == [(256, 256)] * 8
    assert len(shapes) == 24
