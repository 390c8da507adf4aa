"""Tests for `gapjunction.benchmark.suite`."""

import json

import numpy as np
import pytest

from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite, flat_metrics


@pytest.fixture
def paired() -> PairedCounts:
    truth, predicted = np.array([[1, 5], [2, 4]]), np.array([[2, 4], [2, 7]])
    return PairedCounts(("a", "b"), ("oval", "round"), truth, predicted)


def test_count_suite__all__compares_the_sums_of_an_image(paired: PairedCounts) -> None:
    assert count_suite(paired)["all"]["mae"] == 1.5  # 6 and 6, 6 and 9


def test_count_suite__classes__are_compared_one_by_one(paired: PairedCounts) -> None:
    classes = count_suite(paired)["classes"]
    assert (classes["oval"]["mae"], classes["round"]["mae"]) == (0.5, 2.0)


def test_count_suite__undefined_metrics__are_null_in_json(paired: PairedCounts) -> None:
    text = json.dumps(count_suite(paired), allow_nan=False)
    assert json.loads(text)["all"]["pearson_r"] is None


def test_flat_metrics__undefined_metrics__are_left_out(paired: PairedCounts) -> None:
    flat = flat_metrics(count_suite(paired))
    assert (flat["mae"], flat["oval.mae"], flat["round.mae"]) == (1.5, 0.5, 2.0)
    assert "pearson_r" not in flat
