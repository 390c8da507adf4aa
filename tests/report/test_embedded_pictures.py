"""Tests for `gapjunction.report.embedded_pictures`."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import build_dataset
from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.measured_images import measure_annotations
from gapjunction.errors import ImageError
from gapjunction.report import embedded_pictures
from gapjunction.report.embedded_pictures import picture_of_errors, picture_of_image


def test_picture_of_image__boxes__are_drawn_around_objects(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    picture = picture_of_image(measured.images[0])
    shown = np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGB")).astype(int)
    assert (shown[..., 0] > shown[..., 2] + 150).any()
    assert picture.caption == "0_0_rats (rats, asset_0): 3 counted"


def test_picture_of_image__known_scale__has_a_scale_bar(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    with_bar, without = (
        picture_of_image(replace(measured.images[0], um_per_px=size)).content
        for size in (0.5, None)
    )
    corner_with, corner_without = (
        np.asarray(Image.open(io.BytesIO(content)).convert("L"))[-10:, -40:]
        for content in (with_bar, without)
    )
    assert corner_with.max() > 200 > corner_without.max()


def test_picture_of_image__large_image__is_made_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_pictures, "MAX_SIDE_PX", 50)
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    picture = picture_of_image(measured.images[0])
    assert max(Image.open(io.BytesIO(picture.content)).size) == 50


def test_picture_of_image__missing_file__is_an_error(tmp_path: Path) -> None:
    measured = measure_annotations(build_dataset(tmp_path / "rats", num_assets=1))
    with pytest.raises(ImageError):
        picture_of_image(replace(measured.images[0], path=tmp_path / "gone.png"))


def test_picture_of_errors__study__counts_what_is_right() -> None:
    studied = study(paired_images(num_images=1), groups_of(0))
    picture = picture_of_errors(studied, 0)
    assert picture.content.startswith(b"\xff\xd8")
    num_right = studied.suite["all"]["detections_right"]
    assert picture.caption.startswith("image_0 (rats/rat 0): ")
    assert picture.caption.endswith(f"{num_right} of them right at IoU 0.5")
