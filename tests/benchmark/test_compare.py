"""Tests for `gapjunction.benchmark.compare`."""

from dataclasses import replace

import numpy as np
import pytest

from detection_cases import boxes_with_scores
from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.compare import (
    ComparedSet,
    MetricDifference,
    compare_sets,
    smallest_p,
)
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections

NUM_IMAGES = 12


def compared(
    paired: PairedDetections, threshold: float = 0.3, lowest_score: float = 0.0
) -> ComparedSet:
    # One asset has no intervals, which this does without.
    one_asset = groups_of(*(0 for _ in paired.stems))
    return ComparedSet(study(paired, one_asset, threshold=threshold), lowest_score)


def compare(
    a: PairedDetections, b: PairedDetections, assets: tuple[int, ...] = tuple(range(NUM_IMAGES))
) -> dict[str, MetricDifference]:
    differences = compare_sets(
        compared(a),
        compared(b),
        groups_of(*assets),
        num_resamples=500,
        rng=np.random.default_rng(0),
    )
    return {each.metric: each for each in differences}


def blind(paired: PairedDetections) -> PairedDetections:
    """Return predictions that lack every other box."""
    return replace(paired, found=tuple(each[::2] for each in paired.found))


def test_compare_sets__same_predictions__do_not_differ() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    for each in compare(paired, paired).values():
        assert (each.difference, each.p_value, each.better) == (0, 1, "neither")


def test_compare_sets__values__are_those_of_the_suite() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    values = study(paired, groups_of(*range(NUM_IMAGES))).suite["all"]
    for metric, each in compare(paired, blind(paired)).items():
        assert each.a == pytest.approx(values[metric])


def test_compare_sets__half_of_the_boxes_gone__is_worse() -> None:
    perfect = boxes_with_scores((0, 0, 9, 9), (20, 0, 29, 9), (40, 0, 49, 9), (0, 40, 9, 49))
    images, stems = (perfect,) * NUM_IMAGES, tuple(map(str, range(NUM_IMAGES)))
    good = PairedDetections(stems, ("x",), images, images)
    found = compare(good, blind(good))
    assert {each.better for each in found.values()} == {"A"}
    assert found["f1_iou50"].difference == pytest.approx(2 / 3 - 1)
    assert found["count_mae"].difference == 2
    assert {each.better for each in compare(blind(good), good).values()} == {"B"}


def test_compare_sets__three_assets__cannot_show_a_difference() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    empty = replace(paired, found=(Detections.none(),) * NUM_IMAGES)
    for each in compare(paired, empty, tuple(i % 3 for i in range(NUM_IMAGES))).values():
        assert each.p_value is not None
        assert each.p_value >= 0.25
        assert each.better == "neither"


def test_compare_sets__one_asset__has_neither_interval_nor_p() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    for each in compare(paired, blind(paired), (0,) * NUM_IMAGES).values():
        assert (each.interval, each.p_value, each.better) == (None, None, "unknown")


@pytest.mark.slow
def test_compare_sets__no_real_difference__is_claimed_in_about_one_of_twenty() -> None:
    rng = np.random.default_rng(5)
    box = boxes_with_scores((0, 0, 9, 9), (20, 0, 29, 9), (40, 0, 49, 9), (0, 40, 9, 49))
    stems, groups = tuple(map(str, range(30))), groups_of(*range(30))
    claims = 0
    for _ in range(60):
        sets = [
            PairedDetections(
                stems, ("x",), (box,) * 30, tuple(box[rng.random(4) < 0.7] for _ in stems)
            )
            for _ in range(2)
        ]
        a, b = (compared(each, 0.0) for each in sets)
        f1 = compare_sets(a, b, groups, num_resamples=200, rng=rng)[0]
        claims += f1.better != "neither"
    assert claims <= 8  # of 60; more than 8 has a chance of 0.5 % if 1 of 20 are wrong


def test_compare_sets__other_images__is_our_mistake() -> None:
    with pytest.raises(ValueError, match="the same images"):
        compare(paired_images(num_images=3), paired_images(num_images=4))


def test_smallest_p__is_that_of_a_sign_test() -> None:
    assert [smallest_p(num_assets) for num_assets in (1, 3, 6)] == [1, 0.25, 2 / 64]


def test_compare_sets__written_from_different_scores_on__compares_no_average_precision() -> None:
    pairs = paired_images(num_images=8)
    groups = groups_of(*range(8))
    differences = {
        each.metric: each
        for each in compare_sets(
            compared(pairs, 0.5, lowest_score=0.1),
            compared(pairs, 0.5, lowest_score=0.5),
            groups,
            num_resamples=100,
            rng=np.random.default_rng(0),
        )
    }
    assert differences["ap50"].better == "unknown"
    assert differences["ap50"].a is None
    assert differences["f1_iou50"].difference == 0
