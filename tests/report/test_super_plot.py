"""Tests for `gapjunction.report.super_plot`."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from gapjunction.report.super_plot import (
    SHADES,
    AnimalValue,
    Column,
    draw_columns,
    mean_interval,
    side_steps,
)


def test_mean_interval__three_values__is_that_of_student() -> None:
    """t of two degrees of freedom is 4.303; the standard error of 1, 2, 3 is 1 / sqrt(3)."""
    interval = mean_interval(np.array([1.0, 2.0, 3.0]))
    assert interval is not None
    assert interval.high - 2 == pytest.approx(4.303 / np.sqrt(3), abs=0.001)
    assert interval.low + interval.high == pytest.approx(4)


def test_mean_interval__one_value__is_none() -> None:
    assert mean_interval(np.array([1.0])) is None


def test_side_steps__equal_values__lie_beside_each_other_about_the_middle() -> None:
    assert side_steps(np.array([5.0, 5, 5, 9]), span=4).tolist() == [-1, 0, 1, 0]


def test_side_steps__all_alike__are_spread_evenly() -> None:
    assert side_steps(np.array([5.0, 5]), span=0).tolist() == [-0.5, 0.5]


def test_side_steps__nothing__is_nothing() -> None:
    assert side_steps(np.zeros(0), span=1).shape == (0,)


def test_draw_columns__fields__have_the_color_of_their_animal() -> None:
    axes = Figure().subplots()
    animals = [AnimalValue(2, (1, 3)), AnimalValue(5, (5,))]
    draw_columns(axes, [Column(0, 0.3, 0, animals)])
    fields, points, *_ = axes.collections
    assert np.asarray(fields.get_offsets())[:, 1].tolist() == [1, 3, 5]
    assert np.asarray(points.get_offsets())[:, 1].tolist() == [2, 5]
    colors = np.asarray(fields.get_facecolor())[:, :3]
    assert colors[0].tolist() == colors[1].tolist() != colors[2].tolist()
    assert colors[::2].tolist() == np.asarray(points.get_facecolor())[:, :3].tolist()
    assert len(set(SHADES)) == len(SHADES)


def test_draw_columns__group_without_animals__draws_nothing() -> None:
    axes = Figure().subplots()
    draw_columns(axes, [Column(0, 0.3, 0, [])])
    assert [len(np.asarray(each.get_offsets())) for each in axes.collections] == [0]
