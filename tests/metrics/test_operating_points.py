"""Tests for `gapjunction.metrics.operating_points`."""

from collections.abc import Sequence

import numpy as np
import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.metrics.match_table import MatchTable, build_match_table
from gapjunction.metrics.operating_points import (
    CRITERIA,
    count_at,
    operating_metrics,
    threshold_curve,
)
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps

THRESHOLDS = (0.0, 0.3, 0.8)


def table_of(truth: Sequence[Detections], found: Sequence[Detections]) -> MatchTable:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    return build_match_table(*stacked, find_overlaps(*stacked), center_distance_px=3)


def metrics_of(
    truth: Sequence[Detections], found: Sequence[Detections], threshold: float = 0.0
) -> dict[str, float]:
    counts = count_at(table_of(truth, found), threshold)
    return {
        name: float(value)
        for name, value in operating_metrics(counts.weighted(np.ones(len(truth)))).items()
    }


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("seed", range(3))
def test_operating_metrics__random_images__are_those_of_the_kept_boxes_alone(
    seed: int, threshold: float
) -> None:
    truth, found = random_images(seed, num_images=5)
    ours = metrics_of(truth, found, threshold)
    kept = [each.scored_at_least(threshold) for each in found]
    for name, iou in (("iou30", 0.3), ("iou50", 0.5)):
        expected = score_detections(truth, kept, iou)
        assert ours[f"precision_{name}"] == pytest.approx(expected.precision)
        assert ours[f"recall_{name}"] == pytest.approx(expected.recall)
        assert ours[f"f1_{name}"] == pytest.approx(expected.f1)
    mean_iou = score_detections(truth, kept).mean_matched_iou
    expected_iou = np.nan if mean_iou is None else mean_iou
    assert ours["mean_matched_iou"] == pytest.approx(expected_iou, nan_ok=True)
    difference = [len(f) - len(t) for f, t in zip(kept, truth, strict=True)]
    assert ours["count_bias"] == pytest.approx(np.mean(difference))
    assert ours["count_mae"] == pytest.approx(np.mean(np.abs(difference)))


def test_operating_metrics__worked_by_hand() -> None:
    truth = boxes_with_scores((0, 0, 10, 10), (30, 0, 40, 10), (60, 0, 70, 10))
    # IoU 0.8; IoU 0.43, centers 4 px apart; false.
    found = boxes_with_scores((0, 0, 10, 8), (34, 0, 44, 10), (90, 0, 95, 5))
    ours = metrics_of([truth], [found])
    assert (ours["precision_iou50"], ours["recall_iou50"]) == pytest.approx((1 / 3, 1 / 3))
    assert (ours["f1_iou30"], ours["f1_center"]) == pytest.approx((2 / 3, 2 / 3))
    assert ours["mean_matched_iou"] == pytest.approx(0.8)


SOME, NONE = boxes_with_scores((0, 0, 5, 5)), Detections.none()


@pytest.mark.parametrize(
    ("truth", "found", "expected"), [(NONE, NONE, 1), (NONE, SOME, 0), (SOME, NONE, 0)]
)
def test_operating_metrics__empty_sides__have_the_values_of_the_docs(
    truth: Detections, found: Detections, expected: int
) -> None:
    ours = metrics_of([truth], [found])
    for criterion in CRITERIA:
        names = (f"precision_{criterion}", f"recall_{criterion}", f"f1_{criterion}")
        assert [ours[name] for name in names] == [expected] * 3
    assert np.isnan(ours["mean_matched_iou"])


def test_operating_metrics__brier_score__worked_by_hand() -> None:
    """A right one of 0.8 and a wrong one of 0.3, which does not count at the threshold."""
    found = boxes_with_scores((0, 0, 5, 5, 0.8), (50, 0, 55, 5, 0.3))
    assert metrics_of([SOME], [found], 0.5)["brier_iou50"] == pytest.approx((0.04 + 0.09) / 2)


def test_operating_metrics__no_images__count_error_is_nan() -> None:
    assert np.isnan(metrics_of([], [])["count_mae"])


def test_weighted__two_resamples__weigh_each_image() -> None:
    counts = count_at(table_of([SOME, NONE], [SOME, SOME]), 0.0)
    f1 = operating_metrics(counts.weighted(np.array([[2.0, 0.0], [1.0, 1.0]])))["f1_iou50"]
    assert f1.tolist() == pytest.approx([1, 2 / 3])


def test_count_at__score_equal_to_the_threshold__counts() -> None:
    found = boxes_with_scores((0, 0, 5, 5, 0.7))
    assert count_at(table_of([SOME], [found]), 0.7).num_found.tolist() == [1]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_threshold_curve__each_threshold__is_what_count_at_gives(criterion: str) -> None:
    truth, found = random_images(4, num_images=6)
    table = table_of(truth, found)
    thresholds = [*THRESHOLDS, *table.found.scores[:5].tolist()]
    curve = threshold_curve(table, criterion, np.array(thresholds))  # type: ignore[arg-type]
    for place, threshold in enumerate(thresholds):
        expected = operating_metrics(count_at(table, threshold).weighted(np.ones(6)))
        for name in ("precision", "recall", "f1"):
            assert curve[name][place] == pytest.approx(float(expected[f"{name}_{criterion}"]))


def test_followed_by__two_sets__is_the_counts_of_all_their_images() -> None:
    (truth, found), (other_truth, other_found) = random_images(0, 3), random_images(1, 4)
    joined = count_at(table_of(truth, found), 0.3).followed_by(
        count_at(table_of(other_truth, other_found), 0.3)
    )
    expected = count_at(table_of([*truth, *other_truth], [*found, *other_found]), 0.3)
    for name in (
        "num_images",
        "num_truth",
        "num_found",
        "iou_sum",
        "count_difference",
        "score_error",
    ):
        assert getattr(joined, name).tolist() == pytest.approx(getattr(expected, name).tolist())
    for criterion in CRITERIA:
        right, of_all = joined.num_right[criterion], expected.num_right[criterion]
        assert right.tolist() == of_all.tolist()
