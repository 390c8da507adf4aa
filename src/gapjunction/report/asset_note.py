"""What the intervals of a benchmark are of, or why there are none."""

from collections.abc import Mapping
from typing import Any

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.text import counted


def asset_note(groups: AssetGroups) -> str:
    """Return what the intervals are of, or why there are none."""
    if not groups.is_known:
        return (
            "No intervals: nothing tells the asset (subject) of each image, and images of one "
            "are alike; --groups FILE tells it (CSV with the columns image,asset)."
        )
    if groups.num_assets < MIN_ASSETS:
        return f"No intervals: all images are of one asset (from {groups.source})."
    return f"Intervals: jackknife over {groups.num_assets} assets (from {groups.source})."


def interval_head(values: Mapping[str, Any]) -> str:
    """Return the head of a column of intervals of metrics of all assets, `num_assets` of them."""
    num_assets = values["num_assets"]
    if num_assets is None:
        return "no interval: assets unknown"
    kind = "95 % interval" if num_assets >= MIN_ASSETS else "no interval"
    return f"{kind}, {counted(num_assets, 'asset')}"
