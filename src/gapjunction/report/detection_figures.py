"""Figures of detection metrics, which work in grey and for color-blind readers."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.metrics.operating_points import CRITERIA, Criterion, threshold_curve
from gapjunction.report.legends import legend_above

THRESHOLDS = np.linspace(0, 1, 101)
NUM_CURVE_POINTS = 400
ROOM_BELOW = 0.1  # of the shares at the model's own threshold, in their figure
TITLES: dict[Criterion, str] = {
    "iou30": "IoU 0.3",
    "iou50": "IoU 0.5",
    "center": "center distance",
}
STYLES: dict[Criterion, Literal["dashed", "solid", "dotted"]] = {
    "iou30": "dashed",
    "iou50": "solid",
    "center": "dotted",
}
SHADES: dict[Criterion, str] = {
    "iou30": "#0072B2",
    "iou50": "#000000",
    "center": "#D55E00",
}  # Okabe & Ito
BARS = (
    ("missed", "annotations_missed"),
    ("false", "detections_false"),
    ("doubled", "detections_doubled"),
    ("badly placed", "detections_badly_placed"),
    ("merged", "annotations_merged"),
    ("split", "detections_split"),
)
HATCHES = {"annotations": "////", "detections": ""}
FILLS = {"annotations": "#E5E5E5", "detections": "#56B4E9"}


def precision_recall_figure(study: DetectionStudy) -> Figure:
    """Draw precision against recall over thresholds; marks show the model's own.

    Shown is the corner with these marks, which need not begin at 0.
    """
    figure, axes = empty_figure()
    scores = study.table.found.scores.astype(np.float64)
    places = np.linspace(0, 1, NUM_CURVE_POINTS)
    thresholds = np.unique(np.quantile(scores, places)) if len(scores) else np.zeros(1)
    own = np.array([study.settings.threshold])
    own_recalls: list[float] = []
    own_precisions: list[float] = []
    for criterion in CRITERIA:
        curve = threshold_curve(study.table, criterion, thresholds)
        at_own = threshold_curve(study.table, criterion, own)
        axes.plot(
            curve["recall"],
            curve["precision"],
            label=TITLES[criterion],
            linestyle=STYLES[criterion],
            color=SHADES[criterion],
        )
        axes.plot(at_own["recall"], at_own["precision"], "o", color=SHADES[criterion])
        own_recalls += at_own["recall"].tolist()
        own_precisions += at_own["precision"].tolist()
    axes.set(xlabel="Recall", ylabel="Precision")
    axes.set(xlim=_range_around(own_recalls), ylim=_range_around(own_precisions))
    figure.suptitle(f"Precision and recall; dots: threshold {study.settings.threshold:.3f}")
    legend_above(axes, num_columns=len(CRITERIA))
    return figure


def f1_figure(study: DetectionStudy) -> Figure:
    """Draw F1 over the score threshold, with the model's own threshold as a line."""
    figure, axes = empty_figure()
    for criterion in CRITERIA:
        f1 = threshold_curve(study.table, criterion, THRESHOLDS)["f1"]
        axes.plot(
            THRESHOLDS,
            f1,
            label=TITLES[criterion],
            linestyle=STYLES[criterion],
            color=SHADES[criterion],
        )
    own = study.settings.threshold
    axes.axvline(own, color="0.4", linewidth=1, zorder=0)
    axes.annotate(
        f"own threshold {own:.3f}",
        (own, 0.02),
        xytext=(4, 0) if own < 0.5 else (-4, 0),  # noqa: PLR2004 - on the side with more room
        textcoords="offset points",
        horizontalalignment="left" if own < 0.5 else "right",  # noqa: PLR2004
        fontsize=9,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="Score threshold", ylabel="F1")
    figure.suptitle("F1 over the threshold")
    legend_above(axes, num_columns=len(CRITERIA))
    return figure


def error_figure(study: DetectionStudy) -> Figure:
    """Draw how many errors of each kind there are; hatched bars count annotations."""
    figure, axes = empty_figure()
    named: set[str] = set()
    for place, (_, name) in enumerate(BARS):
        side = name.split("_")[0]
        number = int(study.kinds[name].sum())
        label = None if side in named else side
        named.add(side)
        bar = axes.barh(
            place, number, color=FILLS[side], hatch=HATCHES[side], edgecolor="black", label=label
        )
        axes.bar_label(bar, [f"{number}"], padding=3)
    axes.set_yticks(range(len(BARS)), [title for title, _ in BARS])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    right = int(study.kinds["detections_right"].sum())
    axes.set_xlabel("Number in all images")
    axes.set_title(f"Errors beside {right} right detections, IoU 0.5")
    figure.legend(title="counted are", frameon=False, loc="outside lower center", ncols=2)
    return figure


def _range_around(values: Sequence[float]) -> tuple[float, float]:
    """Return the range of an axis to 1 that has these shares, and some below them, in it."""
    known = [value for value in values if np.isfinite(value)]
    lowest = min(known, default=0.0) - ROOM_BELOW
    return max(np.floor(lowest / ROOM_BELOW) * ROOM_BELOW, 0.0), 1.02


def has_different_scores(study: DetectionStudy) -> bool:
    """Tell whether scores order the detections; what a person marked is all alike."""
    return len(np.unique(study.table.found.scores)) > 1


def empty_figure() -> tuple[Figure, Axes]:
    """Return a figure of the size of all of them, with axes to draw on."""
    figure = Figure(figsize=(5.75, 5.0), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
