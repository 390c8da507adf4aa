"""All detection metrics at once, with their 95 % intervals, ready for JSON.

A metric that is a sum over images belongs into `operating_points` and is a field of
`DetectionMetrics`: intervals and comparisons then come by themselves.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_detections import asset_detections
from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.detection_intervals import (
    Rankings,
    detection_intervals,
)
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.choices import CENTER_DISTANCE_PX
from gapjunction.config import StrictConfig
from gapjunction.metrics.coco_ap import coco_ap
from gapjunction.metrics.detection_errors import DetectionErrors, classify_errors, count_kinds
from gapjunction.metrics.detection_metrics import best_threshold
from gapjunction.metrics.detection_values import DetectionMetrics, detection_metrics_of
from gapjunction.metrics.match_table import MatchTable, build_match_table
from gapjunction.metrics.metric_field import metrics_of
from gapjunction.metrics.operating_points import OperatingCounts, count_at, operating_metrics
from gapjunction.metrics.ranges_px import distances_px, sides_px
from gapjunction.metrics.reliability import reliability_of
from gapjunction.metrics.stacked_detections import Overlaps, StackedDetections, find_overlaps
from gapjunction.metrics.tide import tide_errors

MetricValues = dict[str, float | int | None]


class DetectionSettings(StrictConfig):
    """What the metrics depend on beside the boxes.

    Attributes:
        threshold: the lowest score that counts as an object; 0: all boxes count.
        um_per_px: the side of a pixel in micrometers, or None where it is not known.
    """

    threshold: float
    um_per_px: float | None
    center_distance_px: float = CENTER_DISTANCE_PX


@dataclass(frozen=True, slots=True, eq=False)
class DetectionStudy:
    """Everything that a benchmark of detections tells.

    Attributes:
        suite: ``{"all": {...}, "classes": {class name: {...}}, "assets": {asset: {...}}}``;
            intervals, in "all" only, are `<metric>_low` and `<metric>_high`, and so are TIDE's
            errors. Assets are there as far as something tells them.
        kinds: the number of each kind of error in each image (num_images,).
    """

    paired: PairedDetections
    groups: AssetGroups
    settings: DetectionSettings
    table: MatchTable
    counts: OperatingCounts
    errors: DetectionErrors
    kinds: dict[str, NDArray[np.int64]]
    suite: dict[str, Any]


def study_detections(
    paired: PairedDetections, groups: AssetGroups, settings: DetectionSettings
) -> DetectionStudy:
    """Compute every detection metric, of all classes together, of each, and of each asset."""
    num_classes = len(paired.class_names)
    measured = _measure(paired, settings)
    table, counts = measured.table, measured.counts
    rankings = Rankings.of(table, num_classes)
    values = _point_values(measured, rankings, num_classes, settings)
    values |= {name: int(of_images.sum()) for name, of_images in measured.kinds.items()}
    values["num_assets"] = groups.num_known
    if groups.have_intervals:
        metrics = detection_metrics_of(settings.um_per_px)
        values |= detection_intervals(metrics, values, rankings, counts, groups.asset_of_image)
    tide = tide_errors(table, measured.overlaps, _of_other_classes(table, num_classes), num_classes)
    suite = {
        "all": values | tide.named(),
        "classes": _of_classes(paired, settings, values),
        "assets": asset_detections(table, counts, groups, num_classes),
    }
    return DetectionStudy(
        paired, groups, settings, table, counts, measured.errors, measured.kinds, suite
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Boxes that were matched, counted at the threshold, and told what is wrong with them."""

    overlaps: Overlaps
    table: MatchTable
    counts: OperatingCounts
    errors: DetectionErrors
    kinds: dict[str, NDArray[np.int64]]


def _measure(paired: PairedDetections, settings: DetectionSettings) -> _Measured:
    truth, found = StackedDetections.of(paired.truth), StackedDetections.of(paired.found)
    overlaps = find_overlaps(truth, found)
    table = build_match_table(
        truth, found, overlaps, settings.center_distance_px, distances_px(settings.um_per_px)
    )
    errors = classify_errors(table, overlaps, settings.threshold)
    counts = count_at(table, settings.threshold)
    return _Measured(overlaps, table, counts, errors, count_kinds(table, errors))


def _of_other_classes(table: MatchTable, num_classes: int) -> Overlaps:
    """Return the overlaps of boxes of two classes; with one class nothing is looked for."""
    if num_classes > 1:
        return find_overlaps(table.truth, table.found, of_other_classes=True)
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    return Overlaps(none, none, nothing, nothing, nothing)


def _point_values(
    measured: _Measured, rankings: Rankings, num_classes: int, settings: DetectionSettings
) -> MetricValues:
    table, counts = measured.table, measured.counts
    ranges, distances = sides_px(settings.um_per_px), distances_px(settings.um_per_px)
    ap = coco_ap(table.truth, table.found, num_classes, list(ranges.values()))
    every = np.ones(table.found.num_images)
    threshold, score = best_threshold(
        table.found.scores, table.iou.astype(np.float32), len(table.truth)
    )
    known = operating_metrics(counts.weighted(every)) | rankings.values(every)
    names = {each.name for each in metrics_of(DetectionMetrics)}
    own: dict[str, Any] = {name: _number(float(value)) for name, value in known.items()}
    return DetectionMetrics(
        num_images=table.found.num_images,
        num_truth=len(table.truth),
        num_found=int(counts.num_found.sum()),
        ap=ap.ap,
        ap_by_side=dict(zip(ranges, ap.by_side, strict=True)),
        ap_within={name: own.get(f"ap_within_{name}") for name in distances},
        f1_within={name: own[f"f1_within_{name}"] for name in distances},
        calibration_error_iou50=reliability_of(table.found.scores, table.is_right_mainly).error,
        best_threshold_iou50=threshold,
        best_f1_iou50=score.f1,
        **{name: value for name, value in own.items() if name in names}
        | {"ap50": ap.ap50, "ap75": ap.ap75},
    ).named()


def _of_classes(
    paired: PairedDetections, settings: DetectionSettings, values: MetricValues
) -> dict[str, MetricValues]:
    """Return the metrics of each class without intervals; one class alone is all there is."""
    if len(paired.class_names) == 1:
        return {paired.class_names[0]: values}
    classes = {}
    for label, name in enumerate(paired.class_names):
        measured = _measure(paired.of_class(label), settings)
        rankings = Rankings.of(measured.table, len(paired.class_names))
        classes[name] = _point_values(measured, rankings, len(paired.class_names), settings)
        kinds = measured.kinds
        classes[name] |= {kind: int(of_images.sum()) for kind, of_images in kinds.items()}
    return classes


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
