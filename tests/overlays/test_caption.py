"""Tests for `gapjunction.overlays.caption`."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image, ImageDraw

from gapjunction.overlays.caption import TEXT, Caption, captioned, draw_dashed_box, score_colors


def brightness(color: str) -> float:
    red, green, blue = to_rgb(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_score_colors__higher_scores__are_brighter() -> None:
    colors = score_colors(np.linspace(0.4, 1, 7, dtype=np.float32), lowest=0.4)
    rising = [brightness(color) for color in colors]
    assert rising == sorted(rising)
    assert rising[0] > 0.25  # is seen on black


@pytest.mark.parametrize("lowest", [0.0, 0.5, 1.0])
def test_score_colors__ends__are_those_of_the_scale(lowest: float) -> None:
    ends = score_colors(np.array([lowest, 1.0], np.float32), lowest)
    assert ends[0] == score_colors(np.zeros(1, np.float32), 0.0)[0]
    assert (ends[1] == score_colors(np.ones(1, np.float32), 0.0)[0]) == (lowest < 1)


def test_captioned__picture__is_kept_with_words_below() -> None:
    picture = Image.new("RGB", (400, 50), "#102030")
    shown = np.asarray(
        captioned(picture, Caption([("12 things", None)], 0.4, has_annotations=True))
    )
    assert (shown[:50] == (0x10, 0x20, 0x30)).all()
    assert shown.shape[0] > 60
    below = shown[50:]
    assert below.any()
    colors = score_colors(np.array([0.4, 1.0], np.float32), 0.4)
    for color in colors:
        rgb = [round(255 * part) for part in to_rgb(color)]
        assert (abs(below.astype(int) - rgb).max(axis=2) < 8).any()


def test_captioned__narrow_picture__has_several_lines() -> None:
    caption = Caption([("12 things", None)], 0.4, has_annotations=True)
    wide, narrow = (captioned(Image.new("RGB", (width, 50)), caption).height for width in (600, 90))
    assert narrow - 50 == 3 * (wide - 50)


def test_captioned__known_pixel_size__has_a_bar_of_the_length() -> None:
    """A fifth of 500 px of 0.1 um is 10 um: 100 px."""
    picture = Image.new("RGB", (500, 20))
    caption = Caption([], None, has_annotations=False, um_per_px=0.1)
    is_lit = (np.asarray(captioned(picture, caption))[20:] == TEXT).all(axis=2)
    rows = is_lit[:, :110].sum(axis=1)
    assert rows.max() == 100


def test_captioned__words_of_a_class__have_its_color() -> None:
    shown = captioned(
        Image.new("RGB", (300, 20)), Caption([("3 a", "#FF0000")], None, has_annotations=False)
    )
    below = np.asarray(shown)[20:]
    assert below[..., 0].max() > 200
    assert not below[..., 1:].any()


def test_draw_dashed_box__line__is_half_there_on_each_side() -> None:
    picture = Image.new("L", (60, 60))
    draw_dashed_box(ImageDraw.Draw(picture), (10, 10, 49, 49), "#FFFFFF")
    pixels = np.asarray(picture)
    for side in (pixels[10], pixels[49], pixels[:, 10], pixels[:, 49]):
        assert 15 < (side > 0).sum() < 25
    assert not pixels[11:49, 11:49].any()
