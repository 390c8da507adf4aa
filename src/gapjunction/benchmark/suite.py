"""All metrics of a benchmark at once, as nested dictionaries ready for JSON.

A new metric is one file beside this one, with a function that returns a frozen dataclass, and
one line in the tuple below.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from gapjunction.benchmark.counts import CountArray, count_metrics
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.segmentation import PixelCounts, class_metrics, segmentation_metrics

COUNT_METRICS: tuple[Callable[[CountArray, CountArray], Any], ...] = (count_metrics,)

MetricValues = dict[str, float | int | None]


def count_suite(paired: PairedCounts) -> dict[str, Any]:
    """Return every count metric: ``{"all": {...}, "classes": {class name: {...}}}``.

    "all" compares the objects of all classes together, image by image.
    """
    return {
        "all": _metric_values(paired.truth.sum(axis=1), paired.predicted.sum(axis=1)),
        "classes": {
            name: _metric_values(paired.truth[:, label], paired.predicted[:, label])
            for label, name in enumerate(paired.class_names)
        },
    }


def segmentation_suite(pixels: PixelCounts) -> dict[str, Any]:
    """Return every segmentation metric: ``{"all": {...}, "classes": {class name: {...}}}``."""
    return {
        "all": asdict(segmentation_metrics(pixels)),
        "classes": {
            name: asdict(class_metrics(pixels, number))
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


def _metric_values(truth: CountArray, predicted: CountArray) -> MetricValues:
    values: MetricValues = {}
    for metric in COUNT_METRICS:
        values |= asdict(metric(truth, predicted))
    return values
