"""The figure of `docs/benchmarks.md`: what each method scores on each set."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.methods import NAMES
from bench.results import Result, result_of
from bench.scoring import SetScore, score_set
from bench.sets import SETS

WIDTH_INCHES, ROW_INCHES, FRAME_INCHES = 9.0, 0.42, 1.5
# Sets differ in shape and filling, so that no color is needed to tell them apart.
MARKS = {
    "own_human": ("o", "black"),
    "own_rat": ("s", "black"),
    "second_human": ("o", "white"),
    "second_rat": ("s", "white"),
    "third_human": ("o", "0.6"),
    "third_rat": ("s", "0.6"),
}
OFFSETS = {name: 0.3 - 0.12 * place for place, name in enumerate(MARKS)}  # in rows
LOWEST = 0.5  # shown, unless a method scores less


def draw_scores(results: Sequence[Result], titles: Mapping[str, str]) -> Figure:
    """Draw F1 by center distance and at IoU 0.5, a row for each method."""
    names = [name for name in NAMES if name in titles][::-1]
    height = FRAME_INCHES + ROW_INCHES * len(names)
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    _draw_panel(left, results, names, "f1_distance")
    _draw_panel(right, results, names, "f1_iou")
    left.set_yticks(range(len(names)), [titles[name] for name in names])
    left.set_xlabel("F1, center distance")
    right.set_xlabel("F1, IoU 0.5")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure


def _draw_panel(axes: Axes, results: Sequence[Result], names: Sequence[str], number: str) -> None:
    all_scores: list[float] = []
    for set_name, (marker, filling) in MARKS.items():
        scores, rows = [], []
        for row, name in enumerate(names):
            result = result_of(results, set_name, name)
            if result is not None:
                scores.append(_score(score_set(result.images), number))
                rows.append(row + OFFSETS[set_name])
        if not scores:
            continue
        all_scores += scores
        label = SETS[set_name].title
        axes.plot(
            scores,
            rows,
            linestyle="none",
            marker=marker,
            markerfacecolor=filling,
            markeredgecolor="black",
            clip_on=False,
            label=label,
        )
    axes.set_xlim(min([LOWEST, *all_scores]), 1)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(axis="both", color="0.9")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _score(score: SetScore, number: str) -> float:
    value = score.f1_distance if number == "f1_distance" else score.f1_iou
    return 0.0 if value is None else value
