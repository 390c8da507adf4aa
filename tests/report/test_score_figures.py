"""Tests for `gapjunction.report.score_figures`."""

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
from gapjunction.report.score_figures import froc_figure, reliability_figure

RESULT = study(paired_images(), groups_of(0, 0, 1, 1, 2, 2))


@pytest.mark.parametrize("draw", [froc_figure, reliability_figure])
def test_figures__nothing_found__can_be_saved(draw: Callable[[DetectionStudy], Figure]) -> None:
    empty = (Detections.none(),)
    nothing = study(PairedDetections(("a",), ("x",), empty, empty), groups_of(0))
    stream = io.BytesIO()
    draw(nothing).savefig(stream)
    assert stream.getvalue().startswith(b"\x89PNG")


def test_froc_figure__last_point__is_all_detections() -> None:
    line = froc_figure(RESULT).axes[0].lines[1]
    table = RESULT.table
    last = (table.match < 0).sum() / 6, (table.match >= 0).sum() / len(table.truth)
    assert np.asarray(line.get_xydata())[-1].tolist() == pytest.approx(last)


def test_froc_figure__no_false_detection__is_seen_at_the_left_edge() -> None:
    boxes = Detections(as_boxes([(1, 2, 9, 8)]), np.ones(1, np.float32), np.zeros(1, np.int64))
    right = study(PairedDetections(("a",), ("x",), (boxes,), (boxes,)), groups_of(0))
    axes = froc_figure(right).axes[0]
    assert np.asarray(axes.lines[0].get_xydata())[-1].tolist() == [axes.get_xlim()[0], 1.0]


def test_reliability_figure__bars__are_shares_of_all_detections() -> None:
    axes = reliability_figure(RESULT).axes[0]
    heights = [each.get_height() for each in axes.patches if isinstance(each, Rectangle)]
    assert sum(heights) == pytest.approx(1)
    assert axes.get_title().endswith(
        f"{RESULT.suite['all']['calibration_error_iou50']:.3f} on average"
    )
