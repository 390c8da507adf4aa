"""The intervals of all metrics at once, from their values without each asset."""

from collections.abc import Mapping, Sequence
from typing import Any

from gapjunction.metrics.interval import Interval
from gapjunction.metrics.jackknife import boundary_interval, jackknife_interval
from gapjunction.metrics.metric_field import Metric
from gapjunction.metrics.scales import FloatArray


def metric_intervals(
    metrics: Sequence[Metric], values: Mapping[str, Any], without: Mapping[str, FloatArray]
) -> dict[str, float | None]:
    """Return `<name>_low` and `<name>_high` of each metric that has intervals.

    Both are None where a metric has no interval here: of too few assets for it, or where
    `jackknife_interval` and `boundary_interval` have none.

    Args:
        metrics: those to look at.
        values: of all assets, by name.
        without: the metrics without each of the assets (A,), by name.
    """
    bounds: dict[str, float | None] = {}
    for each in metrics:
        if each.scale is not None:
            interval = _interval(each, values, without[each.name])
            bounds[f"{each.name}_low"] = None if interval is None else interval.low
            bounds[f"{each.name}_high"] = None if interval is None else interval.high
    return bounds


def _interval(metric: Metric, values: Mapping[str, Any], without: FloatArray) -> Interval | None:
    value, num_assets = values[metric.name], len(without)
    if value is None or metric.scale is None or num_assets < metric.min_assets:
        return None
    if metric.scale == "logit" and value in (0, 1):
        # A share of pixels or of pairs has no objects to count: an asset is then one.
        num_objects = num_assets if metric.share_of is None else values[metric.share_of]
        return boundary_interval(value, num_objects, num_assets) if num_objects else None
    return jackknife_interval(value, without, metric.scale)
