"""Tests for `gapjunction.prediction.shown_size`."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from builders import BlobDetector, FarSightedDetector
from gapjunction.dataset.names import ImageOrigin
from gapjunction.errors import ConfigError
from gapjunction.images.pictures import write_png
from gapjunction.models.checkpoint import DetectorConfig, PixelSizes
from gapjunction.prediction.listed_image import ListedImage, SizeSource
from gapjunction.prediction.shown_size import (
    MOST_LOOKED_AT,
    ShownSize,
    SizeVerdicts,
    Viewer,
    tell_how_shown,
)

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
LEARNT = PixelSizes(finest_um=0.1, coarsest_um=0.2)
DOUBTED = SizeVerdicts(reason_of_doubt={0.05: "nobody measured it"})


def listed(path: Path, um_per_px: float | None = None, source: SizeSource = "file") -> ListedImage:
    return ListedImage(ImageOrigin("", "", path), path.stem, um_per_px, source)


def viewer(detector: BlobDetector) -> Viewer:
    return Viewer(detector, CONFIG, torch.device("cpu"))


@pytest.mark.parametrize(
    ("asked", "um_per_px", "expected"),
    [(2.0, 0.05, 2.0), (2.0, None, 2.0), (None, 0.05, 0.5), (None, 0.1, 1.0), (None, None, 0.25)],
)
def test_scale_of__option_then_pixel_size_then_estimate(
    asked: float | None, um_per_px: float | None, expected: float
) -> None:
    shown_size = ShownSize(asked, 0.25, LEARNT)
    assert shown_size.scale_of(listed(Path("a.png"), um_per_px)) == pytest.approx(expected)


@pytest.mark.parametrize(("source", "expected"), [("file", 0.25), ("user", 0.5)])
def test_scale_of__doubted_size__counts_only_where_the_user_states_it(
    source: SizeSource, expected: float
) -> None:
    shown_size = ShownSize(None, 0.25, LEARNT, DOUBTED)
    assert shown_size.scale_of(listed(Path("a.png"), 0.05, source)) == pytest.approx(expected)


def test_scale_of__size_out_of_proportion__is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"a\.png: pixel size: expected 0\.01 to 2 um, found 85"):
        ShownSize(None, 1.0, LEARNT).scale_of(listed(Path("a.png"), 85.0, "user"))


def test_estimated_scale__many_images__looks_at_a_few_and_skips_unreadable_ones(
    tmp_path: Path,
) -> None:
    for number in range(20):
        write_png(tmp_path / f"{number:02}.png", np.zeros((1, 64, 64), np.uint8))
    (tmp_path / "00.png").write_bytes(b"no image")
    detector = BlobDetector()
    images = [listed(path) for path in sorted(tmp_path.iterdir())]
    assert viewer(detector).estimated_scale(images) == 1.0
    num_looked_at = detector.seen_sizes.count((64, 64))
    assert 0 < num_looked_at < MOST_LOOKED_AT


def test_estimated_scale__objects_too_large__is_where_they_are_seen(tmp_path: Path) -> None:
    image = np.full((1, 128, 128), 20, np.uint8)
    for start in range(8, 120, 30):
        image[:, start : start + 12, 8:20] = 200
        image[:, start : start + 12, 60:72] = 200
    write_png(tmp_path / "a.png", image)
    assert viewer(FarSightedDetector()).estimated_scale([listed(tmp_path / "a.png")]) == 0.5


def told(shown_size: ShownSize, images: list[ListedImage], log: pytest.LogCaptureFixture) -> str:
    with log.at_level(logging.INFO):
        tell_how_shown(images, shown_size)
    return log.text


def test_tell_how_shown__estimated__says_so_where_a_size_is_unknown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    images = [listed(Path("a.png")), listed(Path("b.png"), 0.15)]
    assert "0.5 of their size" in told(ShownSize(None, 0.5, LEARNT), images, caplog)
    caplog.clear()
    assert not told(ShownSize(None, 0.5, LEARNT), images[1:], caplog)


def test_tell_how_shown__rescaled__is_one_line_with_factor_sizes_and_options(
    caplog: pytest.LogCaptureFixture,
) -> None:
    images = [listed(Path(f"{um}.tif"), um) for um in (0.15, 0.4, 0.5)]
    text = told(ShownSize(None, 1.0, LEARNT), images, caplog)
    assert (
        "2 images are shown at 2 to 2.5 times actual size, because of pixels of 0.4 to 0.5" in text
    )
    assert "where the model learnt from 0.1 to 0.2 um; --pixel_size_um and --scale override" in text
    assert len(caplog.records) == 1


def test_tell_how_shown__sizes_that_the_model_knows__is_silent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert not told(ShownSize(None, 1.0, LEARNT), [listed(Path("a.tif"), 0.12)], caplog)
