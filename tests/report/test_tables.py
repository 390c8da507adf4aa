"""Tests for `gapjunction.report.tables`."""

from typing import Any

import numpy as np

from detection_study import groups_of
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite
from gapjunction.metrics.counts import CountMetrics
from gapjunction.metrics.metric_field import metrics_of
from gapjunction.report.tables import (
    aligned_text,
    count_frame,
    count_table,
    grouped_count_table,
    per_image_table,
)


def paired_counts(num_classes: int) -> PairedCounts:
    truth, predicted = np.array([[1, 5], [2, 4]]), np.array([[2, 4], [2, 7]])
    class_names = ("oval", "round")[:num_classes]
    return PairedCounts(("a", "b"), class_names, truth[:, :num_classes], predicted[:, :num_classes])


def suite_of(paired: PairedCounts) -> dict[str, Any]:
    return count_suite(paired, groups_of(*range(len(paired.stems))))


def test_aligned_text__columns_of_unequal_width__line_up() -> None:
    expected = "name        n\n------  -----\na           1\nlonger  12345"
    assert aligned_text(["name", "n"], [["a", "1"], ["longer", "12345"]]) == expected


def test_count_table__several_classes__has_a_column_for_all_and_each() -> None:
    header, _, *rows = count_table(suite_of(paired_counts(2))).splitlines()
    assert header.split()[-7:] == ["95", "%", "interval,", "2", "assets", "oval", "round"]
    [bias] = [row for row in rows if row.startswith("bias")]
    # Differences of 0 and 3: 1.5 with a standard error of 1.5, and t(1) is 12.71.
    assert bias.split()[-6:] == ["+1.50", "-17.56", "to", "+20.56", "+0.50", "+1.00"]


def test_count_table__few_assets__say_from_how_many_on_there_is_an_interval() -> None:
    rows = count_table(suite_of(paired_counts(1))).splitlines()
    [rmse] = [row for row in rows if row.startswith("root mean squared error")]
    assert rmse.endswith("from 30 assets on")


def test_count_table__one_class__has_one_column() -> None:
    header = count_table(suite_of(paired_counts(1))).splitlines()[0]
    assert header.split()[-6:] == ["all", "95", "%", "interval,", "2", "assets"]


def test_count_table__undefined_metrics__are_a_dash() -> None:
    nothing = PairedCounts((), (), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64))
    rows = count_table(suite_of(nothing)).splitlines()[2:]
    assert len(rows) == len(metrics_of(CountMetrics)) + 1  # the number of assets
    assert sum(row.split()[-1] == "-" for row in rows) == 17


def test_per_image_table__one_class__is_name_truth_predicted_difference() -> None:
    table = per_image_table(paired_counts(1), groups_of(0, 1))
    assert list(table.columns) == ["image", "asset", "truth", "predicted", "difference"]
    assert table.to_numpy().tolist() == [["a", "rats/rat 0", 1, 2, 1], ["b", "rats/rat 1", 2, 2, 0]]


def test_per_image_table__several_classes__adds_columns_of_each() -> None:
    table = per_image_table(paired_counts(2), groups_of(0, 1))
    assert table["difference"].tolist() == [0, 3]
    assert table["round.difference"].tolist() == [-1, 3]


def test_grouped_count_table__one_dataset__shows_its_assets_alone() -> None:
    lines = grouped_count_table(suite_of(paired_counts(2))).splitlines()
    assert [line.split("  ")[0] for line in lines[2:]] == ["rats/rat 0", "rats/rat 1"]
    assert lines[3].split()[-6:] == ["1", "6", "9", "1.500", "+3.00", "3.00"]


def test_count_frame__rows__are_the_parts_with_all_metrics() -> None:
    table = count_frame(suite_of(paired_counts(2))["assets"], "asset")
    assert table["asset"].tolist() == ["rats/rat 0", "rats/rat 1"]
    assert table["bias"].tolist() == [0, 3]
