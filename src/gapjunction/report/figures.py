"""Figures of the agreement of predicted with true object counts.

They work in grey and for color-blind readers: nothing is told by color alone. Figures are
built without pyplot, which keeps global state and may ask for a screen; save them with
``figure.savefig``.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from gapjunction.metrics.counts import CountArray, concordance
from gapjunction.text import counted

SIDE_INCHES = 5.0
DOTS_PER_INCH = 150
POINTS = "#0072B2"  # the blue of Okabe & Ito's color-blind safe palette
LINES = "0.25"
PAD = 0.12  # inches between what is drawn and the edge
MARGIN = 0.06  # of the axis, around the points


def predicted_against_true_figure(
    truth: CountArray, predicted: CountArray, unit: str = "image"
) -> Figure:
    """Draw predicted against true count of each image or stack (N,), with the identity line."""
    figure, axes = square_figure()
    top = float(np.max([truth, predicted], initial=1))
    ends = (-MARGIN * top, (1 + MARGIN) * top)
    axes.plot(
        ends, ends, color=LINES, linewidth=1, linestyle="dashed", label="predicted = true", zorder=1
    )
    draw_points(axes, truth, predicted)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    axes.set_xlabel(f"True count (objects per {unit})")
    axes.set_ylabel(f"Predicted count (objects per {unit})")
    agreement = concordance(truth.astype(np.float64), predicted.astype(np.float64))
    ending = "" if agreement is None else f", concordance {agreement:.3f}"
    axes.set_title(f"Counts, {counted(len(truth), unit)}{ending}")
    return figure


def square_figure(extra_width: float = 0.0) -> tuple[Figure, Axes]:
    """Return a figure with square axes of whole numbers, and inches beside them for names."""
    size = (SIDE_INCHES * 1.15 + extra_width, SIDE_INCHES)
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout=ConstrainedLayoutEngine(w_pad=PAD))
    axes = figure.add_subplot()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def draw_points(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    color: str = POINTS,
    marker: str = "o",
    label: str = "",
) -> None:
    """Draw see-through points: images with the same counts show as darker ones."""
    axes.scatter(
        x,
        y,
        s=36,
        color=color,
        marker=marker,
        label=label or None,
        alpha=0.7,
        edgecolors="black",
        linewidths=0.8,
        zorder=2,
    )
