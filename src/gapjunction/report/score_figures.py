"""Figures of what holds for all scores: FROC, and whether scores are probabilities.

They work in grey and for color-blind readers.
"""

import numpy as np
from matplotlib.figure import Figure

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.metrics.froc import FALSE_PER_IMAGE, froc_curve, rank_for_froc
from gapjunction.metrics.operating_points import CRITERIA, right_by
from gapjunction.metrics.reliability import NUM_BINS, Reliability, reliability_of
from gapjunction.report.detection_figures import SHADES, STYLES, TITLES, empty_figure
from gapjunction.report.legends import legend_above

NUM_POINTS = 400
LEAST_SHOWN, MOST_SHOWN = FALSE_PER_IMAGE[0] / 2, FALSE_PER_IMAGE[-1] * 2


def froc_figure(study: DetectionStudy) -> Figure:
    """Draw the share of annotations found against false detections an image, over all scores."""
    figure, axes = empty_figure()
    every = np.ones(study.table.found.num_images)
    for criterion in CRITERIA:
        ranking = rank_for_froc(study.table, right_by(study.table, criterion))
        false, found = froc_curve(ranking, every)
        places = np.unique(np.linspace(0, len(false) - 1, NUM_POINTS).astype(np.int64))
        kept = places if len(false) else np.zeros(0, np.int64)
        # Without any false detection there is no place on the axis: such are at its left edge.
        axes.step(
            np.maximum(false[kept], LEAST_SHOWN),
            found[kept],
            marker="o",
            markevery=[-1] if len(kept) else [],  # all detections
            where="post",
            label=TITLES[criterion],
            linestyle=STYLES[criterion],
            color=SHADES[criterion],
        )
    axes.set_xscale("log", base=2)
    axes.set_xticks(FALSE_PER_IMAGE, [f"{rate:g}" for rate in FALSE_PER_IMAGE])
    axes.set(xlim=(LEAST_SHOWN, MOST_SHOWN), ylim=(0, 1.02))
    axes.set(xlabel="False detections per image", ylabel="Share of annotations found")
    figure.suptitle("FROC")
    legend_above(axes, num_columns=len(CRITERIA))
    return figure


def reliability_figure(study: DetectionStudy) -> Figure:
    """Draw how many detections of each score are right, IoU 0.5, and how many there are."""
    figure, axes = empty_figure()
    found = reliability_of(study.table.found.scores, study.table.is_right_mainly)
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, label="scores are probabilities")
    axes.bar(
        found.low,
        found.number / max(int(found.number.sum()), 1),
        width=1 / NUM_BINS,
        align="edge",
        color="#E5E5E5",
        edgecolor="0.5",
        label="share of detections with such a score",
    )
    is_used = found.number > 0
    axes.plot(
        found.mean_score[is_used],
        found.share_right[is_used],
        "o-",
        color="#0072B2",
        label="share of these that is right, IoU 0.5",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="Score", ylabel="Share")
    axes.set_title(_title(found))
    figure.legend(loc="outside lower center", frameon=False)
    return figure


def _title(found: Reliability) -> str:
    error = found.error
    return "Scores" if error is None else f"Scores; they are off by {error:.3f} on average"
