"""The figure of Bland & Altman (1986): how far two counts of an image agree."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.metrics.counts import CountArray
from gapjunction.metrics.interval import Interval
from gapjunction.metrics.jackknife import jackknife_interval, without_each
from gapjunction.metrics.limits_of_agreement import FloatArray, limits_of_agreement
from gapjunction.report.figures import LINES, MARGIN, draw_points, square_figure
from gapjunction.report.legends import legend_above
from gapjunction.report.super_plot import SHADES
from gapjunction.text import counted, cut

MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # of assets, which also differ in color
LONGEST_NAME = 24  # characters of an asset in the legend
BAND = "0.9"
NAME_SPACING = 0.11  # of the height of the axes, between the names of two lines
FONT_SIZE = 9


class Level(NamedTuple):
    """A line of the figure, with its 95 % interval where that is known."""

    name: str
    value: float
    style: str
    interval: Interval | None

    def __str__(self) -> str:
        text = f"{self.name} {self.value:+.1f}"
        if self.interval is None:
            return text
        return f"{text}\n({self.interval.low:+.1f} to {self.interval.high:+.1f})"


def bland_altman_figure(
    truth: CountArray,
    predicted: CountArray,
    unit: str = "image",
    groups: AssetGroups | None = None,
) -> Figure:
    """Draw difference against mean of the true and predicted count of each image or stack (N,).

    Lines show the bias and the 95 % limits of agreement, `limits_of_agreement`, which need two
    of them, bands their 95 % intervals over assets. A slope of the points shows an error that
    grows with the number of objects. Where there are up to seven assets, each has a color and a
    marker.
    """
    figure, axes = square_figure(extra_width=1.0)
    mean, difference = (truth + predicted) / 2, (predicted - truth).astype(np.float64)
    axes.axhline(0, color="0.75", linewidth=1, zorder=1)
    _draw_images(axes, mean, difference, groups)
    levels = _levels(difference, groups)
    reach = float(np.max(np.abs(difference), initial=1))
    for level in levels:
        ends = [] if level.interval is None else [level.interval.low, level.interval.high]
        reach = max(reach, *(abs(value) for value in (level.value, *ends)))
    axes.set_ylim(-reach * (1 + 2 * MARGIN), reach * (1 + 2 * MARGIN))
    _draw_levels(axes, levels)
    top = float(np.max(mean, initial=1))
    axes.set_xlim(-MARGIN * top, (1 + MARGIN) * top)
    axes.set_xlabel(f"Mean of true and predicted count (objects per {unit})")
    axes.set_ylabel(f"Predicted - true count (objects per {unit})")
    figure.suptitle(f"Agreement of counts, {counted(len(truth), unit)}")
    return figure


def _levels(difference: FloatArray, groups: AssetGroups | None) -> list[Level]:
    """Return bias and limits; none of fewer than two images."""
    assets = None if groups is None else groups.known_asset_of_image
    limits = limits_of_agreement(difference, assets)
    if limits is None:
        return []
    bias = float(difference.mean())
    has_intervals = groups is not None and groups.have_intervals
    of_bias = _interval_of_bias(bias, difference, groups) if groups and has_intervals else None
    return [
        Level("upper 95 %", limits.high, "dashed", limits.interval_of_high),
        Level("bias", bias, "solid", of_bias),
        Level("lower 95 %", limits.low, "dashed", limits.interval_of_low),
    ]


def _interval_of_bias(bias: float, difference: FloatArray, groups: AssetGroups) -> Interval | None:
    without = without_each(
        groups.asset_of_image, lambda rows: {"bias": float(difference[rows].mean())}, ["bias"]
    )
    return jackknife_interval(bias, without["bias"], "plain")


def _draw_images(
    axes: Axes, mean: FloatArray, difference: FloatArray, groups: AssetGroups | None
) -> None:
    """Draw a point for each image, with a legend where assets have colors of their own."""
    if groups is None or not groups.is_known or not 1 < groups.num_assets <= len(SHADES):
        draw_points(axes, mean, difference)
        return
    for number, asset in enumerate(groups.assets):
        own = groups.asset_of_image == number
        title = cut(asset.asset, LONGEST_NAME)
        draw_points(axes, mean[own], difference[own], SHADES[number], MARKERS[number], title)
    legend_above(axes, num_columns=2)


def _draw_levels(axes: Axes, levels: list[Level]) -> None:
    """Draw lines, named at the right, beside the axes, where no point can hide the name."""
    for level in levels:
        axes.axhline(level.value, color=LINES, linewidth=1, linestyle=level.style, zorder=1)
        if level.interval is not None:
            axes.axhspan(level.interval.low, level.interval.high, color=BAND, zorder=0)
    for level, height in zip(levels, _heights_of_names(axes, levels), strict=True):
        axes.annotate(
            str(level),
            (1, height),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=FONT_SIZE,
        )


def _heights_of_names(axes: Axes, levels: list[Level]) -> list[float]:
    """Return where names stand, in shares of the axes' height: apart, where lines coincide."""
    if not levels:
        return []
    low, high = axes.get_ylim()
    upper, middle, lower = ((level.value - low) / (high - low) for level in levels)
    return [max(upper, middle + NAME_SPACING), middle, min(lower, middle - NAME_SPACING)]
