"""Tests for `gapjunction.overlays.scale_bar`."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from gapjunction.overlays.scale_bar import draw_bar_in_axes, draw_scale_bar


def test_draw_scale_bar__picture__has_a_white_bar_of_the_length() -> None:
    """A fifth of 500 px of 0.1 um is 10 um: 100 px."""
    picture = Image.new("RGB", (500, 400))
    draw_scale_bar(picture, um_per_px=0.1)
    is_white = (np.asarray(picture) == 255).all(axis=2)
    assert is_white.sum(axis=1).max() == pytest.approx(100, abs=2)


def test_draw_bar_in_axes__image__has_a_bar_of_the_length() -> None:
    axes = Figure().subplots()
    draw_bar_in_axes(axes, (500, 400), um_per_px=0.1)
    [bar] = axes.lines
    assert np.ptp(np.asarray(bar.get_xdata(), np.float64)) == pytest.approx(100)
    assert [text.get_text() for text in axes.texts] == ["10 \u00b5m"]
