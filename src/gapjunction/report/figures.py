"""Figures of the agreement of predicted with true object counts.

They work in grey and for colour-blind readers: nothing is told by colour alone. Figures are
built without pyplot, which keeps global state and may ask for a screen; save them with
``figure.savefig``.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gapjunction.metrics.counts import CountArray, concordance
from gapjunction.metrics.limits_of_agreement import AssetNumbers, limits_of_agreement
from gapjunction.text import counted

SIDE_INCHES = 5.0
DOTS_PER_INCH = 150
POINTS = "#0072B2"  # the blue of Okabe & Ito's colour-blind safe palette
LINES = "0.25"
NAME_SHIFT = 12.0  # points
MARGIN = 0.06  # of the axis, around the points


def bland_altman_figure(
    truth: CountArray,
    predicted: CountArray,
    unit: str = "image",
    asset_of_image: AssetNumbers | None = None,
) -> Figure:
    """Draw difference against mean of the true and predicted count of each image or stack (N,).

    Lines show the bias and the 95 % limits of agreement, `limits_of_agreement`, which need two
    of them. A slope of the points shows an error that grows with the number of objects.
    """
    figure, axes = _square_figure()
    mean, difference = (truth + predicted) / 2, (predicted - truth).astype(np.float64)
    axes.axhline(0, color="0.8", linewidth=1, zorder=0)
    _draw_points(axes, mean, difference)
    limits = limits_of_agreement(difference, asset_of_image)
    reach = float(np.max(np.abs(difference), initial=1))
    if limits is not None:
        _draw_level(axes, float(difference.mean()), "bias", "solid", 0)
        _draw_level(axes, limits.high, "upper 95 %", "dashed", NAME_SHIFT)
        _draw_level(axes, limits.low, "lower 95 %", "dashed", -NAME_SHIFT)
        reach = max(limits.high, -limits.low, reach)
    axes.set_ylim(-reach * (1 + 2 * MARGIN), reach * (1 + 2 * MARGIN))
    top = float(np.max(mean, initial=1))
    axes.set_xlim(-MARGIN * top, (1 + MARGIN) * top)
    axes.set_xlabel(f"Mean of true and predicted count (objects per {unit})")
    axes.set_ylabel(f"Predicted - true count (objects per {unit})")
    axes.set_title(f"Agreement of counts, {counted(len(truth), unit)}")
    return figure


def predicted_against_true_figure(
    truth: CountArray, predicted: CountArray, unit: str = "image"
) -> Figure:
    """Draw predicted against true count of each image or stack (N,), with the identity line."""
    figure, axes = _square_figure()
    top = float(np.max([truth, predicted], initial=1))
    ends = (-MARGIN * top, (1 + MARGIN) * top)
    axes.plot(
        ends, ends, color=LINES, linewidth=1, linestyle="dashed", label="predicted = true", zorder=1
    )
    _draw_points(axes, truth, predicted)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    axes.set_xlabel(f"True count (objects per {unit})")
    axes.set_ylabel(f"Predicted count (objects per {unit})")
    agreement = concordance(truth.astype(np.float64), predicted.astype(np.float64))
    ending = "" if agreement is None else f", concordance {agreement:.3f}"
    axes.set_title(f"Counts, {counted(len(truth), unit)}{ending}")
    return figure


def _square_figure() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(SIDE_INCHES * 1.15, SIDE_INCHES), dpi=DOTS_PER_INCH)
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _draw_points(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw see-through points: images with the same counts show as darker ones."""
    axes.scatter(x, y, s=36, color=POINTS, alpha=0.6, edgecolors="black", linewidths=0.8, zorder=2)


def _draw_level(axes: Axes, level: float, name: str, style: str, shift_points: float) -> None:
    """Draw a level line named at the right, beside the axes, where no point can hide the name.

    Shifting the names of the limits outward keeps them legible where all levels coincide.
    """
    axes.axhline(level, color=LINES, linewidth=1, linestyle=style, zorder=1)
    axes.annotate(
        f"{name}: {level:+.1f}",
        (1, level),
        xycoords=("axes fraction", "data"),
        xytext=(4, shift_points),
        textcoords="offset points",
        verticalalignment="center",
        fontsize=9,
    )
