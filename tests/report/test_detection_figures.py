"""Tests for `gapjunction.report.detection_figures`."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.report.detection_figures import (
    BARS,
    ROOM_BELOW,
    error_figure,
    f1_figure,
    has_different_scores,
    precision_recall_figure,
)

GROUPS = groups_of(0, 0, 1, 1, 2, 2)
DRAWINGS = (precision_recall_figure, f1_figure, error_figure)


def nothing() -> DetectionStudy:
    empty = (Detections.none(),)
    return study(PairedDetections(("a",), ("x",), empty, empty), groups_of(0))


@pytest.mark.long
@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("is_empty", [True, False])
def test_figures__any_study__can_be_saved(
    draw: Callable[[DetectionStudy], Figure], is_empty: bool
) -> None:
    stream = io.BytesIO()
    draw(nothing() if is_empty else study(paired_images(), GROUPS)).savefig(stream)
    assert stream.getvalue().startswith(b"\x89PNG")


def test_precision_recall_figure__dots__are_precision_and_recall_at_the_threshold() -> None:
    result = study(paired_images(), GROUPS)
    lines = precision_recall_figure(result).axes[0].lines
    dots = [line.get_xydata() for line in lines if line.get_marker() == "o"]
    values = result.suite["all"]
    expected = [(values[f"recall_{c}"], values[f"precision_{c}"]) for c in ("iou30", "iou50")]
    assert [tuple(np.asarray(dot)[0]) for dot in dots[:2]] == expected


def test_precision_recall_figure__range__has_room_below_the_dots() -> None:
    axes = precision_recall_figure(study(paired_images(), GROUPS)).axes[0]
    dots = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
    lowest_recall, lowest_precision = np.min(np.concatenate(dots), axis=0)
    for lowest, (low, high) in (
        (lowest_recall, axes.get_xlim()),
        (lowest_precision, axes.get_ylim()),
    ):
        assert lowest - 2 * ROOM_BELOW <= low <= lowest - ROOM_BELOW
        assert high > 1


@pytest.mark.parametrize("draw", [precision_recall_figure, f1_figure])
def test_figures__legend__covers_no_curve(draw: Callable[[DetectionStudy], Figure]) -> None:
    figure = draw(study(paired_images(), GROUPS))
    figure.savefig(io.BytesIO())
    [axes] = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    assert not legend.get_window_extent().overlaps(axes.bbox)


def test_has_different_scores__people_without_scores__have_none() -> None:
    assert has_different_scores(study(paired_images(), GROUPS))
    boxes = Detections(as_boxes([(1, 2, 9, 8)]), np.ones(1, np.float32), np.zeros(1, np.int64))
    people = PairedDetections(("a", "b"), ("x",), (boxes,) * 2, (boxes,) * 2)
    assert not has_different_scores(study(people, groups_of(0, 1)))
    assert not has_different_scores(nothing())


def test_f1_figure__line__marks_the_own_threshold() -> None:
    lines = f1_figure(study(paired_images(), GROUPS)).axes[0].lines
    assert np.asarray(lines[-1].get_xdata()).tolist() == [0.3, 0.3]


def test_error_figure__bars__are_the_sums_of_all_images() -> None:
    result = study(paired_images(), GROUPS)
    widths = [
        p.get_width() for p in error_figure(result).axes[0].patches if isinstance(p, Rectangle)
    ]
    assert widths == [int(result.kinds[name].sum()) for _, name in BARS]
