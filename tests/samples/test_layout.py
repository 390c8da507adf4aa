"""Tests for `gapjunction.samples.layout`."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.dataset.records import AnnotatedImage
from gapjunction.images.pictures import write_png
from gapjunction.samples.layout import channel_layout


@pytest.mark.parametrize("gains", [(1.0, 1.0, 1.0), (0.0, 1.0, 0.0)], ids=["grey", "green"])
def test_channel_layout__one_hue__is_grey(
    tmp_path: Path, gains: tuple[float, float, float]
) -> None:
    stain = np.random.default_rng(0).integers(0, 200, (1, 64, 64))
    assert layout_of(tmp_path, stain * np.array(gains)[:, None, None]) == "grey"


def test_channel_layout__two_stains__is_color(tmp_path: Path) -> None:
    stains = np.random.default_rng(0).integers(0, 200, (3, 64, 64))
    assert layout_of(tmp_path, stains) == "color"


def layout_of(folder: Path, pixels: np.ndarray) -> str:
    path = folder / "image.png"
    write_png(path, pixels.astype(np.uint8))
    none = np.zeros((0, 4), np.float32)
    return channel_layout(AnnotatedImage(path, 64, 64, none, np.zeros(0, np.int64)))
