"""The course of a training run as a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from gapjunction.report.legends import legend_above

LOG_FROM_RATIO = 10  # of the highest value to the lowest: where a straight axis hides the low ones
PAD = 0.12  # inches around each panel
ROOM = 0.08  # of the range of values, above and below


@dataclass(frozen=True, slots=True)
class Pen:
    """How a curve is drawn; colors are of Okabe & Ito's color-blind safe palette."""

    color: str
    style: str = "solid"
    width: float = 1.8


TRAINING, VALIDATION = Pen("#000000"), Pen("#D55E00", "dashed")
SCORES = {
    "f1": ("F1", Pen("#000000")),
    "precision": ("precision", Pen("#0072B2", "dashed", 0.9)),
    "recall": ("recall", Pen("#D55E00", "dotted", 1.1)),
}
COUNT_ERROR = {"count_error": ("count error", Pen("#0072B2"))}


def training_figure(
    losses: Sequence[float | None],
    validation_losses: Sequence[float | None],
    validation: Sequence[Mapping[str, float]],
    best: int,
) -> Figure:
    """Draw losses, scores and count errors over the epochs, each on its own range.

    A line marks the best epoch. All sequences have one item for each epoch, from 0 on: the total
    loss for each object of the training tiles and of those for validation, None where there is
    none, and the validation metrics by name.
    """
    figure = Figure(figsize=(12, 3.8), dpi=120, layout=ConstrainedLayoutEngine(w_pad=PAD))
    of_loss, of_scores, of_counts = figure.subplots(1, 3)
    _draw(of_loss, losses, "training", TRAINING)
    _draw(of_loss, validation_losses, "validation", VALIDATION)
    for axes, shown in ((of_scores, SCORES), (of_counts, COUNT_ERROR)):
        for name, (title, pen) in shown.items():
            _draw(axes, [each.get(name) for each in validation], title, pen)
    of_loss.set_ylabel("Loss per object")
    of_scores.set_ylabel("Validation, IoU 0.5")
    of_counts.set_ylabel("Validation, share of annotated objects")
    for axes in (of_loss, of_scores, of_counts):
        _fit_range(axes, may_be_log=axes is of_loss)
        _finish(axes, best)
    return figure


def _draw(axes: Axes, values: Sequence[float | None], title: str, pen: Pen) -> None:
    """Draw the values that there are, at their epochs."""
    points = [(epoch, value) for epoch, value in enumerate(values) if value is not None]
    if points:
        axes.plot(
            *zip(*points, strict=True),
            label=title,
            color=pen.color,
            linestyle=pen.style,
            linewidth=pen.width,
            marker="o",
            markersize=2 * pen.width,
        )


def _finish(axes: Axes, best: int) -> None:
    """Mark the best epoch, and put the legend above, where no curve can be."""
    axes.axvline(best, color="0.75", linewidth=5, alpha=0.6, zorder=0, label=f"best: epoch {best}")
    axes.set_xlabel("Epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    legend_above(axes, num_columns=2)


def _fit_range(axes: Axes, *, may_be_log: bool) -> None:
    """Show the range of values alone: steps of a good detector are small."""
    drawn = [np.asarray(line.get_ydata(), np.float64) for line in axes.lines]
    if not drawn:
        return
    values = np.concatenate(drawn)
    low, high = float(values.min()), float(values.max())
    if may_be_log and low > 0 and high > LOG_FROM_RATIO * low:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(ScalarFormatter())
        return
    room = ROOM * (high - low) or 0.01
    axes.set_ylim(low - room, high + room)
