"""Tables of a segmentation benchmark: text for the terminal, one row an image for a spreadsheet."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.metrics.metric_field import Metric, metrics_of
from gapjunction.metrics.segmentation import (
    PER_IMAGE,
    ClassMetrics,
    PixelCounts,
    SegmentationMetrics,
    dice,
    iou,
    mean_of_defined,
    pixel_accuracy,
)
from gapjunction.report.asset_note import interval_head
from gapjunction.report.tables import NO_VALUE, aligned_text, interval_text


def segmentation_table(suite: Mapping[str, Any]) -> str:
    """Return the metrics as text: a row for each, pooled and as the mean over the images.

    Intervals stand behind what they are of.
    """
    overall = suite["all"]
    rows = _rows(SegmentationMetrics, overall)
    for name, values in suite["classes"].items():
        rows += _rows(ClassMetrics, values, of=f" of {name}")
    images = "1 image" if overall["num_images"] == 1 else f"{overall['num_images']:,} images"
    return aligned_text(
        [
            f"{images}, {overall['num_px']:,} pixels",
            *("pooled", interval_head(overall), "mean of images", interval_head(overall)),
        ],
        rows,
    )


def per_image_segmentation_table(pixels: PixelCounts, groups: AssetGroups) -> pd.DataFrame:
    """Return one row an image: asset, means, then IoU, Dice and pixels of each class.

    The latter are called `<class>.iou` and so on.

    A value that cannot be computed is NaN, in a CSV file an empty cell; the asset is empty where
    nothing tells it.
    """
    each = pixels.matrices
    iou_each, dice_each = iou(each), dice(each)
    table: dict[str, Any] = {
        "image": list(pixels.stems),
        "asset": [groups.name_of_image(image) for image in range(len(pixels.stems))],
        "mean_iou": mean_of_defined(iou_each[:, 1:]),
        "mean_iou_with_background": mean_of_defined(iou_each),
        "mean_dice": mean_of_defined(dice_each[:, 1:]),
        "pixel_accuracy": np.asarray(pixel_accuracy(each)),
        "background_iou": iou_each[:, 0],
    }
    for number, name in enumerate(pixels.class_names, start=1):
        table |= {
            f"{name}.iou": iou_each[:, number],
            f"{name}.dice": dice_each[:, number],
            f"{name}.truth_px": each[:, number].sum(axis=-1),
            f"{name}.predicted_px": each[:, :, number].sum(axis=-1),
        }
    return pd.DataFrame(table)


def _rows(kind: type, values: Mapping[str, Any], of: str = "") -> list[list[str]]:
    """Return a row for each metric: pooled, then the mean of images, each with its interval."""
    metrics = {each.name: each for each in metrics_of(kind)}
    return [
        [
            f"{pooled.title}{of}",
            *_with_interval(pooled, values),
            *_with_interval(metrics[f"{name}{PER_IMAGE}"], values),
        ]
        for name, pooled in metrics.items()
        if not name.endswith(PER_IMAGE)
    ]


def _with_interval(metric: Metric, values: Mapping[str, Any]) -> tuple[str, str]:
    return metric.text(values, NO_VALUE), interval_text(metric, values)
