"""Tests for `gapjunction.report.tables`."""

import numpy as np

from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite
from gapjunction.report.tables import COUNT_ROWS, aligned_text, count_table, per_image_table


def paired_counts(num_classes: int) -> PairedCounts:
    truth, predicted = np.array([[1, 5], [2, 4]]), np.array([[2, 4], [2, 7]])
    class_names = ("oval", "round")[:num_classes]
    return PairedCounts(("a", "b"), class_names, truth[:, :num_classes], predicted[:, :num_classes])


def test_aligned_text__columns_of_unequal_width__line_up() -> None:
    expected = "name        n\n------  -----\na           1\nlonger  12345"
    assert aligned_text(["name", "n"], [["a", "1"], ["longer", "12345"]]) == expected


def test_count_table__several_classes__has_a_column_for_all_and_each() -> None:
    header, _, *rows = count_table(count_suite(paired_counts(2))).splitlines()
    assert header.split()[-3:] == ["all", "oval", "round"]
    [bias] = [row for row in rows if row.startswith("bias")]
    assert bias.split()[-3:] == ["+1.50", "+0.50", "+1.00"]


def test_count_table__one_class__has_one_column() -> None:
    header = count_table(count_suite(paired_counts(1))).splitlines()[0]
    assert header.split()[-1] == "all"


def test_count_table__undefined_metrics__are_a_dash() -> None:
    nothing = PairedCounts((), (), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64))
    rows = count_table(count_suite(nothing)).splitlines()[2:]
    assert len(rows) == len(COUNT_ROWS)
    assert sum(row.endswith(" -") for row in rows) == 11


def test_per_image_table__one_class__is_name_truth_predicted_difference() -> None:
    table = per_image_table(paired_counts(1))
    assert list(table.columns) == ["image", "truth", "predicted", "difference"]
    assert table.to_numpy().tolist() == [["a", 1, 2, 1], ["b", 2, 2, 0]]


def test_per_image_table__several_classes__adds_columns_of_each() -> None:
    table = per_image_table(paired_counts(2))
    assert table["difference"].tolist() == [0, 3]
    assert table["round.difference"].tolist() == [-1, 3]
