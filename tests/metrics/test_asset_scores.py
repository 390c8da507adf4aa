"""Tests for `gapjunction.metrics.asset_scores`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.metrics.asset_scores import group_assets, mean_scores, score_assets


def objects(num: int, first: int = 0) -> Detections:
    """Return boxes in a row, counted from the one called `first`."""
    boxes = as_boxes([[10 * n, 0, 10 * n + 8, 8] for n in range(first, first + num)])
    return Detections(boxes.reshape(-1, 4), np.ones(num, np.float32), np.zeros(num, np.int64))


def test_group_assets__enough_boxes_in_each__are_apart() -> None:
    assets, truths = ["b", "a", "b"], [objects(6), objects(30), objects(4)]
    assert group_assets(assets, truths) == [[0, 2], [1]]


def test_group_assets__few_boxes__are_joined_until_there_are_enough() -> None:
    truths = [objects(0), objects(50), objects(3), objects(20)]
    assert group_assets(["a", "b", "c", "d"], truths) == [[0, 2, 3], [1]]


def test_group_assets__few_boxes_altogether__are_one_group() -> None:
    assert group_assets(["a", "b"], [objects(0), objects(2)]) == [[0, 1]]


def test_mean_scores__dense_and_sparse_asset__weigh_the_same() -> None:
    truths = [objects(100), objects(10)]
    counted = [objects(100), objects(0)]
    means = mean_scores(group_assets(["dense", "sparse"], truths), truths, counted)
    assert (means.f1, means.recall) == (0.5, 0.5)
    assert means.count_error == 0.5


def test_mean_scores__false_box_in_an_empty_asset__costs_a_little() -> None:
    truths = [objects(0), objects(20), objects(20)]
    counted = [objects(1), objects(20), objects(20)]
    means = mean_scores(group_assets(["empty", "a", "b"], truths), truths, counted)
    assert means.f1 == pytest.approx((40 / 41 + 1) / 2)
    assert means.count_error == pytest.approx((1 / 20 + 0) / 2)


def test_mean_scores__errors_of_two_images__do_not_cancel() -> None:
    truths, counted = [objects(10), objects(10)], [objects(8), objects(12)]
    assert mean_scores([[0, 1]], truths, counted).count_error == pytest.approx(0.2)


def test_mean_scores__nothing_anywhere__is_perfect() -> None:
    means = mean_scores([[0]], [objects(0)], [objects(0)])
    assert (means.f1, means.precision, means.recall, means.count_error) == (1, 1, 1, 0)


def test_mean_scores__nothing_annotated_and_some_found__counts_the_false_ones() -> None:
    means = mean_scores([[0]], [objects(0)], [objects(3)])
    assert (means.f1, means.count_error) == (0, 3)


def test_score_assets__images_of_an_asset__are_added_up() -> None:
    scores = score_assets(
        ["b", "a", "b"], [objects(3), objects(0), objects(3)], [objects(3), objects(0), objects(0)]
    )
    assert list(scores) == ["a", "b"]
    assert (scores["b"].num_images, scores["b"].num_truth, scores["b"].num_found) == (2, 6, 3)
    assert scores["b"].f1 == pytest.approx(6 / 9)
    assert scores["a"].f1 == 1
