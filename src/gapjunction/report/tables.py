"""Tables: aligned text for the terminal, and one row an image for a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.metrics.counts import CountMetrics
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.metric_field import NUM_ASSETS, Metric, metrics_of, with_num_assets
from gapjunction.report.asset_note import interval_head

NO_VALUE = "-"  # a metric that is not defined for these counts


def count_table(suite: Mapping[str, Any]) -> str:
    """Return the count metrics as text: a row for each metric, a column for each class."""
    metrics = with_num_assets(metrics_of(CountMetrics))
    return metric_table(suite, metrics, ("per image, in objects", interval_head(suite["all"])))


def metric_table(
    suite: Mapping[str, Any], metrics: Sequence[Metric], heads: tuple[str, str]
) -> str:
    """Return metrics as text: a row for each, a column for each class.

    The `heads` are those of the titles and of the intervals.
    Where there is only one class, "all" would say the same and is the only column; intervals are
    those of "all".
    """
    classes = suite["classes"] if len(suite["classes"]) > 1 else {}
    rows = []
    overall = suite["all"]
    for each in metrics:
        of_classes = [each.text(values, NO_VALUE) for values in classes.values()]
        rows.append(
            [each.title, each.text(overall, NO_VALUE), interval_text(each, overall), *of_classes]
        )
    return aligned_text([heads[0], "all", heads[1], *classes], rows)


def grouped_count_table(suite: Mapping[str, Any]) -> str:
    """Return the counts of each dataset and asset as text; empty where nothing tells them."""
    parts = {**(suite["datasets"] if len(suite["datasets"]) > 1 else {}), **suite["assets"]}
    return part_table(parts, metrics_of(CountMetrics)) if parts else ""


def part_table(parts: Mapping[str, Mapping[str, Any]], metrics: Sequence[Metric]) -> str:
    """Return a row for each part of the images, with the metrics that have a column there."""
    columns = [each for each in metrics if each.column is not None]
    rows = [
        [name, *(each.text(values, NO_VALUE) for each in columns)] for name, values in parts.items()
    ]
    return aligned_text(["", *(each.column or "" for each in columns)], rows)


def count_frame(parts: Mapping[str, Mapping[str, Any]], kind: str) -> pd.DataFrame:
    """Return one row for each dataset or asset, which `kind` names, with all its metrics."""
    return pd.DataFrame([{kind: name, **values} for name, values in parts.items()])


def aligned_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as lines of text: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, ["-" * width for width in widths], *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def per_image_table(paired: PairedCounts, groups: AssetGroups) -> pd.DataFrame:
    """Return one row an image: its name and asset, true and predicted count, their difference.

    The asset is empty where nothing tells it. With several classes, the same three columns
    follow for each, as `<class>.truth`.
    """
    table: dict[str, Any] = {
        "image": list(paired.stems),
        "asset": [groups.name_of_image(image) for image in range(len(paired.stems))],
    }
    table |= _columns("", paired.truth.sum(axis=1), paired.predicted.sum(axis=1))
    if len(paired.class_names) > 1:
        for label, name in enumerate(paired.class_names):
            table |= _columns(f"{name}.", paired.truth[:, label], paired.predicted[:, label])
    return pd.DataFrame(table)


def interval_text(metric: Metric, values: Mapping[str, Any]) -> str:
    """Return the 95 % interval of a metric as text, empty where it has none.

    A metric that has one of more assets says how many it takes.
    """
    low, high = values.get(f"{metric.name}_low"), values.get(f"{metric.name}_high")
    if low is not None and high is not None:
        return f"{low:{metric.form}} to {high:{metric.form}}"
    is_of_few = MIN_ASSETS <= (values.get(NUM_ASSETS.name) or 0) < metric.min_assets
    return f"from {metric.min_assets} assets on" if is_of_few else ""


def _columns(prefix: str, truth: Any, predicted: Any) -> dict[str, Any]:
    return {
        f"{prefix}truth": truth,
        f"{prefix}predicted": predicted,
        f"{prefix}difference": predicted - truth,
    }
