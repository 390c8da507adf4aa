"""Tests for `gapjunction.report.figures`."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from gapjunction.metrics.counts import CountArray
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.figures import predicted_against_true_figure

Draw = Callable[[CountArray, CountArray], Figure]

TRUTH, PREDICTED = np.array([0, 10, 20, 5]), np.array([2, 9, 25, 5])


def points_of(figure: Figure) -> list[list[float]]:
    [points] = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    offsets: list[list[float]] = np.asarray(points.get_offsets()).tolist()
    return offsets


def test_predicted_against_true_figure__points__are_true_and_predicted() -> None:
    figure = predicted_against_true_figure(TRUTH, PREDICTED)
    assert points_of(figure) == [[0, 2], [10, 9], [20, 25], [5, 5]]


@pytest.mark.parametrize("draw", [bland_altman_figure, predicted_against_true_figure])
@pytest.mark.parametrize(
    ("truth", "predicted"), [([], []), ([3], [5]), ([0, 0], [0, 0]), (TRUTH, PREDICTED)]
)
def test_figures__any_counts__show_every_point_and_can_be_saved(
    draw: Draw, truth: list[int], predicted: list[int]
) -> None:
    figure = draw(np.array(truth, np.int64), np.array(predicted, np.int64))
    (low_x, high_x), (low_y, high_y) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert all(low_x < x < high_x and low_y < y < high_y for x, y in points_of(figure))
    figure.savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize("draw", [bland_altman_figure, predicted_against_true_figure])
def test_figures__axes__name_their_unit(draw: Draw) -> None:
    axes = draw(TRUTH, PREDICTED).axes[0]
    assert "objects per image" in axes.get_xlabel()
    assert "objects per image" in axes.get_ylabel()


@pytest.mark.parametrize("draw", [bland_altman_figure, predicted_against_true_figure])
def test_figures__counts_of_stacks__say_so(draw: Callable[..., Figure]) -> None:
    figure = draw(TRUTH, PREDICTED, "stack")
    [axes] = figure.axes
    assert "(objects per stack)" in axes.get_xlabel()
    assert "4 stacks" in figure.get_suptitle() + axes.get_title()
