"""Tests for `gapjunction.commands.shown_size`."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from builders import BlobDetector
from gapjunction.commands.image_list import ListedImage
from gapjunction.commands.shown_size import MOST_LOOKED_AT, ShownSize, estimate_for_unknown
from gapjunction.dataset.images import write_png
from gapjunction.dataset.names import ImageOrigin
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig, PixelSizes

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
LEARNT = PixelSizes(finest_um=0.1, coarsest_um=0.2)
CPU = torch.device("cpu")


class FarSightedDetector(BlobDetector):
    """Sees nothing in tiles of 128 px and more."""

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        found = super().detect(tiles, min_score)
        return [each[:0] for each in found] if tiles.shape[-1] >= 128 else found


def listed(path: Path, um_per_px: float | None = None) -> ListedImage:
    return ListedImage(ImageOrigin("", "", path), path.stem, um_per_px)


@pytest.mark.parametrize(
    ("asked", "um_per_px", "expected"),
    [(2.0, 0.05, 2.0), (2.0, None, 2.0), (None, 0.05, 0.5), (None, 0.1, 1.0), (None, None, 0.25)],
)
def test_scale_of__option_then_pixel_size_then_estimate(
    asked: float | None, um_per_px: float | None, expected: float
) -> None:
    shown_size = ShownSize(asked, 0.25, LEARNT)
    assert shown_size.scale_of(listed(Path("a.png"), um_per_px)) == pytest.approx(expected)


def test_estimate_for_unknown__known_pixel_sizes_only__looks_at_no_image() -> None:
    detector = BlobDetector()
    images = [listed(Path("missing.png"), 0.1)]
    assert estimate_for_unknown(images, detector, CONFIG, CPU) == 1.0
    assert not detector.seen_sizes


def test_estimate_for_unknown__many_images__looks_at_a_few_and_skips_unreadable_ones(
    tmp_path: Path,
) -> None:
    for number in range(20):
        write_png(tmp_path / f"{number:02}.png", np.zeros((1, 64, 64), np.uint8))
    (tmp_path / "00.png").write_bytes(b"no image")
    detector = BlobDetector()
    images = [listed(path) for path in sorted(tmp_path.iterdir())]
    assert estimate_for_unknown(images, detector, CONFIG, CPU) == 1.0
    num_looked_at = detector.seen_sizes.count((64, 64))
    assert 0 < num_looked_at < MOST_LOOKED_AT


def test_estimate_for_unknown__objects_too_large__says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image = np.full((1, 128, 128), 20, np.uint8)
    for start in range(8, 120, 30):
        image[:, start : start + 12, 8:20] = 200
        image[:, start : start + 12, 60:72] = 200
    write_png(tmp_path / "a.png", image)
    with caplog.at_level(logging.INFO):
        scale = estimate_for_unknown(
            [listed(tmp_path / "a.png")], FarSightedDetector(), CONFIG, CPU
        )
    assert scale == 0.5
    assert "0.5 of their size" in caplog.text
