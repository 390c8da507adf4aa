"""The course of a training run as a figure."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

STYLES = ("solid", "dashed", "dotted", "dashdot")
SHADES = ("#000000", "#0072B2", "#D55E00", "#009E73")  # Okabe & Ito's colour-blind safe palette


def training_figure(
    losses: Sequence[Mapping[str, float]], validation: Sequence[Mapping[str, float]], best: int
) -> Figure:
    """Draw losses and validation metrics (0 to 1) over the epochs; a line marks the best, from 1.

    Both sequences hold one mapping from name to value for each epoch.
    """
    figure = Figure(figsize=(9, 3.6), dpi=120, layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, records, title in (
        (left, losses, "Training loss"),
        (right, validation, "Validation"),
    ):
        epochs = range(1, len(records) + 1)
        for number, name in enumerate(records[0]):
            style = STYLES[number % len(STYLES)]
            shade = SHADES[number % len(SHADES)]
            values = [record[name] for record in records]
            axes.plot(epochs, values, label=name, linestyle=style, color=shade, marker=".")
        axes.axvline(best, color="0.6", linewidth=1, zorder=0)
        axes.set(xlabel="Epoch", title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    left.set(ylabel="Loss per object", ylim=(0, None))
    right.set(ylabel=f"Share (best: epoch {best})", ylim=(0, 1.02))
    return figure
