"""SuperPlots: fields as small points, animals as large ones, and the mean of the animals.

After Lord, Velle, Mullins and Fritz-Laylin 2020 (J. Cell Biol. 219, e202001064): all that was
measured is seen, and the animal stays the unit. Points of a column lie beside each other where they
would hide one another, so that a column is as wide as its values are crowded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import stats

from gapjunction.metrics.interval import CONFIDENCE, MIN_ASSETS, Interval

MARKERS = ("o", "s", "^", "D", "v", "P")
# Okabe & Ito's color-blind safe palette.
SHADES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
ANIMAL_AREA, FIELD_AREA = 46.0, 9.0  # of a point, in square points
BINS = 18  # of the range of a panel's values: points of one bin lie beside each other
MEAN_SHARE, CAP_SHARE = 0.9, 0.35  # of the width of a column

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnimalValue:
    """The one value of an animal, and those of its fields, where there are some."""

    value: float
    fields: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """The animals of one group.

    Attributes:
        middle: where the column is on the x axis.
        half_width: how far its points may reach from there.
        marker: the place of its marker among `MARKERS`, which repeat.
    """

    middle: float
    half_width: float
    marker: int
    animals: Sequence[AnimalValue]


def draw_columns(axes: Axes, columns: Sequence[Column]) -> None:
    """Draw the columns of a panel; an animal's fields have its color, and colors repeat."""
    values = [each.value for column in columns for each in column.animals]
    values += [field for column in columns for each in column.animals for field in each.fields]
    span = float(np.ptp(values)) if values else 0.0
    for column in columns:
        _draw_fields(axes, column, span)
        _draw_animals(axes, column, span)
        _draw_mean(axes, column)


def mean_interval(values: FloatArray) -> Interval | None:
    """Return the 95 % t interval of the mean of values (N,); None of less than two."""
    if len(values) < MIN_ASSETS:
        return None
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * error
    return Interval(float(values.mean()) - half, float(values.mean()) + half)


def side_steps(values: FloatArray, span: float) -> FloatArray:
    """Return how far values (N,) go to the sides, -1 to 1, so that none of a bin hides another.

    The bins are those of `span`, the range of all columns, and the points of each are spread
    evenly about the middle, which the first, the third, ... of an odd number keeps.
    """
    bins = np.floor((values - values.min(initial=0.0)) / (span / BINS or 1.0))
    most = max(np.unique(bins, return_counts=True)[1], default=1)
    steps = np.zeros(len(values))
    for own in np.unique(bins):
        rows = np.flatnonzero(bins == own)
        places = np.arange(len(rows)) - (len(rows) - 1) / 2
        steps[rows] = places / max((most - 1) / 2, 1.0)
    return steps


def marker_of(place: int) -> str:
    """Return the marker of the column with this place."""
    return MARKERS[place % len(MARKERS)]


def _draw_fields(axes: Axes, column: Column, span: float) -> None:
    values = np.array([v for each in column.animals for v in each.fields], np.float64)
    numbers = [n for n, each in enumerate(column.animals) for _ in each.fields]
    if not len(values):
        return
    axes.scatter(
        column.middle + column.half_width * side_steps(values, span),
        values,
        s=FIELD_AREA,
        marker=marker_of(column.marker),
        color=[SHADES[number % len(SHADES)] for number in numbers],
        edgecolors="0.35",
        linewidths=0.3,
        alpha=0.75,
        zorder=1,
    )


def _draw_animals(axes: Axes, column: Column, span: float) -> None:
    values = np.array([each.value for each in column.animals], np.float64)
    axes.scatter(
        column.middle + column.half_width * 0.8 * side_steps(values, span),
        values,
        s=ANIMAL_AREA,
        marker=marker_of(column.marker),
        color=[SHADES[number % len(SHADES)] for number in range(len(values))],
        edgecolors="black",
        linewidths=1.0,
        zorder=3,
    )


def _draw_mean(axes: Axes, column: Column) -> None:
    """Draw the mean of the animals as a line, and its 95 % interval."""
    values = np.array([each.value for each in column.animals], np.float64)
    if not len(values):
        return
    mean, reach = float(values.mean()), column.half_width * MEAN_SHARE
    axes.hlines(mean, column.middle - reach, column.middle + reach, "black", lw=1.8, zorder=4)
    interval = mean_interval(values)
    if interval is not None:
        axes.vlines(column.middle, interval.low, interval.high, "black", lw=1.2, zorder=2)
        caps = column.half_width * CAP_SHARE
        ends = [interval.low, interval.high]
        axes.hlines(ends, column.middle - caps, column.middle + caps, "black", lw=1.2, zorder=2)
