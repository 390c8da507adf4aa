"""Tell whether two sets of predictions of the same images differ, with assets as the unit."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.detection_suite import DetectionStudy, metrics_of_weights
from gapjunction.metrics.average_precision import rank_classes
from gapjunction.metrics.bootstrap import (
    CONFIDENCE,
    MIN_ASSETS,
    Interval,
    draw_image_weights,
    interval_of,
    two_sided_p,
)

ComparedMetric = Literal["f1_iou50", "ap50", "count_mae"]
COMPARED: tuple[ComparedMetric, ...] = ("f1_iou50", "ap50", "count_mae")

Winner = Literal["A", "B", "neither", "unknown"]


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One metric of two sets of predictions, A and B; None where it is not defined.

    Attributes:
        difference: B - A; `interval` holds it in 95 % of such studies.
        p_value: two-sided, from the paired bootstrap, but no less than `smallest_p`.
        better: whose metric is better, "neither" where that is not certain, "unknown" where
            there is one asset or no value to compare.
    """

    metric: ComparedMetric
    a: float | None
    b: float | None
    difference: float | None
    interval: Interval | None
    p_value: float | None
    better: Winner


@dataclass(frozen=True, slots=True)
class ComparedSet:
    """A set of predictions, studied at its own threshold.

    Attributes:
        lowest_score: boxes with less were not written, which cuts average precision short.
    """

    study: DetectionStudy
    lowest_score: float = 0.0


def compare_sets(
    a: ComparedSet,
    b: ComparedSet,
    groups: AssetGroups,
    *,
    num_resamples: int,
    rng: np.random.Generator,
) -> list[MetricDifference]:
    """Compare F1 and AP at IoU 0.5, and the mean absolute count error, each at its own threshold.

    Both sets see the same drawn assets, so that what makes an asset hard for both cancels out.
    AP has no value where the sets were written from different scores on: the longer list would win.

    Raises:
        ValueError: if the two are not of the same images.
    """
    if a.study.paired.stems != b.study.paired.stems:
        raise ValueError("expected two sets of predictions of the same images")
    weights = draw_image_weights(groups.asset_of_image, num_resamples, rng)
    whole = np.ones((1, len(groups.asset_of_image)))
    is_enough = groups.num_assets >= MIN_ASSETS
    # The first row is the sample itself.
    rows = np.concatenate([whole, weights]) if is_enough else whole
    of_a, of_b = _metrics_of(a, rows), _metrics_of(b, rows)
    if a.lowest_score != b.lowest_score:
        of_a["ap50"], of_b["ap50"] = (np.full(len(rows), np.nan) for _ in range(2))
    least_p = smallest_p(groups.num_assets)
    return [_difference(metric, of_a[metric], of_b[metric], least_p) for metric in COMPARED]


def smallest_p(num_assets: int) -> float:
    """Return the least p that assets can give: that all fall on one side by chance, 2 / 2^n.

    A bootstrap of three assets that agree would claim p = 0.002, though one time in four three
    coins agree as well.
    """
    return min(2.0 ** (1 - num_assets), 1.0)


def _metrics_of(
    compared: ComparedSet, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    study = compared.study
    rankings = rank_classes(study.table, len(study.paired.class_names), num_ious=1)
    return metrics_of_weights(rankings, study.counts, weights)


def _difference(
    metric: ComparedMetric,
    of_a: NDArray[np.float64],
    of_b: NDArray[np.float64],
    least_p: float,
) -> MetricDifference:
    """Compare a metric whose first value is the sample's and whose others are the resamples'."""
    a, b = (None if np.isnan(values[0]) else float(values[0]) for values in (of_a, of_b))
    difference = None if a is None or b is None else b - a
    resampled = of_b[1:] - of_a[1:]
    interval, p_value = interval_of(resampled), two_sided_p(resampled)
    better: Winner = "unknown"
    if difference is not None and p_value is not None:
        p_value = max(p_value, least_p)
        better = _better(metric, difference, p_value)
    return MetricDifference(metric, a, b, difference, interval, p_value, better)


def _better(metric: ComparedMetric, difference: float, p_value: float) -> Winner:
    if p_value > 1 - CONFIDENCE or difference == 0:
        return "neither"
    is_b_higher = difference > 0
    return "B" if is_b_higher != (metric == "count_mae") else "A"
