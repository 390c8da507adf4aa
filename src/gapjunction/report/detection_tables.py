"""Tables of detection metrics: text for the terminal, and rows for a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.compare import MetricDifference
from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.choices import ComparedMetric
from gapjunction.metrics.detection_values import DetectionMetrics, detection_metrics_of
from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.metric_field import metrics_of, with_num_assets
from gapjunction.metrics.operating_points import CRITERIA, threshold_curve
from gapjunction.metrics.swap_test import smallest_p
from gapjunction.report.asset_note import asset_note, interval_head
from gapjunction.report.score_tables import tide_table
from gapjunction.report.tables import NO_VALUE, aligned_text, interval_text, part_table

CERTAIN_P = 0.05

KINDS = ("missed", "false", "doubled", "badly_placed", "merged", "split")
METRIC_NAMES: Mapping[ComparedMetric, str] = {
    "f1_iou50": "F1 at IoU 0.5",
    "ap50": "AP at IoU 0.5",
    "count_mae": "count error per image",
}


def detection_table(suite: Mapping[str, Any], um_per_px: float | None) -> str:
    """Return all metrics with their 95 % intervals as text, and below both kinds of errors."""
    classes = suite["classes"] if len(suite["classes"]) > 1 else {}
    columns = [suite["all"], *classes.values()]
    rows = [
        [each.title, each.text(columns[0], NO_VALUE), interval_text(each, columns[0])]
        + [each.text(values, NO_VALUE) for values in columns[1:]]
        for each in with_num_assets(detection_metrics_of(um_per_px))
    ]
    metrics = aligned_text(["", "all", interval_head(suite["all"]), *classes], rows)
    return f"{metrics}\n\n{error_table(suite['all'])}\n\n{tide_table(suite['all'])}"


def asset_table(suite: Mapping[str, Any]) -> str:
    """Return a row for each asset as text; empty where nothing tells them."""
    return part_table(suite["assets"], metrics_of(DetectionMetrics)) if suite["assets"] else ""


def error_table(values: Mapping[str, Any]) -> str:
    """Return how many annotations and detections there are of each kind of error."""
    rows = [
        [kind.replace("_", " "), *(_count(values, f"{side}_{kind}") for side in _SIDES)]
        for kind in KINDS
    ]
    return aligned_text(["errors at IoU 0.5", *_SIDES], rows)


def detections_per_image(study: DetectionStudy) -> pd.DataFrame:
    """Return one row an image: its asset, counts, what is right, and each kind of error.

    The asset is empty where nothing tells it.
    """
    counts = study.counts
    right = counts.num_right["iou50"].astype(np.int64)
    table: dict[str, Any] = {
        "image": list(study.paired.stems),
        "asset": list(map(study.groups.name_of_image, range(len(study.paired.stems)))),
        "truth": counts.num_truth.astype(np.int64),
        "found": counts.num_found.astype(np.int64),
        "right_iou50": right,
        "right_iou30": counts.num_right["iou30"].astype(np.int64),
        "right_center": counts.num_right["center"].astype(np.int64),
        "mean_matched_iou": np.divide(
            counts.iou_sum, right, out=np.full(len(right), np.nan), where=right > 0
        ),
    }
    return pd.DataFrame(table | study.kinds)


def threshold_table(table: MatchTable, thresholds: np.ndarray) -> pd.DataFrame:
    """Return precision, recall and F1 by every criterion, a row for each threshold."""
    columns: dict[str, Any] = {"threshold": thresholds}
    for criterion in CRITERIA:
        for name, values in threshold_curve(table, criterion, thresholds).items():
            columns[f"{name}_{criterion}"] = values
    return pd.DataFrame(columns)


def comparison_frame(differences: Sequence[MetricDifference]) -> pd.DataFrame:
    """Return one row a metric: A, B, their difference, its interval, p, and what they say."""
    return pd.DataFrame(
        [
            {
                "metric": each.metric,
                "a": each.a,
                "b": each.b,
                "difference": each.difference,
                "difference_low": None if each.interval is None else each.interval.low,
                "difference_high": None if each.interval is None else each.interval.high,
                "p_value": each.p_value,
                "p_holm": each.p_holm,
                "better": each.better,
                "margin": each.margin,
                "p_equivalent": each.p_equivalent,
            }
            for each in differences
        ]
    )


def comparison_text(differences: Sequence[MetricDifference], groups: AssetGroups) -> str:
    """Return the comparison of A and B as a table, and a sentence for each metric."""
    rows = [
        [
            METRIC_NAMES[each.metric],
            _form(each.a, ".3f"),
            _form(each.b, ".3f"),
            _form(each.difference, "+.3f"),
            NO_VALUE
            if each.interval is None
            else f"{each.interval.low:+.3f} to {each.interval.high:+.3f}",
            _form(each.p_value, ".3f"),
            _form(each.p_holm, ".3f"),
        ]
        for each in differences
    ]
    interval = interval_head({"num_assets": groups.num_known})
    table = aligned_text(["", "A", "B", "B - A", interval, "p", "p, Holm"], rows)
    num_tested = sum(each.p_holm is not None for each in differences)
    least = num_tested * smallest_p(groups.num_assets)
    sentences = [_sentence(each, groups.num_assets, least) for each in differences]
    sentences += [_equivalence(each) for each in differences if each.p_equivalent is not None]
    return "\n\n".join([table, "\n".join(sentences), asset_note(groups)])


_SIDES = ("annotations", "detections")


def _sentence(difference: MetricDifference, num_assets: int, least_p: float) -> str:
    """Say which set is better; `least_p` is the smallest p that so many assets can give."""
    name = METRIC_NAMES[difference.metric]
    if difference.better == "unknown" or difference.difference is None:
        return f"{name}: there is too little to tell A and B apart."
    p_text = _p_text(difference.p_holm)
    if difference.better == "neither":
        few = f"; {num_assets} assets cannot show one" if least_p > CERTAIN_P else ""
        return f"{name}: no difference between A and B is shown{p_text}{few}."
    worse = "A" if difference.better == "B" else "B"
    more = "lower" if difference.metric == "count_mae" else "higher"
    size = f"{abs(difference.difference):.3f} {more}"
    return f"{name}: {difference.better} is better than {worse}, {size}{p_text}."


def _equivalence(difference: MetricDifference) -> str:
    name, p_text = METRIC_NAMES[difference.metric], _p_text(difference.p_equivalent)
    closeness = f"differ by less than {difference.margin:g}"
    if difference.p_equivalent is None or difference.p_equivalent > CERTAIN_P:
        return f"{name}: that A and B {closeness} is not shown{p_text}."
    return f"{name}: A and B are equivalent, as they {closeness}{p_text}."


def _p_text(p_value: float | None) -> str:
    if p_value is None:
        return ""
    return " (p < 0.001)" if p_value < 0.001 else f" (p = {p_value:.3f})"  # noqa: PLR2004


def _form(value: float | None, form: str) -> str:
    return NO_VALUE if value is None else format(value, form)


def _count(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, ""))
