"""Tests for `gapjunction.report.bland_altman`."""

import io

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from detection_study import groups_of
from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite
from gapjunction.metrics.counts import count_metrics
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.super_plot import SHADES

TRUTH, PREDICTED = np.array([0, 10, 20, 5]), np.array([2, 9, 25, 5])
GROUPS = groups_of(0, 0, 1, 1)


def points_of(figure: Figure) -> list[list[list[float]]]:
    return [
        np.asarray(each.get_offsets()).tolist()
        for each in figure.axes[0].collections
        if isinstance(each, PathCollection)
    ]


def levels_of(figure: Figure) -> set[float]:
    return {float(np.asarray(line.get_ydata())[0]) for line in figure.axes[0].lines}


def bands_of(figure: Figure) -> list[tuple[float, float]]:
    patches = [each for each in figure.axes[0].patches if isinstance(each, Rectangle)]
    return [(each.get_y(), each.get_y() + each.get_height()) for each in patches]


def test_bland_altman_figure__points__are_mean_and_difference() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED)
    assert points_of(figure) == [[[1, 2], [9.5, -1], [22.5, 5], [5, 0]]]


def test_bland_altman_figure__lines__are_the_bias_and_limits_of_the_metrics() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED)
    metrics = count_metrics(TRUTH, PREDICTED)
    assert levels_of(figure) == {
        0.0,
        metrics.bias,
        metrics.limits_of_agreement_low,
        metrics.limits_of_agreement_high,
    }
    assert bands_of(figure) == []


def test_bland_altman_figure__assets__have_the_intervals_of_the_metrics() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED, groups=GROUPS)
    paired = PairedCounts(tuple("abcd"), ("x",), TRUTH[:, None], PREDICTED[:, None])
    values = count_suite(paired, GROUPS)["all"]
    assert values["limits_of_agreement_low"] in levels_of(figure)
    names = ("limits_of_agreement_high", "bias", "limits_of_agreement_low")
    expected = [(values[f"{name}_low"], values[f"{name}_high"]) for name in names]
    assert bands_of(figure) == [pytest.approx(each) for each in expected]


def test_bland_altman_figure__assets__have_colors_and_markers_of_their_own() -> None:
    figure = bland_altman_figure(TRUTH, PREDICTED, groups=GROUPS)
    assert points_of(figure) == [[[1, 2], [9.5, -1]], [[22.5, 5], [5, 0]]]
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["rat 0", "rat 1"]


def test_bland_altman_figure__more_assets_than_colors__have_one() -> None:
    number = len(SHADES) + 1
    counts = np.arange(number)
    figure = bland_altman_figure(counts, counts + 1, groups=groups_of(*range(number)))
    assert len(points_of(figure)) == 1
    assert figure.axes[0].get_legend() is None


@pytest.mark.long
@pytest.mark.parametrize("groups", [None, GROUPS, groups_of(0, 1, 2, 3), groups_of(0, 0, 0, 0)])
@pytest.mark.parametrize("predicted", [TRUTH, PREDICTED, TRUTH + 1])
def test_bland_altman_figure__names_of_lines__stand_inside_and_apart(
    groups: AssetGroups | None, predicted: np.ndarray
) -> None:
    figure = bland_altman_figure(TRUTH, predicted, groups=groups)
    figure.savefig(io.BytesIO(), format="png")
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 3
    assert all(box.x1 < figure.bbox.x1 - 5 for box in boxes)
    assert not any(
        one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number]
    )
