"""Tests for `gapjunction.metrics.froc`."""

import numpy as np
import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.froc import (
    FrocRanking,
    froc_curve,
    mean_sensitivity,
    rank_for_froc,
    sensitivities,
)
from gapjunction.metrics.match_table import MatchTable, build_match_table
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps


def table_of(truth: list[Detections], found: list[Detections]) -> MatchTable:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    return build_match_table(*stacked, find_overlaps(*stacked), center_distance_px=3)


def ranking_of(truth: list[Detections], found: list[Detections]) -> FrocRanking:
    table = table_of(truth, found)
    return rank_for_froc(table, table.is_right_mainly)


TRUTH = boxes_with_scores((0, 0, 10, 10), (30, 0, 40, 10))
# Right, false, right, false; the last two have one score.
FOUND = boxes_with_scores(
    (0, 0, 10, 10, 0.9), (60, 0, 70, 10, 0.8), (30, 0, 40, 10, 0.5), (90, 0, 99, 10, 0.5)
)


def test_froc_curve__worked_by_hand() -> None:
    """Two images, the other one empty: a false detection is half a one an image."""
    ranking = ranking_of([TRUTH, Detections.none()], [FOUND, Detections.none()])
    false_per_image, share = froc_curve(ranking, np.ones(2))
    assert ranking.scores.tolist() == pytest.approx([0.9, 0.8, 0.5])
    assert false_per_image.tolist() == [0, 0.5, 1]
    assert share.tolist() == [0.5, 0.5, 1]


def test_sensitivities__rates__are_reached_only_by_whole_scores() -> None:
    curve = froc_curve(ranking_of([TRUTH], [FOUND]), np.ones(1))
    assert sensitivities(curve, np.array([0.0, 1.9, 2.0, 8.0])).tolist() == [0.5, 0.5, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_froc_curve__each_score__counts_what_is_kept_there(seed: int) -> None:
    truth, found = random_images(seed, num_images=5)
    table = table_of(truth, found)
    ranking = rank_for_froc(table, table.is_near)
    for score, false, share in zip(ranking.scores, *froc_curve(ranking, np.ones(5)), strict=True):
        is_kept = table.found.scores >= score
        assert false == pytest.approx((is_kept & ~table.is_near).sum() / 5)
        assert share == pytest.approx((is_kept & table.is_near).sum() / len(table.truth))


def test_mean_sensitivity__weights__are_as_good_as_repeated_images() -> None:
    truth, found = random_images(3, num_images=3)
    weighted = mean_sensitivity(ranking_of(truth, found), np.array([2.0, 0.0, 1.0]))
    rows = (0, 0, 2)
    repeated = ranking_of([truth[i] for i in rows], [found[i] for i in rows])
    assert weighted == pytest.approx(mean_sensitivity(repeated, np.ones(3)))


def test_mean_sensitivity__all_right__is_one() -> None:
    assert mean_sensitivity(ranking_of([TRUTH], [TRUTH]), np.ones(1)) == 1


def test_mean_sensitivity__nothing_found__is_zero() -> None:
    assert mean_sensitivity(ranking_of([TRUTH], [Detections.none()]), np.ones(1)) == 0


def test_mean_sensitivity__nothing_annotated__is_nan() -> None:
    assert np.isnan(mean_sensitivity(ranking_of([Detections.none()], [FOUND]), np.ones(1)))
