"""Tests for `gapjunction.measurement.region_plan`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.choices import EXCLUDED
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.files_of_images import NamedImage
from gapjunction.measurement.region_plan import RegionPlan

SIZE = (200, 300)
IMAGES = [NamedImage("rat", Path("rat.tif")), NamedImage("dog", Path("dog.tif"))]


def half_dark() -> ImageArray:
    """Return an image of which the left half is off the section."""
    image = np.random.default_rng(0).poisson(20, (1, *SIZE))
    image[..., 150:] += 60
    return image.astype(np.uint8)


def not_to_be_read() -> ImageArray:
    raise AssertionError("nothing needs the pixels")


def plan(folder: Path | None, *, has_tissue_mask: bool) -> RegionPlan:
    return RegionPlan.of(folder, IMAGES, EXCLUDED, has_tissue_mask=has_tissue_mask)


@pytest.fixture
def top_of_rat(tmp_path: Path) -> Path:
    """Write a mask of the upper half of one image."""
    pixels = np.zeros(SIZE, np.uint8)
    pixels[:100] = 9
    Image.fromarray(pixels).save(tmp_path / "rat_mask.png")
    return tmp_path


def test_of__nothing_asked_for__is_empty() -> None:
    assert plan(None, has_tissue_mask=False).is_empty


def test_regions_of__drawn__are_those_of_the_image_and_none_of_others(top_of_rat: Path) -> None:
    drawn = plan(top_of_rat, has_tissue_mask=False)
    (region,) = drawn.regions_of("rat", SIZE, not_to_be_read)
    assert (region.name, region.num_px) == ("9", 100 * 300)
    assert drawn.regions_of("dog", SIZE, not_to_be_read) == []


def test_regions_of__tissue_alone__is_one_region() -> None:
    (region,) = plan(None, has_tissue_mask=True).regions_of("rat", SIZE, half_dark)
    assert region.name == "tissue"
    assert region.num_px == pytest.approx(200 * 150, rel=0.05)


def test_regions_of__drawn_and_tissue__is_what_both_hold(top_of_rat: Path) -> None:
    (region,) = plan(top_of_rat, has_tissue_mask=True).regions_of("rat", SIZE, half_dark)
    assert region.name == "9"
    assert region.num_px == pytest.approx(100 * 150, rel=0.05)
