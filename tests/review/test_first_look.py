"""Tests for `gapjunction.review.first_look` and `pyramids`."""

import threading
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.images.pictures import ImageArray
from gapjunction.review.first_look import first_look
from gapjunction.review.pixels import ArrayPixels
from gapjunction.review.pyramid import Pyramid, build_pyramid
from gapjunction.review.pyramids import Pyramids

HEIGHT, WIDTH = 2500, 4100


def a_slope() -> ImageArray:
    """Return an image that gets brighter from left to right and, twice as fast, downwards."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    slope: ImageArray = (2 * y + x).astype(np.uint16)[None]
    return slope


def look_at(image: ImageArray) -> Pyramid:
    look = first_look(ArrayPixels(image))
    assert look is not None
    return look


def test_first_look__levels__are_as_large_as_those_of_the_whole() -> None:
    look, whole = look_at(a_slope()), build_pyramid(ArrayPixels(a_slope()))
    levels = range(whole.num_levels)
    assert [look.size(level) for level in levels] == [whole.size(level) for level in levels]
    assert (look.is_coarse, whole.is_coarse) == (True, False)


def test_first_look__every_tile_of_every_level__lies_where_it_does_in_the_whole() -> None:
    look, whole = look_at(a_slope()), build_pyramid(ArrayPixels(a_slope()))
    row = 2 ** (whole.num_levels - 1)
    for level in range(whole.num_levels):
        height, width = whole.size(level)
        coarse, fine = (
            each.region(level, 0, height, 0, width).astype(int) for each in (look, whole)
        )
        assert np.abs(coarse - fine).max() <= 3 * row
        assert look.tile(level, 99, 0) is None


def test_first_look__contrast__is_nearly_that_of_the_whole() -> None:
    image = np.random.default_rng(0).poisson(20, (1, HEIGHT, WIDTH)).astype(np.uint16)
    image[:, ::50, ::50] = 900
    auto = [pyramid.auto[0] for pyramid in (look_at(image), build_pyramid(ArrayPixels(image)))]
    assert auto[0] == pytest.approx(auto[1], rel=0.2)


@pytest.mark.parametrize(("num_rows", "is_seen"), [(1, True), (8, True), (9, False)])
def test_first_look__strips_of_which_most_would_be_read__is_none(
    num_rows: int, is_seen: bool
) -> None:
    class Strips(ArrayPixels):
        rows_at_once = num_rows

    assert (first_look(Strips(a_slope())) is not None) == is_seen


def test_at_once__large_tiff__is_a_first_look_until_all_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path, pyramids = tmp_path / "large.tif", Pyramids()
    tifffile.imwrite(path, a_slope()[0], compression="zlib", rowsperstrip=4)
    look = pyramids.at_once(path)
    assert look.is_coarse
    assert pyramids.at_once(path) is look
    whole = pyramids.of(path)
    assert not whole.is_coarse
    assert pyramids.at_once(path) is whole


def test_at_once__while_all_is_read__does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.pixels.BY_REGION", 1)
    path, pyramids = tmp_path / "large.tif", Pyramids()
    tifffile.imwrite(path, a_slope()[0], compression="zlib", rowsperstrip=4)
    goes_on = threading.Event()

    def slow(*_: object) -> Pyramid:
        goes_on.wait()
        return build_pyramid(ArrayPixels(a_slope()))

    monkeypatch.setattr("gapjunction.review.pyramids.build_pyramid", slow)
    reading = threading.Thread(target=pyramids.of, args=(path,))
    reading.start()
    is_coarse = pyramids.at_once(path).is_coarse
    goes_on.set()
    reading.join()
    assert is_coarse
    assert not pyramids.at_once(path).is_coarse


def test_at_once__other_images__are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(a_slope()[0, :600, :600].astype(np.uint8)).save(path)
    assert not Pyramids().at_once(path).is_coarse
