"""The course of a training run as a figure."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

STYLES = ("solid", "dashed", "dotted", "dashdot")
SHADES = ("#000000", "#0072B2", "#D55E00", "#009E73")  # Okabe & Ito's colour-blind safe palette


def training_figure(
    losses: Sequence[Mapping[str, float]], validation: Sequence[Mapping[str, float]], best: int
) -> Figure:
    """Draw losses and validation metrics (0 to 1) over the epochs; a line marks the best.

    Both sequences hold one mapping from name to value for each epoch, from 0 on; epoch 0, the
    start, has no losses.
    """
    figure = Figure(figsize=(9, 3.6), dpi=120, layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, records, title in (
        (left, losses, "Training loss"),
        (right, validation, "Validation"),
    ):
        for number, name in enumerate(records[-1]):
            style = STYLES[number % len(STYLES)]
            shade = SHADES[number % len(SHADES)]
            points = [(epoch, each[name]) for epoch, each in enumerate(records) if name in each]
            axes.plot(
                *zip(*points, strict=True), label=name, linestyle=style, color=shade, marker="."
            )
        axes.axvline(best, color="0.6", linewidth=1, zorder=0)
        axes.set(xlabel="Epoch", title=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        if records[-1]:
            axes.legend(frameon=False)
    left.set(ylabel="Loss per object", ylim=(0, None))
    right.set(ylabel=f"Share (best: epoch {best})", ylim=(0, 1.02))
    return figure
