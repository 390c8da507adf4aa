"""Tests for `gapjunction.metrics.average_precision`."""

from collections.abc import Sequence

import numpy as np
import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.average_precision import (
    AP50,
    area_under_curve,
    average_precision,
    coco_rows,
    rank_classes,
    steps_around,
)
from gapjunction.metrics.coco_ap import coco_ap
from gapjunction.metrics.interval import Interval
from gapjunction.metrics.match_table import MatchTable, build_match_table
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps

NUM_CLASSES = 2


def table_of(truth: Sequence[Detections], found: Sequence[Detections]) -> MatchTable:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    return build_match_table(*stacked, find_overlaps(*stacked), center_distance_px=3)


def weighted_ap(
    truth: Sequence[Detections], found: Sequence[Detections], weights: Sequence[float]
) -> float:
    table = table_of(truth, found)
    ap = average_precision(rank_classes(table, NUM_CLASSES, coco_rows(table)), np.array(weights))
    return float(ap.mean())


def library_ap(truth: Sequence[Detections], found: Sequence[Detections]) -> float | None:
    return coco_ap(StackedDetections.of(truth), StackedDetections.of(found), NUM_CLASSES).ap


@pytest.mark.parametrize("seed", range(8))
def test_average_precision__each_image_once__is_that_of_the_library(seed: int) -> None:
    truth, found = random_images(seed, num_images=6, num_classes=NUM_CLASSES)
    ours = weighted_ap(truth, found, [1.0] * 6)
    assert ours == pytest.approx(library_ap(truth, found), abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_average_precision__weights__are_as_good_as_repeated_images(seed: int) -> None:
    truth, found = random_images(seed, num_images=6, num_classes=NUM_CLASSES)
    weights = np.random.default_rng(seed).integers(0, 4, 6).tolist()
    repeated = [i for i, weight in enumerate(weights) for _ in range(weight)]
    expected = library_ap([truth[i] for i in repeated], [found[i] for i in repeated])
    assert weighted_ap(truth, found, weights) == pytest.approx(expected, abs=1e-12)


def test_average_precision__more_objects_than_recalls__is_that_of_the_library() -> None:
    truth, found = random_images(0, num_images=60)  # over 400 objects, 101 recalls
    ours = weighted_ap(truth, found, [1.0] * 60)
    assert ours == pytest.approx(library_ap(truth, found), abs=1e-12)


def test_average_precision__no_image_drawn_with_annotations__is_nan() -> None:
    truth, found = random_images(0, num_images=3)
    assert np.isnan(weighted_ap(truth, found, [0.0, 0.0, 0.0]))


def test_average_precision__nothing_found__is_zero() -> None:
    truth, _ = random_images(0, num_images=3)
    assert weighted_ap(truth, [Detections.none()] * 3, [1.0] * 3) == 0


def test_rank_classes__one_iou__gives_only_ap50() -> None:
    truth, found = random_images(1, num_images=5)
    table, ones = table_of(truth, found), np.ones(5)
    only = average_precision(rank_classes(table, 1, coco_rows(table)[:1]), ones)
    assert only.tolist() == [
        average_precision(rank_classes(table, 1, coco_rows(table)), ones)[AP50]
    ]


def test_area_under_curve__worked_by_hand() -> None:
    """Precision is 1 up to a recall of 1/4, and then 2/3 up to 1/2."""
    truth = [boxes_with_scores(*((20 * n, 0, 20 * n + 9, 9) for n in range(4)))]
    found = [
        boxes_with_scores((0, 0, 9, 9, 0.9), (0, 50, 9, 59, 0.8), (20, 0, 29, 9, 0.7)),
    ]
    table = table_of(truth, found)
    area = area_under_curve(rank_classes(table, 1, coco_rows(table)), np.ones(1))
    assert area == pytest.approx(np.full(10, (1 + 2 / 3) / 4))


@pytest.mark.parametrize("seed", range(20))
def test_steps_around__area_of_random_images__holds_their_average_precision(seed: int) -> None:
    truth, found = random_images(seed, num_images=4)
    table = table_of(truth, found)
    rankings, ones = rank_classes(table, 1, coco_rows(table)), np.ones(4)
    areas, ap = area_under_curve(rankings, ones), average_precision(rankings, ones)
    for area, of_steps in zip(areas.tolist(), ap.tolist(), strict=True):
        around = steps_around(Interval(area, area))
        assert around.low - 1e-12 <= of_steps <= around.high + 1e-12
