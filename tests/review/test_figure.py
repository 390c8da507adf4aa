"""Tests for `gapjunction.review.figure` and `thumbnails`."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.review.entries import Box
from gapjunction.review.figure import Figure, View, as_png, as_svg, draw_figure
from gapjunction.review.pixels import ArrayPixels
from gapjunction.review.pyramid import Pyramid, build_pyramid
from gapjunction.review.thumbnails import thumbnail
from gapjunction.review.tiles import usual_views
from review_cases import image_of, predicted_dataset, review_of


def a_pyramid(height: int, width: int) -> Pyramid:
    return build_pyramid(ArrayPixels(np.full((1, height, width), 9, np.uint8)))


def drawn(view: View, um_per_px: float | None = 0.1, *, side: int = 600) -> Figure:
    pyramid = a_pyramid(side, side)
    box = Box(id="b", box=(100, 110, 120, 140), label=0, score=0.9, state="model")
    return draw_figure(pyramid, view, usual_views(pyramid.auto), [box], um_per_px)


def test_draw_figure__part__has_its_boxes_where_they_are() -> None:
    figure = drawn(View(50, 100, 250, 200))
    assert figure.pixels.shape[:2] == (100 * figure.px, 200 * figure.px)
    left, top, right, bottom = figure.rectangle(figure.boxes[0])
    assert (left, top) == (50 * figure.px, 10 * figure.px)
    assert (right - left, bottom - top) == (20 * figure.px, 30 * figure.px)


def test_draw_figure__part_without_a_box__has_none() -> None:
    assert drawn(View(300, 300, 400, 400)).boxes == []


@pytest.mark.parametrize(("width", "bar_um"), [(200, 2), (100, 2), (99, 1), (510, 10)])
def test_draw_figure__scale_bar__is_a_round_fifth_at_most(width: int, bar_um: float) -> None:
    figure = drawn(View(0, 0, width, 50))
    assert figure.bar_um == bar_um
    assert figure.bar_px == pytest.approx(bar_um * 10 * figure.px)


def test_draw_figure__unknown_pixel_size__has_no_bar() -> None:
    figure = drawn(View(0, 0, 200, 200), None)
    assert figure.bar_px == 0
    assert "<text" not in as_svg(figure)


def test_draw_figure__large_view__is_of_a_coarser_level() -> None:
    figure = drawn(View(0, 0, 3000, 3000), side=3000)
    assert (figure.px, figure.pixels.shape) == (0.5, (1500, 1500, 3))


def test_as_png__figure__is_of_its_size() -> None:
    figure = drawn(View(0, 0, 100, 50))
    with Image.open(io.BytesIO(as_png(figure))) as picture:
        assert picture.size == (100 * figure.px, 50 * figure.px)


def test_thumbnail__doubtful_box__is_cut_from_its_surroundings(tmp_path: Path) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))
    content = thumbnail(review, image_of(review), a_pyramid(300, 400))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (128, 128)
