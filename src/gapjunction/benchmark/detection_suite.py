"""All detection metrics at once, with their 95 % intervals, ready for JSON.

A metric that is a sum over images belongs into `operating_points` and is a field of
`DetectionMetrics`: intervals and comparisons then come by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.config import StrictConfig
from gapjunction.metrics.average_precision import (
    AP50,
    AP75,
    ClassRanking,
    average_precision,
    rank_classes,
)
from gapjunction.metrics.coco_ap import SideRange, coco_ap
from gapjunction.metrics.detection_errors import DetectionErrors, classify_errors, count_kinds
from gapjunction.metrics.detection_metrics import best_threshold
from gapjunction.metrics.detection_values import DetectionMetrics
from gapjunction.metrics.jackknife import weights_without_each
from gapjunction.metrics.match_table import MatchTable, build_match_table
from gapjunction.metrics.metric_intervals import metric_intervals
from gapjunction.metrics.operating_points import (
    OperatingCounts,
    count_at,
    operating_metrics,
)
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps

SIDE_EDGES_PX = (8.0, 16.0, 32.0)
SIDE_EDGES_UM = (0.5, 1.0, 2.0)
CENTER_DISTANCE_PX = 3.0

MetricValues = dict[str, float | int | None]


class DetectionSettings(StrictConfig):
    """What the metrics depend on beside the boxes.

    Attributes:
        threshold: the lowest score that counts as an object; 0: all boxes count.
        um_per_px: the side of a pixel in micrometres, or None where it is not known.
    """

    threshold: float
    um_per_px: float | None
    center_distance_px: float = CENTER_DISTANCE_PX


@dataclass(frozen=True, slots=True, eq=False)
class DetectionStudy:
    """Everything that a benchmark of detections tells.

    Attributes:
        suite: ``{"all": {...}, "classes": {class name: {...}}}``; intervals, in "all" only, are
            `<metric>_low` and `<metric>_high`.
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
    """Compute every detection metric, of all classes together and of each."""
    num_classes = len(paired.class_names)
    truth, found = StackedDetections.of(paired.truth), StackedDetections.of(paired.found)
    overlaps = find_overlaps(truth, found)
    table = build_match_table(truth, found, overlaps, settings.center_distance_px)
    counts = count_at(table, settings.threshold)
    errors = classify_errors(table, overlaps, settings.threshold)
    kinds = count_kinds(table, errors)
    values = _point_values(table, counts, num_classes, settings)
    values |= {name: int(of_images.sum()) for name, of_images in kinds.items()}
    values["num_assets"] = groups.num_known
    if groups.have_intervals:
        weights = weights_without_each(groups.asset_of_image)
        without = metrics_of_weights(rank_classes(table, num_classes), counts, weights)
        values |= metric_intervals(DetectionMetrics, values, without)
    suite = {"all": values, "classes": _of_classes(paired, settings, values)}
    return DetectionStudy(paired, groups, settings, table, counts, errors, kinds, suite)


def metrics_of_weights(
    rankings: list[ClassRanking], counts: OperatingCounts, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return each headline metric (W,) of images that count as `weights` (W, num_images) say."""
    ap = np.array([average_precision(rankings, of_images) for of_images in weights])
    metrics = operating_metrics(counts.weighted(weights))
    if ap.shape[1] > AP75:
        metrics |= {"ap": ap.mean(axis=1), "ap75": ap[:, AP75]}
    return {"ap50": ap[:, AP50], **metrics}


def sides_px(um_per_px: float | None) -> dict[str, SideRange]:
    """Return the ranges of object size to look at apart, by name, in pixels."""
    ranges = _named_ranges("px", SIDE_EDGES_PX, 1.0)
    if um_per_px is not None:
        ranges |= _named_ranges("um", SIDE_EDGES_UM, um_per_px)
    return ranges


def _named_ranges(unit: str, edges: Sequence[float], unit_per_px: float) -> dict[str, SideRange]:
    ranges = {f"{unit}_below_{edges[0]:g}": (0.0, edges[0] / unit_per_px)}
    for low, high in pairwise(edges):
        ranges[f"{unit}_{low:g}_to_{high:g}"] = (low / unit_per_px, high / unit_per_px)
    ranges[f"{unit}_from_{edges[-1]:g}"] = (edges[-1] / unit_per_px, np.inf)
    return ranges


def _point_values(
    table: MatchTable, counts: OperatingCounts, num_classes: int, settings: DetectionSettings
) -> MetricValues:
    ranges = sides_px(settings.um_per_px)
    ap = coco_ap(table.truth, table.found, num_classes, list(ranges.values()))
    sums = counts.weighted(np.ones(table.found.num_images))
    threshold, score = best_threshold(
        table.found.scores, table.iou.astype(np.float32), len(table.truth)
    )
    at_threshold: dict[str, Any] = {
        name: _number(value) for name, value in operating_metrics(sums).items()
    }
    return DetectionMetrics(
        num_images=table.found.num_images,
        num_truth=len(table.truth),
        num_found=int(counts.num_found.sum()),
        ap=ap.ap,
        ap50=ap.ap50,
        ap75=ap.ap75,
        ap_by_side=dict(zip(ranges, ap.by_side, strict=True)),
        best_threshold_iou50=threshold,
        best_f1_iou50=score.f1,
        **at_threshold,
    ).named()


def _of_classes(
    paired: PairedDetections, settings: DetectionSettings, values: MetricValues
) -> dict[str, MetricValues]:
    """Return the metrics of each class without intervals; one class alone is all there is."""
    if len(paired.class_names) == 1:
        return {paired.class_names[0]: values}
    classes = {}
    for label, name in enumerate(paired.class_names):
        own = paired.of_class(label)
        truth, found = StackedDetections.of(own.truth), StackedDetections.of(own.found)
        overlaps = find_overlaps(truth, found)
        table = build_match_table(truth, found, overlaps, settings.center_distance_px)
        counts = count_at(table, settings.threshold)
        kinds = count_kinds(table, classify_errors(table, overlaps, settings.threshold))
        classes[name] = _point_values(table, counts, len(paired.class_names), settings)
        classes[name] |= {kind: int(of_images.sum()) for kind, of_images in kinds.items()}
    return classes


def _number(value: NDArray[np.float64]) -> float | None:
    return None if np.isnan(value) else float(value)
