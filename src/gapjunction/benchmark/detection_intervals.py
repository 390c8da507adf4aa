"""Detection metrics of images that count more or less, and the intervals that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.average_precision import (
    AP50,
    AP75,
    ClassRanking,
    area_under_curve,
    average_precision,
    coco_rows,
    rank_classes,
    steps_around,
)
from gapjunction.metrics.froc import FrocRanking, mean_sensitivity, rank_for_froc
from gapjunction.metrics.interval import Interval
from gapjunction.metrics.jackknife import weights_without_each
from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.metric_field import Metric
from gapjunction.metrics.metric_intervals import metric_intervals
from gapjunction.metrics.operating_points import OperatingCounts, operating_metrics

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """The detections of a study, best first, from which follows what is over all scores.

    Attributes:
        coco: by COCO's ten IoU thresholds.
        single: by the one criterion of each metric of `names`.
        froc: of each metric of its kind.
    """

    coco: list[ClassRanking]
    single: list[ClassRanking]
    names: tuple[str, ...]
    froc: Mapping[str, FrocRanking]

    @classmethod
    def of(cls, table: MatchTable, num_classes: int) -> "Rankings":
        """Rank the detections of a table."""
        coco = coco_rows(table)
        right = {"ap50": coco[AP50], "ap75": coco[AP75]}
        right |= {f"ap_within_{name}": each for name, each in table.is_within.items()}
        return cls(
            rank_classes(table, num_classes, coco),
            rank_classes(table, num_classes, np.stack(list(right.values()))),
            tuple(right),
            {
                "froc_iou50": rank_for_froc(table, table.is_right_mainly),
                "froc_center": rank_for_froc(table, table.is_near),
            },
        )

    def values(self, weights: FloatArray) -> dict[str, float]:
        """Return the metrics of one criterion; images count as `weights` (num_images,) say."""
        ap = average_precision(self.single, weights)
        values = dict(zip(self.names, ap.tolist(), strict=True)) if len(self.single) else {}
        return values | {name: mean_sensitivity(each, weights) for name, each in self.froc.items()}


def metrics_of_weights(
    rankings: list[ClassRanking], counts: OperatingCounts, weights: FloatArray
) -> dict[str, FloatArray]:
    """Return headline metrics (W,) of images that count as `weights` (W, num_images) say.

    The rankings are by the first of COCO's IoU thresholds, or by all ten.
    """
    ap = np.array([average_precision(rankings, of_images) for of_images in weights])
    metrics = operating_metrics(counts.weighted(weights))
    if ap.shape[1] > AP75:
        metrics |= {"ap": ap.mean(axis=1), "ap75": ap[:, AP75]}
    return {"ap50": ap[:, AP50], **metrics}


def detection_intervals(
    metrics: Sequence[Metric],
    values: Mapping[str, Any],
    rankings: Rankings,
    counts: OperatingCounts,
    asset_of_image: NDArray[np.int64],
) -> dict[str, float | None]:
    """Return `<name>_low` and `<name>_high` of each metric that has intervals.

    Args:
        metrics: those to look at.
        values: of all assets, by name.
        rankings: of all detections.
        counts: at the threshold.
        asset_of_image: the asset of each image (num_images,), numbered from 0.
    """
    weights = weights_without_each(asset_of_image)
    without = metrics_of_weights(rankings.coco, counts, weights)
    without |= {
        name: np.array([mean_sensitivity(each, of_images) for of_images in weights])
        for name, each in rankings.froc.items()
    }
    if not rankings.single:  # no annotations, and no AP
        without |= {name: np.full(len(weights), np.nan) for name in rankings.names}
        return metric_intervals(metrics, values, without)
    area, *areas = (
        area_under_curve(rankings.single, of_images)
        for of_images in (np.ones(weights.shape[1]), *weights)
    )
    without |= dict(zip(rankings.names, np.transpose(areas), strict=True))
    of_all = dict(zip(rankings.names, area.tolist(), strict=True))
    return _with_steps(metric_intervals(metrics, {**values, **of_all}, without), of_all)


def _with_steps(
    bounds: dict[str, float | None], areas: Mapping[str, float]
) -> dict[str, float | None]:
    """Return intervals of AP where they are of the area under its curve, but for 0 and 1."""
    widened = dict(bounds)
    for name, area in areas.items():
        low, high = bounds.get(f"{name}_low"), bounds.get(f"{name}_high")
        if low is not None and high is not None and 0 < area < 1:
            around = steps_around(Interval(low, high))
            widened |= {f"{name}_low": around.low, f"{name}_high": around.high}
    return widened
