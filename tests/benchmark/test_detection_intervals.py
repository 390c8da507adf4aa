"""Tests for `gapjunction.benchmark.detection_intervals`."""

from dataclasses import replace

import numpy as np
import pytest

from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.detection_intervals import Rankings, detection_intervals
from gapjunction.detections import Detections
from gapjunction.metrics.average_precision import area_under_curve, steps_around
from gapjunction.metrics.detection_values import detection_metrics_of
from gapjunction.metrics.jackknife import jackknife_interval

ASSETS = np.array([0, 0, 1, 1, 2, 2])
RESULT = study(paired_images(), groups_of(*ASSETS.tolist()))


def test_detection_intervals__ap50__is_that_of_the_area_with_the_steps_around_it() -> None:
    rankings = Rankings.of(RESULT.table, 1).single
    area = area_under_curve(rankings, np.ones(6))[0]
    without = [
        area_under_curve(rankings, np.not_equal(ASSETS, asset).astype(np.float64))[0]
        for asset in range(3)
    ]
    of_area = jackknife_interval(float(area), np.array(without), "logit")
    assert of_area is not None
    expected = steps_around(of_area)
    values = RESULT.suite["all"]
    assert (values["ap50_low"], values["ap50_high"]) == pytest.approx((expected.low, expected.high))


def test_detection_intervals__nothing_annotated__has_none_of_average_precision() -> None:
    paired = replace(RESULT.paired, truth=(Detections.none(),) * 6)
    nothing = study(paired, groups_of(*ASSETS.tolist()))
    bounds = detection_intervals(
        detection_metrics_of(None),
        nothing.suite["all"],
        Rankings.of(nothing.table, 1),
        nothing.counts,
        ASSETS,
    )
    assert (bounds["ap50_low"], bounds["ap_within_px_5_high"], bounds["froc_iou50_low"]) == (
        None,
    ) * 3
    assert bounds["count_bias_low"] is not None
