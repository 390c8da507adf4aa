"""Tests for `bench.scoring`."""

from itertools import permutations

import numpy as np
import pytest
from bench.peers.method import detections_around, scored_one
from bench.scoring import ImageScore, count_near_pairs, f1_distance, score_image, score_set

from gapjunction.boxes import centers
from gapjunction.detections import Detections


def squares(*centers: tuple[float, float], side: float = 4) -> Detections:
    return scored_one(
        [[x - side / 2, y - side / 2, x + side / 2, y + side / 2] for x, y in centers]
    )


def pairs_by_trying_all(truth: Detections, found: Detections) -> int:
    """Return the most pairs, by trying every order; for a handful of objects."""
    sides = (truth.boxes[:, 2:] - truth.boxes[:, :2]).max(axis=1)
    gaps = np.linalg.norm(centers(truth.boxes)[:, None] - centers(found.boxes)[None], axis=2)
    allowed = gaps <= np.maximum(3, sides / 2)[:, None]
    return max(
        sum(bool(allowed[i, j]) for i, j in enumerate(order))
        for order in permutations(range(len(found)), len(truth))
    )


@pytest.mark.parametrize(("distance", "pairs"), [(2.9, 1), (3.1, 0)])
def test_count_near_pairs__small_object__is_found_within_3_px(distance: float, pairs: int) -> None:
    assert count_near_pairs(squares((50, 50)), squares((50 + distance, 50))) == pairs


@pytest.mark.parametrize(("distance", "pairs"), [(9.9, 1), (10.1, 0)])
def test_count_near_pairs__large_object__is_found_within_half_its_side(
    distance: float, pairs: int
) -> None:
    assert count_near_pairs(squares((50, 50), side=20), squares((50, 50 + distance))) == pairs


def test_count_near_pairs__two_detections_of_one_object__make_one_pair() -> None:
    assert count_near_pairs(squares((50, 50)), squares((50, 50), (51, 50))) == 1


@pytest.mark.parametrize("seed", range(20))
def test_count_near_pairs__crowded__are_as_many_as_any_order_of_choosing_gives(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 14, (9, 2)).tolist()
    truth, found = squares(*points[:4]), squares(*points[4:])
    assert count_near_pairs(truth, found) == pairs_by_trying_all(truth, found)


def test_score_image__shifted_box__is_near_but_overlaps_too_little() -> None:
    score = score_image(squares((50, 50)), squares((52, 50)))
    assert score == ImageScore(num_truth=1, num_found=1, num_near=1, num_overlapping=0)


def test_score_set__two_images__are_pooled_for_f1_and_averaged_for_counts() -> None:
    images = [
        ImageScore(num_truth=10, num_found=8, num_near=6, num_overlapping=3),
        ImageScore(num_truth=0, num_found=2, num_near=0, num_overlapping=0),
    ]
    score = score_set(images)
    assert score.f1_distance == pytest.approx(2 * 6 / 20)
    assert score.f1_iou == pytest.approx(2 * 3 / 20)
    assert (score.count_mae, score.false_per_image) == (2, 2)
    assert score.count_mape == pytest.approx(0.2)  # the image without objects has none


def test_score_set__nothing_anywhere__has_no_f1_and_no_mape() -> None:
    score = score_set([ImageScore(num_truth=0, num_found=0, num_near=0, num_overlapping=0)])
    assert (score.f1_distance, score.f1_iou, score.count_mape) == (None, None, None)


def test_score_set__no_image__is_refused() -> None:
    with pytest.raises(ValueError, match="without images"):
        score_set([])


def test_f1_distance__nothing_true_and_nothing_found__is_zero() -> None:
    assert f1_distance([Detections.none()], [Detections.none()]) == 0


def test_detections_around__pixel__has_its_middle_half_a_pixel_further() -> None:
    (box,) = detections_around([[10, 20]], 4).boxes.tolist()
    assert box == [18.5, 8.5, 22.5, 12.5]
