"""Tests for `gapjunction.measurement.tissue_mask`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.tissue_mask import find_tissue

HEIGHT, WIDTH = 512, 768


def section(is_tissue: NDArray[np.bool_], dark: float, bright: float, seed: int = 0) -> ImageArray:
    """Return an image with camera noise, and with puncta all over the tissue."""
    rng = np.random.default_rng(seed)
    light = np.where(is_tissue, bright, dark)
    for y, x in zip(rng.integers(0, HEIGHT, 300), rng.integers(0, WIDTH, 300), strict=True):
        if is_tissue[y, x]:
            light[y : y + 4, x : x + 4] += 10 * bright
    return rng.poisson(light)[None].astype(np.uint16)


def right_of(edge: float) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    mask: NDArray[np.bool_] = columns > edge + 20 * np.sin(rows / 60)
    return mask


@pytest.mark.parametrize("share_off", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("dark", "bright"), [(2, 6), (100, 140), (100, 1000)])
def test_find_tissue__part_off_the_section__is_found_within_one_percent(
    share_off: float, dark: float, bright: float
) -> None:
    is_tissue = right_of(share_off * WIDTH)
    found = find_tissue(section(is_tissue, dark, bright)).window(0, 0, HEIGHT, WIDTH)
    assert (found != is_tissue).mean() < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_find_tissue__all_of_it_tissue__is_all_of_the_image(seed: int) -> None:
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    found = find_tissue(section(everywhere, 0, 40, seed))
    assert found.num_px == HEIGHT * WIDTH


def test_find_tissue__dark_vessel_within__belongs_to_the_tissue() -> None:
    is_tissue = np.ones((HEIGHT, WIDTH), bool)
    is_tissue[150:350, 250:500] = False
    assert find_tissue(section(is_tissue, 5, 50)).num_px == HEIGHT * WIDTH


def test_find_tissue__dust_beside_the_section__is_no_tissue() -> None:
    is_tissue = right_of(400)
    with_dust = is_tissue.copy()
    with_dust[50:80, 50:80] = True
    found = find_tissue(section(with_dust, 5, 50)).window(0, 0, HEIGHT, WIDTH)
    assert not found[:, :300].any()


def test_find_tissue__even_image__is_all_of_it() -> None:
    assert find_tissue(np.full((3, 30, 40), 7, np.uint8)).num_px == 30 * 40


def test_find_tissue__side_that_blocks_do_not_divide__has_its_size() -> None:
    assert find_tissue(np.zeros((1, 101, 263), np.uint8)).pixels.shape == (101, 263)
