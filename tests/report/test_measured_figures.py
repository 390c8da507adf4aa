"""Tests for `gapjunction.report.measured_figures`."""

import io

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.plaque_distributions import SHARES, Distribution
from gapjunction.benchmark.predicted_tables import TableMeasure
from gapjunction.report.measured_figures import measures_figure, quantile_figure
from group_cases import study, two_groups

STUDY = study(two_groups([1, 4], [3]), "diagnosis")
NAMES = [AssetName(each.dataset, each.asset) for each in STUDY.assets]


def distribution(*levels: float) -> Distribution:
    """Return one whose assets have one value at all quantiles."""
    values = {name: np.full(len(SHARES), float(v)) for name, v in zip(NAMES, levels, strict=True)}
    return Distribution("area, px", "area", values, dict.fromkeys(NAMES, 9))


def test_quantile_figure__positive__means_are_geometric_on_a_logarithmic_axis() -> None:
    [axes] = (figure := quantile_figure(STUDY, [distribution(1, 4, 3)])).axes
    means = {line.get_label(): np.asarray(line.get_ydata()) for line in axes.lines}
    assert means["healthy"] == pytest.approx(np.full(len(SHARES), 2))
    assert means["epilepsy"] == pytest.approx(np.full(len(SHARES), 3))
    assert axes.get_yscale() == "log"
    assert len(axes.collections) == 1  # a band for two assets, none for one
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["healthy", "epilepsy"]
    figure.savefig(io.BytesIO(), format="png")


def test_quantile_figure__negative_light__is_linear() -> None:
    [axes] = quantile_figure(STUDY, [distribution(-1, 4, 3)]).axes
    [mean] = [line for line in axes.lines if line.get_label() == "healthy"]
    assert np.asarray(mean.get_ydata()) == pytest.approx(np.full(len(SHARES), 1.5))
    assert axes.get_yscale() == "linear"


def test_quantile_figure__asset_below_the_resolution__begins_above_it() -> None:
    spots = distribution(1, 4, 3)
    spots.quantiles[NAMES[0]][:5] = -np.inf
    [axes] = quantile_figure(STUDY, [spots]).axes
    [mean] = [line for line in axes.lines if line.get_label() == "healthy"]
    assert len(np.asarray(mean.get_xdata())) == len(SHARES) - 5


def test_measures_figure__regions__have_panels_of_one_range() -> None:
    measures = [
        TableMeasure("per mm2", name, {NAMES[0]: high, NAMES[2]: 1}, dict.fromkeys(NAMES, (2,)))
        for name, high in (("cortex", 10.0), ("vessel", 4.0))
    ]
    figure = measures_figure(STUDY, measures)
    assert [axes.get_title() for axes in figure.axes] == ["cortex", "vessel"]
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    points = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    heights = np.concatenate([np.asarray(each.get_offsets())[:, 1] for each in points])
    assert sorted(heights.tolist()) == [1, 2, 2, 10]
    figure.savefig(io.BytesIO(), format="png")
