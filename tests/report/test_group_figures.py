"""Tests for `gapjunction.report.group_figures`."""

import io

import numpy as np
from matplotlib.figure import Figure

from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.group_figures import age_figure, effect_figure, group_figure
from group_cases import asset, study, two_groups

ASSETS = two_groups([1, 2, 3], [3, 4, 8]) + two_groups([10, 20], [30, 40], dataset="mice $x$")


def points_of(figure: Figure, panel: int) -> np.ndarray:
    return np.concatenate([np.asarray(c.get_offsets()) for c in figure.axes[panel].collections])


def draw(figure: Figure) -> None:
    figure.savefig(io.BytesIO(), format="png")


def test_group_figure__every_asset__is_a_point() -> None:
    figure = group_figure(study(ASSETS), "diagnosis")
    heights = points_of(figure, 0)[:, 1].tolist()
    assert sorted(heights) == sorted(100.0 * n for n in (1, 2, 3, 3, 4, 8, 10, 20, 30, 40))
    low, high = figure.axes[0].get_ylim()
    assert (low, high > 4000) == (0, True)
    draw(figure)


def test_group_figure__two_datasets__have_markers_of_their_own() -> None:
    figure = group_figure(study(ASSETS), "diagnosis")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["mice $x$", "rats"]


def test_age_figure__every_asset_of_known_age__is_a_point() -> None:
    ages = [AssetMetadata(age_months=n) for n in (1, 5, 600)]
    figure = age_figure(study([asset(n + 1, metadata=age) for n, age in enumerate(ages)]))
    assert sorted(points_of(figure, 0)[:, 0].tolist()) == [1, 5, 600]
    assert figure.axes[0].get_xscale() == "log"
    draw(figure)


def test_effect_figure__comparisons_and_datasets__have_a_line_each() -> None:
    figure = effect_figure(study(ASSETS, "diagnosis"))
    titles = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert titles[1:3] == ["in mice $x$", "in rats"]
    assert len(titles) == 6
    low, high = figure.axes[0].get_xlim()
    assert low < 1 < 35 / 15 < high
    draw(figure)
