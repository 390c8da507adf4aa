"""Tests for `gapjunction.benchmark.compare`."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from detection_cases import boxes_with_scores
from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE
from gapjunction.benchmark.compare import (
    ComparedSet,
    ComparisonPlan,
    MetricDifference,
    compare_sets,
)
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections

NUM_IMAGES = 12


def compared(
    paired: PairedDetections, threshold: float = 0.3, lowest_score: float = 0.0
) -> ComparedSet:
    # One asset has no intervals, which this does without.
    one_asset = groups_of(*(0 for _ in paired.stems))
    return ComparedSet.of(study(paired, one_asset, threshold=threshold), lowest_score)


def compare(
    a: PairedDetections,
    b: PairedDetections,
    assets: tuple[int, ...] = tuple(range(NUM_IMAGES)),
    plan: ComparisonPlan = ComparisonPlan(),  # noqa: B008 - it cannot be changed
) -> dict[str, MetricDifference]:
    rng = np.random.default_rng(0)
    differences = compare_sets(compared(a), compared(b), groups_of(*assets), plan, rng)
    return {each.metric: each for each in differences}


def _exchanged(
    pair: tuple[PairedDetections, PairedDetections], swap: Sequence[bool], assets: Sequence[int]
) -> list[PairedDetections]:
    """Return the set that each image's predictions are taken from."""
    return [pair[swap[asset]] for asset in assets]


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


@pytest.mark.long
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


@pytest.mark.long
def test_compare_sets__every_exchange__is_evaluated_as_a_set_of_its_own() -> None:
    """All 2 ** 4 exchanges of four assets of three images, made by hand."""
    a = paired_images(seed=1, num_images=NUM_IMAGES)
    b = replace(a, found=paired_images(seed=1, num_images=NUM_IMAGES).found[::-1])
    assets = tuple(i % 4 for i in range(NUM_IMAGES))
    found = compare(a, b, assets)
    for metric, each in found.items():
        sizes = []
        for swap in product([False, True], repeat=4):
            sides = [
                replace(
                    a, found=tuple(s.found[i] for i, s in enumerate(_exchanged(pair, swap, assets)))
                )
                for pair in ((a, b), (b, a))
            ]
            values = [study(side, groups_of(*assets)).suite["all"][metric] for side in sides]
            sizes.append(abs(values[1] - values[0]))
        assert each.p_value == pytest.approx(np.mean(np.array(sizes) >= sizes[0] - 1e-9))


def test_compare_sets__difference_of_errors__has_students_interval() -> None:
    """Each image is an asset, so that the difference of mean errors is a mean of differences."""
    a = paired_images(num_images=NUM_IMAGES)
    b = blind(a)
    errors = [study(each, groups_of(*range(NUM_IMAGES))).counts.count_error for each in (a, b)]
    expected = stats.ttest_1samp(errors[1] - errors[0], 0).confidence_interval(0.95)
    interval = compare(a, b)["count_mae"].interval
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_compare_sets__three_metrics__are_adjusted_by_holm() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    found = compare(paired, blind(paired), tuple(i % 6 for i in range(NUM_IMAGES)))
    smallest = min(found.values(), key=lambda each: each.p_value or 1)
    assert smallest.p_holm == pytest.approx(min(3 * (smallest.p_value or 1), 1))


def test_compare_sets__one_metric__needs_no_correction() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    plan = ComparisonPlan(metrics=("f1_iou50",))
    [f1] = compare(paired, blind(paired), plan=plan).values()
    assert f1.p_holm == f1.p_value


def test_compare_sets__margin__tells_whether_they_are_equivalent() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    nearly = replace(paired, found=(paired.found[0][1:], *paired.found[1:]))
    found = compare(paired, nearly, plan=ComparisonPlan(margins={"count_mae": 0.5}))
    assert (found["count_mae"].margin, found["f1_iou50"].margin) == (0.5, None)
    assert found["count_mae"].p_equivalent is not None
    assert found["count_mae"].p_equivalent < 0.001
    assert found["f1_iou50"].p_equivalent is None


def test_compare_sets__assets_unknown__has_neither_interval_nor_p() -> None:
    paired = paired_images(num_images=NUM_IMAGES)
    unknown = replace(groups_of(*range(NUM_IMAGES)), source=UNKNOWN_SOURCE)
    rng = np.random.default_rng(0)
    for each in compare_sets(
        compared(paired), compared(blind(paired)), unknown, ComparisonPlan(), rng
    ):
        assert each.difference is not None
        assert (each.interval, each.p_value, each.better) == (None, None, "unknown")


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
        plan = ComparisonPlan(metrics=("f1_iou50",), num_swaps=200)
        [f1] = compare_sets(a, b, groups, plan, rng)
        claims += f1.better != "neither"
    assert claims <= 8  # of 60; more than 8 has a chance of 0.5 % if 1 of 20 are wrong


def test_compare_sets__other_images__is_our_mistake() -> None:
    with pytest.raises(ValueError, match="the same images"):
        compare(paired_images(num_images=3), paired_images(num_images=4))


def test_compare_sets__written_from_different_scores_on__compares_no_average_precision() -> None:
    pairs = paired_images(num_images=8)
    groups = groups_of(*range(8))
    differences = {
        each.metric: each
        for each in compare_sets(
            compared(pairs, 0.5, lowest_score=0.1),
            compared(pairs, 0.5, lowest_score=0.5),
            groups,
            ComparisonPlan(),
            np.random.default_rng(0),
        )
    }
    assert differences["ap50"].better == "unknown"
    assert differences["ap50"].a is None
    assert differences["f1_iou50"].difference == 0
