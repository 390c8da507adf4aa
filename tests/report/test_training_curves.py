"""Tests for `gapjunction.report.training_curves`."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from matplotlib.axes import Axes

from gapjunction.report.training_curves import SHADES, STYLES, training_figure

LOSSES: list[dict[str, float]] = [{}, {"center": 3.0, "box": 1.0}, {"center": 2.0, "box": 0.5}]
VALIDATION = [{"f1": 0.1, "recall": 0.3}, {"f1": 0.6, "recall": 0.5}, {"f1": 0.5, "recall": 0.7}]

Curves = dict[str, list[list[float]]]


def curves_of(axes: Axes) -> Curves:
    """Return the named lines of a plot: name -> [epochs, values]."""
    return {
        str(line.get_label()): [
            np.asarray(line.get_xdata()).tolist(),
            np.asarray(line.get_ydata()).tolist(),
        ]
        for line in axes.lines
        if not str(line.get_label()).startswith("_")
    }


def test_training_figure__curves__show_each_value_at_its_epoch() -> None:
    left, right = training_figure(LOSSES, VALIDATION, best=2).axes
    assert curves_of(left) == {
        "center": [[1, 2], [3.0, 2.0]],
        "box": [[1, 2], [1.0, 0.5]],
    }
    assert curves_of(right)["f1"] == [[0, 1, 2], [0.1, 0.6, 0.5]]


def test_training_figure__best_epoch__is_marked_in_both_plots() -> None:
    figure = training_figure(LOSSES, VALIDATION, best=2)
    for axes in figure.axes:
        [mark] = [line for line in axes.lines if str(line.get_label()).startswith("_")]
        assert np.asarray(mark.get_xdata()).tolist() == [2, 2]
    assert "best: epoch 2" in figure.axes[1].get_ylabel()


@pytest.mark.parametrize("num_epochs", [1, 2, 3])
def test_training_figure__any_number_of_epochs__can_be_saved(num_epochs: int) -> None:
    figure = training_figure(LOSSES[:num_epochs], VALIDATION[:num_epochs], best=1)
    figure.savefig(io.BytesIO(), format="png")


def test_training_figure__more_metrics_than_shades__draws_them_all() -> None:
    records: Sequence[Mapping[str, float]] = [{f"metric {n}": 0.1 * n for n in range(7)}]
    _, right = training_figure(LOSSES[:1], records, best=1).axes
    assert len(curves_of(right)) == 7 > max(len(SHADES), len(STYLES))


def test_training_figure__metrics_that_are_shares__have_the_whole_scale() -> None:
    _, right = training_figure(LOSSES, VALIDATION, best=1).axes
    low, high = right.get_ylim()
    assert low == 0
    assert high >= 1
