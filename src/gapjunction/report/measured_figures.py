"""Figures of what tables of a prediction tell: quantiles of plaques, and measures of assets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.plaque_distributions import SHARES, Distribution, FloatArray
from gapjunction.benchmark.predicted_tables import TableMeasure
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.report.group_panels import (
    datasets_of,
    draw_groups,
    members,
    name_datasets,
    panels_for,
    shown_factor,
)
from gapjunction.report.super_plot import SHADES, AnimalValue, mean_interval

STYLES = ("solid", "dashed", "dashdot", "dotted")  # of datasets
PERCENT = 100 * SHARES
LOG_TICKS = (1, 2, 3, 5, 7)  # times powers of ten
LOG_ROOM, LINEAR_ROOM, ROOM_ABOVE = 1.4, 0.2, 1.05


@dataclass(frozen=True, slots=True)
class Pen:
    """How a group of a dataset is drawn, and what it is called."""

    color: str
    style: str
    label: str


def quantile_figure(study: GroupStudy, distributions: Sequence[Distribution]) -> Figure:
    """Draw the quantiles of each asset's plaques thin, their mean over a group's assets thick.

    The band is the 95 % t interval of that mean at each quantile. Where all values are above zero,
    the axis is logarithmic, and so are mean and interval. A mean begins where all assets of its
    group have a quantile above the resolution.
    """
    figure, panels = panels_for([each.title for each in distributions])
    factor = shown_factor(study)
    datasets = datasets_of(study)
    groups = list(dict.fromkeys(group for group, _, _ in members(study, factor)))
    for distribution, axes in zip(distributions, panels, strict=True):
        for group, dataset, own in members(study, factor):
            names = [AssetName(each.dataset, each.asset) for each in own]
            known = [distribution.quantiles[n] for n in names if n in distribution.quantiles]
            style = STYLES[datasets.index(dataset) % len(STYLES)]
            label = group if len(datasets) == 1 else f"{group}, {dataset}"
            pen = Pen(SHADES[groups.index(group) % len(SHADES)], style, label)
            _draw_quantiles(axes, known, pen, is_log=distribution.is_positive)
        axes.set_xlabel("share of plaques with less, %")
        axes.set_xlim(0, 100)
        _limit(axes, distribution)
    handles, labels = panels[0].get_legend_handles_labels()
    legend = figure.legend(
        handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=9
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def measures_figure(study: GroupStudy, measures: Sequence[TableMeasure]) -> Figure:
    """Draw a SuperPlot for each measure of a table, a panel each, called after its name."""
    figure, panels = panels_for([each.title for each in measures])
    factor = shown_factor(study)
    for measure, axes in zip(measures, panels, strict=True):
        draw_groups(axes, study, factor, partial(_animal_value, measure=measure))
        axes.set_title(measure.name, fontsize=10, parse_math=False)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    for measure, axes in zip(measures, panels, strict=True):
        alike = [a for m, a in zip(measures, panels, strict=True) if m.title == measure.title]
        highest = max(each.dataLim.y1 for each in alike)
        axes.set_ylim(0, ROOM_ABOVE * highest if np.isfinite(highest) and highest > 0 else 1)
    name_datasets(figure, datasets_of(study))
    return figure


def _animal_value(asset: AssetMeasures, measure: TableMeasure) -> AnimalValue | None:
    name = AssetName(asset.dataset, asset.asset)
    if name not in measure.values:
        return None
    return AnimalValue(measure.values[name], measure.by_image[name])


def _draw_quantiles(axes: Axes, known: Sequence[FloatArray], pen: Pen, *, is_log: bool) -> None:
    values = np.array(known, np.float64).reshape(-1, len(SHARES))
    for own in np.where(np.isfinite(values), values, np.nan):
        axes.plot(PERCENT, own, color=pen.color, linestyle=pen.style, linewidth=0.6, alpha=0.55)
    is_told = np.isfinite(values).all(axis=0) & (len(values) > 0)
    told, shown = PERCENT[is_told], values[:, is_told]
    to_axis, from_axis = (np.log, np.exp) if is_log else (np.positive, np.positive)
    means = from_axis(to_axis(shown).mean(axis=0)) if len(shown) else []
    axes.plot(told, means, color=pen.color, linestyle=pen.style, linewidth=2.2, label=pen.label)
    if len(shown) >= MIN_ASSETS:
        intervals = [mean_interval(each) for each in to_axis(shown).T]
        ends = np.array([(each.low, each.high) for each in intervals if each is not None])
        low, high = from_axis(ends.reshape(-1, 2).T)
        axes.fill_between(told, low, high, color=pen.color, alpha=0.18, linewidth=0)


def _limit(axes: Axes, distribution: Distribution) -> None:
    """Show all assets; bands may be cut, as three assets have very wide ones."""
    values = np.concatenate(list(distribution.quantiles.values()))
    low, high = (function(values[np.isfinite(values)]) for function in (np.min, np.max))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    if distribution.is_positive:
        axes.set_yscale("log")
        axes.set_ylim(low / LOG_ROOM, high * LOG_ROOM)
        axes.yaxis.set_major_locator(LogLocator(subs=LOG_TICKS))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        room = LINEAR_ROOM * (high - low) or 1.0
        axes.set_ylim(low - room, high + room)
