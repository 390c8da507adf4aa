"""Tests for `gapjunction.samples.shared_span`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from gapjunction.boxes import as_boxes
from gapjunction.samples.shared_span import evenly_spread, least_spans
from gapjunction.samples.torch_dataset import TrainingImage


def with_blobs(light: int, dtype: type = np.uint16) -> NDArray[np.generic]:
    image = np.random.default_rng(0).normal(20, 1, (64, 64))
    for corner in range(4, 60, 8):
        image[corner : corner + 4, 4:60:8] += light
    return image.astype(dtype)


def written(folder: Path, *images: NDArray[np.generic]) -> list[Path]:
    paths = [folder / f"{number}.tif" for number in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        tifffile.imwrite(path, image)
    return paths


def test_least_spans__images_of_an_asset__span_alike(tmp_path: Path) -> None:
    paths = written(tmp_path, with_blobs(50), with_blobs(900))
    no_boxes, no_labels = as_boxes([]), np.zeros(0, np.int64)
    together = [TrainingImage(path, no_boxes, no_labels, asset="d/a") for path in paths]
    assert least_spans(together) == pytest.approx([900, 900], rel=0.05)
    apart = [TrainingImage(path, no_boxes, no_labels, asset=path.stem) for path in paths]
    assert least_spans(apart) == [0, 0]


@pytest.mark.parametrize(("num", "kept"), [(3, 3), (8, 8), (9, 5), (100, 8)])
def test_evenly_spread__many_items__are_no_more_than_wanted(num: int, kept: int) -> None:
    spread = evenly_spread(range(num), 8)
    assert len(spread) == kept
    assert spread[0] == 0
