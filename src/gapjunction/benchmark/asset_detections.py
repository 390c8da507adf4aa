"""Detection metrics of each asset, all classes together, without intervals."""

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.detection_intervals import metrics_of_weights
from gapjunction.metrics.average_precision import AP50, coco_rows, rank_classes
from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.operating_points import OperatingCounts

AssetValues = dict[str, float | int | None]


def asset_detections(
    table: MatchTable, counts: OperatingCounts, groups: AssetGroups, num_classes: int
) -> dict[str, AssetValues]:
    """Return the metrics of each asset by its name; nothing where nothing tells the assets.

    They are those of `metrics_of_weights` and the numbers of images, annotations and detections.
    """
    images_of = groups.images_of_assets()
    if not images_of:
        return {}
    weights = np.zeros((len(images_of), len(groups.asset_of_image)))
    for row, images in enumerate(images_of.values()):
        weights[row, images] = 1
    sums = counts.weighted(weights)
    numbers = {
        "num_images": sums.num_images,
        "num_truth": sums.num_truth,
        "num_found": sums.num_found,
    }
    rankings = rank_classes(table, num_classes, coco_rows(table)[: AP50 + 1])
    metrics = metrics_of_weights(rankings, counts, weights)
    return {
        name: _row(numbers, row, int) | _row(metrics, row, float)
        for row, name in enumerate(images_of)
    }


def _row(columns: dict[str, NDArray[np.float64]], row: int, kind: type[int | float]) -> AssetValues:
    """Return the values of a row, None for NaN."""
    return {
        name: None if np.isnan(column[row]) else kind(column[row])
        for name, column in columns.items()
    }
