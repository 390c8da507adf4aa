"""Tell whether two sets of predictions of the same images differ, with assets as the unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.detection_intervals import metrics_of_weights
from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.choices import ComparedMetric
from gapjunction.metrics.average_precision import AP50, ClassRanking, coco_rows, rank_classes
from gapjunction.metrics.holm import holm
from gapjunction.metrics.interval import CONFIDENCE, Interval
from gapjunction.metrics.jackknife import jackknife_interval, weights_without_each
from gapjunction.metrics.match_table import MatchTable, side_by_side
from gapjunction.metrics.operating_points import OperatingCounts
from gapjunction.metrics.swap_test import draw_swaps, equivalence_p, swap_p

COMPARED: tuple[ComparedMetric, ...] = ("f1_iou50", "ap50", "count_mae")
ROWS_AT_ONCE = 64  # weightings of all images that are in memory

Winner = Literal["A", "B", "neither", "unknown"]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One metric of two sets of predictions, A and B; None where it is not defined.

    Attributes:
        difference: B - A.
        interval: 95 % interval of the difference, by jackknife over assets.
        p_value: two-sided, of all exchanges of A and B within assets.
        p_holm: p adjusted for the number of metrics that were compared.
        better: whose metric is better by `p_holm`, "neither" where that is not certain, "unknown"
            where there is one asset, where nothing tells assets, or no value to compare.
        margin: the smallest difference that matters; None where none was named.
        p_equivalent: p of two one-sided t tests that the difference is within the margin, adjusted
            as `p_holm` is.
    """

    metric: ComparedMetric
    a: float | None
    b: float | None
    difference: float | None
    interval: Interval | None = None
    p_value: float | None = None
    p_holm: float | None = None
    better: Winner = "unknown"
    margin: float | None = None
    p_equivalent: float | None = None


@dataclass(frozen=True, slots=True)
class ComparedSet:
    """A set of predictions, counted at its own threshold.

    Attributes:
        stems: the images.
        lowest_score: boxes with less were not written, which cuts average precision short.
    """

    stems: tuple[str, ...]
    num_classes: int
    table: MatchTable
    counts: OperatingCounts
    lowest_score: float = 0.0

    @classmethod
    def of(cls, study: DetectionStudy, lowest_score: float = 0.0) -> "ComparedSet":
        """Return what a comparison needs of a study."""
        paired = study.paired
        num_classes = len(paired.class_names)
        return cls(paired.stems, num_classes, study.table, study.counts, lowest_score)


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """What is compared.

    Attributes:
        metrics: those that are compared; for several of them p is adjusted.
        margins: the smallest differences that matter, where equivalence is asked for.
        num_swaps: exchanges to draw where there are too many to look at all.
    """

    metrics: Sequence[ComparedMetric] = COMPARED
    margins: Mapping[ComparedMetric, float] = field(default_factory=dict)
    num_swaps: int = 2000


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """The images of A and, behind them, those of B."""

    rankings: list[ClassRanking]
    counts: OperatingCounts


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """A metric of A and of B, each of shape (rows,)."""

    a: FloatArray
    b: FloatArray


def compare_sets(
    a: ComparedSet,
    b: ComparedSet,
    groups: AssetGroups,
    plan: ComparisonPlan,
    rng: np.random.Generator,
) -> list[MetricDifference]:
    """Compare F1 and AP at IoU 0.5, and the mean absolute count error, each at its own threshold.

    AP has no value where the sets were written from different scores on: the longer list would win.

    Raises:
        ValueError: if the two are not of the same images.
    """
    if a.stems != b.stems:
        raise ValueError("expected two sets of predictions of the same images")
    asset_of_image = groups.asset_of_image
    swaps = np.zeros((1, groups.num_assets), np.bool_)
    without = np.zeros((0, len(asset_of_image)))
    if groups.have_intervals:
        swaps = draw_swaps(groups.num_assets, plan.num_swaps, rng)
        without = weights_without_each(asset_of_image)
    weights = np.vstack([np.ones((len(swaps), len(asset_of_image))), without])
    is_swapped = np.vstack([swaps[:, asset_of_image], np.zeros(without.shape, np.bool_)])
    values = _evaluate(_side_by_side(a, b), weights, is_swapped)
    is_cut = a.lowest_score != b.lowest_score
    return _adjusted(
        [
            MetricDifference(metric, None, None, None)
            if metric == "ap50" and is_cut
            else _difference(metric, values[metric], len(swaps), plan.margins.get(metric))
            for metric in plan.metrics
        ]
    )


def _side_by_side(a: ComparedSet, b: ComparedSet) -> _Pair:
    table = side_by_side(a.table, b.table)
    rankings = rank_classes(table, a.num_classes, coco_rows(table)[: AP50 + 1])
    return _Pair(rankings, a.counts.followed_by(b.counts))


def _evaluate(
    pair: _Pair, weights: FloatArray, is_swapped: NDArray[np.bool_]
) -> dict[ComparedMetric, _Values]:
    """Return the metrics of images that count as `weights` (rows, images) say, some exchanged."""
    rows = [
        [metrics_of_weights(pair.rankings, pair.counts, of_set) for of_set in sets]
        for sets in _blocks(weights, is_swapped)
    ]
    return {
        metric: _Values(*(np.concatenate([each[side][metric] for each in rows]) for side in (0, 1)))
        for metric in COMPARED
    }


def _blocks(
    weights: FloatArray, is_swapped: NDArray[np.bool_]
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield what the images of both count for A and for B, some (rows, 2 images) at a time."""
    for start in range(0, len(weights), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        own = weights[rows] * ~is_swapped[rows]
        other = weights[rows] * is_swapped[rows]
        yield np.hstack([own, other]), np.hstack([other, own])


def _difference(
    metric: ComparedMetric, values: _Values, num_swaps: int, margin: float | None
) -> MetricDifference:
    """Compare a metric: first come exchanges, the first of which is none, then what is left out."""
    a, b = (None if np.isnan(of[0]) else float(of[0]) for of in (values.a, values.b))
    compared = MetricDifference(metric, a, b, None, margin=margin)
    if a is None or b is None:
        return compared
    compared = replace(compared, difference=b - a)
    of_swaps, without = np.split(values.b - values.a, [num_swaps])
    if len(without) == 0:
        return compared
    return replace(
        compared,
        interval=jackknife_interval(b - a, without, "plain"),
        p_value=swap_p(of_swaps),
        p_equivalent=None if margin is None else equivalence_p(b - a, without, margin),
    )


def _adjusted(differences: Sequence[MetricDifference]) -> list[MetricDifference]:
    """Adjust both p for the number of metrics that have them, and name the better set."""
    tested = _holm({d.metric: d.p_value for d in differences})
    equivalent = _holm({d.metric: d.p_equivalent for d in differences})
    return [
        replace(
            each,
            p_holm=tested.get(each.metric),
            p_equivalent=equivalent.get(each.metric),
            better=_better(each, tested.get(each.metric)),
        )
        for each in differences
    ]


def _holm(p_values: Mapping[ComparedMetric, float | None]) -> dict[ComparedMetric, float]:
    known = {metric: p for metric, p in p_values.items() if p is not None}
    return dict(zip(known, holm(list(known.values())), strict=True))


def _better(compared: MetricDifference, p_value: float | None) -> Winner:
    if p_value is None or compared.difference is None:
        return "unknown"
    if p_value > 1 - CONFIDENCE or compared.difference == 0:
        return "neither"
    is_b_higher = compared.difference > 0
    return "B" if is_b_higher != (compared.metric == "count_mae") else "A"
