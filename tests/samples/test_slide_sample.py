"""Tests for `gapjunction.samples.slide_sample`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.images.plane_choice import NOTHING_CHOSEN
from gapjunction.images.slide import SlideLevel, opened_slide
from gapjunction.samples import slide_sample
from gapjunction.samples.intensity import measure_intensity
from gapjunction.samples.slide_sample import (
    occupied_share,
    read_standing_part,
    sampled,
    windows_of,
)

NOISE = np.random.default_rng(0).integers(100, 200, (600, 800), dtype=np.uint16)


def of_full_level(path: Path, asked: Callable[[SlideLevel], Any]) -> Any:
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        return asked(slide.full)


def write_tiled(path: Path, pixels: np.ndarray) -> Path:
    tifffile.imwrite(path, pixels, tile=(64, 64))
    return path


def test_sampled__small_level__is_all_of_it(tmp_path: Path) -> None:
    found = of_full_level(write_tiled(tmp_path / "a.tif", NOISE), sampled)
    np.testing.assert_array_equal(found, NOISE[np.newaxis])


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a level of 600 x 800 px be too large to be looked at whole."""
    monkeypatch.setattr(slide_sample, "WINDOW_PX", 16)


@pytest.mark.usefixtures("small_windows")
def test_sampled__large_level__has_the_intensities_of_all(tmp_path: Path) -> None:
    found = of_full_level(write_tiled(tmp_path / "a.tif", NOISE), sampled)
    assert found.size < NOISE.size / 3
    mine, whole = measure_intensity(found), measure_intensity(NOISE[np.newaxis])
    assert mine.backgrounds == pytest.approx(whole.backgrounds, rel=0.01)
    assert mine.spans == pytest.approx(whole.spans, rel=0.02)


@pytest.mark.usefixtures("small_windows")
def test_sampled__section_on_an_empty_slide__shows_the_section_alone(tmp_path: Path) -> None:
    pixels = np.zeros_like(NOISE)
    pixels[192:384, 256:512] = NOISE[192:384, 256:512]
    found = of_full_level(write_tiled(tmp_path / "a.tif", pixels), sampled)
    assert np.percentile(found, 25) >= 100


@pytest.mark.usefixtures("small_windows")
def test_sampled__nothing_on_the_slide__is_empty(tmp_path: Path) -> None:
    found = of_full_level(write_tiled(tmp_path / "a.tif", np.zeros_like(NOISE)), sampled)
    assert found.any() == 0
    assert found.size > 0


def test_windows_of__asked_for_few__are_no_more_and_all_of_one_size(tmp_path: Path) -> None:
    found = of_full_level(
        write_tiled(tmp_path / "a.tif", NOISE), lambda level: windows_of(level, 48, 5)
    )
    assert [window.shape for window in found] == [(1, 48, 48)] * 5


def test_occupied_share__half_of_the_tiles__is_about_half(tmp_path: Path) -> None:
    tiles = [None if number % 2 else NOISE[:512, :512] for number in range(4)]
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, iter(tiles), shape=(1024, 1024), dtype=np.uint16, tile=(512, 512))
    assert of_full_level(path, occupied_share) == pytest.approx(0.5, abs=0.15)


def test_read_standing_part__one_bright_place__is_that_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slide_sample, "STANDING_PX", 64)
    monkeypatch.setattr(slide_sample, "MOST_STANDING", 1000)
    pixels = NOISE.copy()
    pixels[300:310, 500:510] = 5000
    part = read_standing_part(write_tiled(tmp_path / "a.tif", pixels), NOTHING_CHOSEN)
    assert part.shape == (1, 64, 64)
    assert part.max() == 5000
