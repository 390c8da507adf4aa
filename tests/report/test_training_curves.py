"""Tests for `gapjunction.report.training_curves`."""

import io

import numpy as np
import pytest
from matplotlib.axes import Axes

from gapjunction.report.training_curves import training_figure

TRAINING, HELD_OUT = [None, 4.0, 2.5], [5.0, 4.5, 3.0]
VALIDATION = [
    {"f1": 0.91, "precision": 0.9, "recall": 0.92, "count_error": 0.2, "threshold": 0.4},
    {"f1": 0.96, "precision": 0.95, "recall": 0.97, "count_error": 0.1, "threshold": 0.5},
    {"f1": 0.95, "precision": 0.94, "recall": 0.96, "count_error": 0.3, "threshold": 0.6},
]

Curves = dict[str, list[list[float]]]


def curves_of(axes: Axes) -> Curves:
    """Return the named lines of a plot: name -> [epochs, values]."""
    return {
        str(line.get_label()): [
            np.asarray(line.get_xdata()).tolist(),
            np.asarray(line.get_ydata()).tolist(),
        ]
        for line in axes.lines
    }


def test_training_figure__curves__show_each_value_at_its_epoch() -> None:
    of_loss, of_scores, of_counts = map(
        curves_of, training_figure(TRAINING, HELD_OUT, VALIDATION, best=1).axes
    )
    assert of_loss["training"] == [[1, 2], [4.0, 2.5]]
    assert of_loss["validation"] == [[0, 1, 2], [5.0, 4.5, 3.0]]
    assert of_scores["F1"] == [[0, 1, 2], [0.91, 0.96, 0.95]]
    assert set(of_scores) == {"F1", "precision", "recall", "best: epoch 1"}
    assert of_counts["count error"] == [[0, 1, 2], [0.2, 0.1, 0.3]]


def test_training_figure__best_epoch__is_marked_and_named_everywhere() -> None:
    for axes in training_figure(TRAINING, HELD_OUT, VALIDATION, best=1).axes:
        assert curves_of(axes)["best: epoch 1"][0] == [1, 1]


def test_training_figure__scores__have_a_range_of_their_own() -> None:
    low, high = training_figure(TRAINING, HELD_OUT, VALIDATION, best=1).axes[1].get_ylim()
    assert 0.85 < low < 0.9
    assert 0.97 < high < 1


def test_training_figure__curves__differ_without_color() -> None:
    axes = training_figure(TRAINING, HELD_OUT, VALIDATION, best=1).axes
    for panel in axes[:2]:
        curves = [line for line in panel.lines if len(np.asarray(line.get_xdata())) > 2]
        styles = [line.get_linestyle() for line in curves]
        assert len(set(styles)) == len(styles)


def test_training_figure__losses_of_random_weights__do_not_hide_those_of_the_end() -> None:
    scores = [{**VALIDATION[0], "f1": 0.01}, *VALIDATION[1:]]
    axes = training_figure([None, 300.0, 2.5], [900.0, 4.5, 3.0], scores, best=1).axes
    assert [panel.get_yscale() for panel in axes] == ["log", "linear", "linear"]


@pytest.mark.long
@pytest.mark.parametrize("num_epochs", [1, 2, 3])
def test_training_figure__any_number_of_epochs__can_be_saved(num_epochs: int) -> None:
    figure = training_figure(
        TRAINING[:num_epochs], HELD_OUT[:num_epochs], VALIDATION[:num_epochs], best=0
    )
    figure.savefig(io.BytesIO(), format="png")


def test_training_figure__run_of_an_earlier_version__has_no_validation_loss() -> None:
    axes = training_figure(TRAINING, [None] * 3, VALIDATION, best=1).axes[0]
    assert set(curves_of(axes)) == {"training", "best: epoch 1"}
