"""Tables: aligned text for the terminal, and one row an image for a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.paired_counts import PairedCounts

NO_VALUE = "-"  # a metric that is not defined for these counts

COUNT_ROWS: tuple[tuple[str, str], ...] = (
    ("images", "{num_images}"),
    ("assets", "{num_assets}"),
    ("objects, true", "{num_truth}"),
    ("objects, predicted", "{num_predicted}"),
    ("predicted / true", "{total_ratio:.3f}"),
    ("bias (predicted - true)", "{bias:+.2f}"),
    ("95 % limits, low", "{limits_of_agreement_low:+.2f}"),
    ("95 % limits, high", "{limits_of_agreement_high:+.2f}"),
    ("mean absolute error", "{mae:.2f}"),
    ("root mean squared error", "{rmse:.2f}"),
    ("mean absolute error, %", "{mape_percent:.1f}"),
    ("images without objects", "{num_images_without_truth}"),
    ("  predicted there, mean", "{mean_predicted_without_truth:.2f}"),
    ("Pearson's r", "{pearson_r:.3f}"),
    ("concordance (Lin)", "{concordance:.3f}"),
    ("R squared", "{r_squared:.3f}"),
)
GROUP_COLUMNS: tuple[tuple[str, str], ...] = (
    ("images", "{num_images}"),
    ("true", "{num_truth}"),
    ("predicted", "{num_predicted}"),
    ("predicted / true", "{total_ratio:.3f}"),
    ("bias", "{bias:+.2f}"),
    ("mean abs. error", "{mae:.2f}"),
)


def count_table(suite: Mapping[str, Any]) -> str:
    """Return the count metrics as text: a row for each metric, a column for each class.

    Where there is only one class, "all" would say the same and is the only column; intervals are
    those of "all".
    """
    classes = suite["classes"] if len(suite["classes"]) > 1 else {}
    rows = []
    for title, pattern in COUNT_ROWS:
        name, _, form = pattern.strip("{}").partition(":")
        of_classes = [formatted(pattern, values) for values in classes.values()]
        overall = suite["all"]
        rows.append(
            [title, formatted(pattern, overall), interval_text(overall, name, form), *of_classes]
        )
    return aligned_text(["per image, in objects", "all", "95 % interval", *classes], rows)


def grouped_count_table(suite: Mapping[str, Any]) -> str:
    """Return the counts of each dataset and asset as text; empty where nothing tells them."""
    parts = {**(suite["datasets"] if len(suite["datasets"]) > 1 else {}), **suite["assets"]}
    if not parts:
        return ""
    rows = [
        [name, *(formatted(pattern, values) for _, pattern in GROUP_COLUMNS)]
        for name, values in parts.items()
    ]
    return aligned_text(["", *(title for title, _ in GROUP_COLUMNS)], rows)


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


def formatted(pattern: str, values: Mapping[str, Any]) -> str:
    """Return the value that `pattern` names, "{mae:.2f}" for one; a dash where it is None."""
    name = pattern.strip("{}").split(":")[0]
    return NO_VALUE if values.get(name) is None else pattern.format_map(values)


def interval_text(values: Mapping[str, Any], name: str, form: str) -> str:
    """Return the 95 % interval of a metric as text, empty where it has none."""
    low, high = values.get(f"{name}_low"), values.get(f"{name}_high")
    return "" if low is None or high is None else f"{low:{form}} to {high:{form}}"


def _columns(prefix: str, truth: Any, predicted: Any) -> dict[str, Any]:
    return {
        f"{prefix}truth": truth,
        f"{prefix}predicted": predicted,
        f"{prefix}difference": predicted - truth,
    }
