"""Tests for `gapjunction.report.figures`."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from gapjunction.metrics.counts import CountArray, count_metrics
from gapjunction.report.figures import bland_altman_figure, predicted_against_true_figure

Draw = Callable[[CountArray, CountArray], Figure]

TRUTH, PREDICTED = np.array([0, 10, 20, 5]), np.array([2, 9, 25, 5])


def points_of(figure: Figure) -> list[list[float]]:
    [points] = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    offsets: list[list[float]] = np.asarray(points.get_offsets()).tolist()
    return offsets


def test_bland_altman_figure__points__are_mean_and_difference() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED)
    assert points_of(figure) == [[1, 2], [9.5, -1], [22.5, 5], [5, 0]]


def test_bland_altman_figure__lines__are_the_bias_and_limits_of_the_metrics() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED)
    levels = {float(np.asarray(line.get_ydata())[0]) for line in figure.axes[0].lines}
    metrics = count_metrics(TRUTH, PREDICTED)
    expected = {
        0.0,
        metrics.bias,
        metrics.limits_of_agreement_low,
        metrics.limits_of_agreement_high,
    }
    assert levels == expected


def test_bland_altman_figure__assets__have_the_limits_of_the_metrics() -> None:
    assets = np.array([0, 0, 1, 1])
    figure = bland_altman_figure(TRUTH, PREDICTED, asset_of_image=assets)
    levels = {float(np.asarray(line.get_ydata())[0]) for line in figure.axes[0].lines}
    assert count_metrics(TRUTH, PREDICTED, assets).limits_of_agreement_low in levels


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
    [axes] = draw(TRUTH, PREDICTED, "stack").axes
    assert "(objects per stack)" in axes.get_xlabel()
    assert "4 stacks" in axes.get_title()
