"""Legends that stand where no curve can be."""

from matplotlib.axes import Axes


def legend_above(axes: Axes, num_columns: int) -> None:
    """Put the legend of what has a label above the axes."""
    legend = axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
        ncols=num_columns,
        frameon=False,
        fontsize=9,
        handlelength=2.5,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
