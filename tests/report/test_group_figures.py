"""Tests for `gapjunction.report.group_figures`."""

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from gapjunction.benchmark.asset_measures import Measure
from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.group_figures import age_figure, effect_figure, group_figure
from group_cases import asset, study, two_groups

ASSETS = two_groups([1, 2, 3], [3, 4, 8]) + two_groups([10, 20], [30, 40], dataset="mice $x$")


def points_of(figure: Figure, panel: int) -> np.ndarray:
    points = [c for c in figure.axes[panel].collections if isinstance(c, PathCollection)]
    return np.concatenate([np.asarray(each.get_offsets()) for each in points])


def draw(figure: Figure) -> None:
    figure.savefig(io.BytesIO(), format="png")


def test_group_figure__every_asset__is_a_point() -> None:
    figure = group_figure(study(ASSETS), "diagnosis")
    heights = points_of(figure, 0)[:, 1].tolist()
    assert sorted(heights) == sorted(100.0 * n for n in (1, 2, 3, 3, 4, 8, 10, 20, 30, 40))
    low, high = figure.axes[0].get_ylim()
    assert (low, high > 4000) == (0, True)
    draw(figure)


def test_group_figure__images__are_small_points_behind_their_asset() -> None:
    fields: dict[Measure, tuple[float, ...]] = {
        "plaques_per_mm2": (100.0, 300.0),
        "plaque_size_um": (0.4,),
    }
    assets = [replace(each, by_image=fields) for each in two_groups([2, 3], [4, 5])]
    figure = group_figure(study(assets, "diagnosis"), "diagnosis")
    heights = points_of(figure, 0)[:, 1].tolist()
    assert sorted(heights) == sorted([100.0, 300.0] * 4 + [200, 300, 400, 500])
    assert "small ones their images" in figure.get_suptitle()


def test_group_figure__comparison__has_a_bracket_with_its_p() -> None:
    compared = study(ASSETS, "diagnosis")
    texts = [each.get_text() for each in group_figure(compared, "diagnosis").axes[0].texts]
    assert texts == [f"p = {compared.comparisons[0].p_holm:.3f}"]


def test_group_figure__exploratory_comparison__says_so() -> None:
    figure = group_figure(study(ASSETS, "diagnosis", primary="species"), "diagnosis")
    assert figure.axes[0].texts[0].get_text().startswith("p (exploratory) = ")


def test_group_figure__sizes__fill_their_panel() -> None:
    assets = [
        asset(n, size_um=size, diagnosis=group)
        for n, size, group in [(1, 0.70, "healthy"), (2, 0.701, "healthy"), (3, 0.74, "epilepsy")]
    ]
    low, high = group_figure(study(assets, "diagnosis"), "diagnosis").axes[1].get_ylim()
    assert 0.6 < low < 0.70
    assert 0.74 < high < 0.9


def test_group_figure__two_datasets__have_markers_of_their_own() -> None:
    figure = group_figure(study(ASSETS), "diagnosis")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["mice $x$", "rats"]


@pytest.mark.long
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


def test_effect_figure__interval_that_goes_on__ends_in_an_arrow() -> None:
    """Two and two assets: the interval is many times wider than the ratio."""
    figure = effect_figure(study(two_groups([1, 9], [20, 70]), "diagnosis"))
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert ">" in markers
    bottom, top = figure.axes[0].get_ylim()
    assert (bottom, top) == pytest.approx((1.7, -0.7))
