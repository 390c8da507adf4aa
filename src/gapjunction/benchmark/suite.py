"""All metrics of a benchmark at once, as nested dictionaries ready for JSON.

A new metric is a field of `CountMetrics`, `SegmentationMetrics` or `ClassMetrics`: it says there
how it is shown and on which scale its interval is.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.metrics.counts import CountArray, CountMetrics, count_metrics
from gapjunction.metrics.jackknife import without_each
from gapjunction.metrics.limits_of_agreement import (
    AgreementLimits,
    AssetNumbers,
    limits_of_agreement,
)
from gapjunction.metrics.metric_field import metrics_of, names_with_interval
from gapjunction.metrics.metric_intervals import metric_intervals
from gapjunction.metrics.segmentation import (
    ClassMetrics,
    PixelCounts,
    SegmentationMetrics,
    class_metrics,
    segmentation_metrics,
)
from gapjunction.metrics.suited_limits import clear_skewness, suited_limits

MetricValues = dict[str, float | int | None]


def count_suite(paired: PairedCounts, groups: AssetGroups) -> dict[str, Any]:
    """Return every count metric of all classes together, of each class, dataset and asset.

    ``{"all": {...}, "classes": {name: {...}}, "datasets": ..., "assets": ...}``. "all", a dataset
    and an asset compare the objects of all classes together, image by image; "all" and classes
    have intervals, `<metric>_low` and `<metric>_high`, where something tells two assets or more,
    the limits of agreement among them.
    Datasets and assets are there as far as something tells them.
    """
    truth, predicted = paired.truth.sum(axis=1), paired.predicted.sum(axis=1)
    suite: dict[str, Any] = {
        "all": _counts_with_intervals(truth, predicted, groups),
        "classes": {
            name: _counts_with_intervals(paired.truth[:, label], paired.predicted[:, label], groups)
            for label, name in enumerate(paired.class_names)
        },
    }
    for kind, images_of in (
        ("datasets", groups.images_of_datasets()),
        ("assets", groups.images_of_assets()),
    ):
        suite[kind] = {
            name: _count_values(truth[rows], predicted[rows], groups.asset_of_image[rows])
            for name, rows in images_of.items()
        }
    return suite


def segmentation_suite(pixels: PixelCounts, groups: AssetGroups) -> dict[str, Any]:
    """Return every segmentation metric: ``{"all": {...}, "classes": {class name: {...}}}``.

    Intervals are `<metric>_low` and `<metric>_high`, where something tells two assets or more.
    """

    def of_all(rows: NDArray[np.int64]) -> MetricValues:
        return asdict(segmentation_metrics(pixels.of_images(rows)))

    def of_class(number: int, rows: NDArray[np.int64]) -> MetricValues:
        return asdict(class_metrics(pixels.of_images(rows), number))

    return {
        "all": _with_intervals(SegmentationMetrics, of_all, groups),
        "classes": {
            name: _with_intervals(ClassMetrics, partial(of_class, number), groups)
            for number, name in enumerate(pixels.class_names, start=1)
        },
    }


def flat_metrics(suite: Mapping[str, Any]) -> dict[str, float]:
    """Return the metrics that have a value under one name each, as `mae` or `<class>.mae`.

    >>> flat_metrics({"all": {"mae": 1, "pearson_r": None}, "classes": {"puncta": {"mae": 2}}})
    {'mae': 1.0, 'puncta.mae': 2.0}
    """
    named = [("", suite["all"])]
    named += [(f"{name}.", values) for name, values in suite["classes"].items()]
    return {
        prefix + metric: float(value)
        for prefix, values in named
        for metric, value in values.items()
        if value is not None
    }


def _counts_with_intervals(
    truth: CountArray, predicted: CountArray, groups: AssetGroups
) -> MetricValues:
    assets = groups.known_asset_of_image

    def of_images(rows: NDArray[np.int64]) -> MetricValues:
        return _count_values(truth[rows], predicted[rows], None if assets is None else assets[rows])

    values = _with_intervals(CountMetrics, of_images, groups)
    if not groups.have_intervals:
        return values
    return values | _values_of_limits(truth, predicted, groups.asset_of_image)


def _values_of_limits(
    truth: CountArray, predicted: CountArray, asset_of_image: AssetNumbers
) -> MetricValues:
    """Return the intervals of the limits of agreement, and those on a scale that suits better.

    The latter are `limits_root_low` or `limits_percent_low`, and so on. `clear_skewness` is there
    where differences are clearly skewed and no other scale suits better.
    """
    true, found = truth.astype(np.float64), predicted.astype(np.float64)
    limits = limits_of_agreement(found - true, asset_of_image)
    if limits is None:
        return {}
    values = _intervals_of_limits("limits_of_agreement", limits)
    suited = suited_limits(true, found, asset_of_image)
    if suited is None or suited.scale == "objects":
        skewness = clear_skewness(found - true, asset_of_image)
        return values if skewness is None else values | {"clear_skewness": skewness}
    name = f"limits_{suited.scale}"
    ends: MetricValues = {f"{name}_low": suited.limits.low, f"{name}_high": suited.limits.high}
    return values | ends | _intervals_of_limits(name, suited.limits)


def _intervals_of_limits(name: str, limits: AgreementLimits) -> MetricValues:
    bounds: MetricValues = {}
    for end, interval in (("low", limits.interval_of_low), ("high", limits.interval_of_high)):
        bounds[f"{name}_{end}_low"] = None if interval is None else interval.low
        bounds[f"{name}_{end}_high"] = None if interval is None else interval.high
    return bounds


def _with_intervals(
    kind: type, values_of: Callable[[NDArray[np.int64]], MetricValues], groups: AssetGroups
) -> MetricValues:
    """Return metrics of all images, the number of assets, and the intervals that these allow."""
    values = values_of(np.arange(len(groups.asset_of_image)))
    values["num_assets"] = groups.num_known
    if not groups.have_intervals:
        return values
    without = without_each(groups.asset_of_image, values_of, names_with_interval(kind))
    return values | metric_intervals(metrics_of(kind), values, without)


def _count_values(
    truth: CountArray, predicted: CountArray, asset_of_image: AssetNumbers | None
) -> MetricValues:
    return asdict(count_metrics(truth, predicted, asset_of_image))
