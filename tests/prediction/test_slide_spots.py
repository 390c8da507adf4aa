"""Tests for `gapjunction.prediction.slide_spots`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from gapjunction.dataset.names import ImageOrigin
from gapjunction.images.plane_choice import NOTHING_CHOSEN
from gapjunction.images.region import Region
from gapjunction.images.slide import opened_slide
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.slide_spots import count_slide_spots
from gapjunction.prediction.slide_view import SlideView
from zarr_samples import dark_with_spots

MIDDLES = np.stack(np.meshgrid(range(20, 1000, 40), range(20, 1000, 40)), axis=-1).reshape(-1, 2)


def count(path: Path, part: Region | None = None) -> int:
    image = ListedImage(ImageOrigin("", "", path), "a", is_slide=True)
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        view = SlideView.of(Model.load(device="cpu"), image, slide, 1.0, 0.0)
        return count_slide_spots(view, part)


@pytest.mark.long
def test_count_slide_spots__spots_all_over__are_about_as_many(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, dark_with_spots(1024, 1024, MIDDLES), tile=(256, 256))
    assert count(path) == pytest.approx(len(MIDDLES), rel=0.15)
    assert count(path, Region(0, 0, 512, 1024)) == pytest.approx(len(MIDDLES) / 2, rel=0.15)


def test_count_slide_spots__nothing_stored__is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((600, 600), np.uint16), tile=(256, 256))
    assert count(path) == 0
