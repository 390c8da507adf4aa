"""Tests for `gapjunction.prediction.seen_plaques`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.count_intervals import Reach
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig, PlaqueScoring
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.seen_plaques import SeenPlaques, SeenSlice
from gapjunction.unlikeness import KnownSigns

PLAIN = DetectorConfig(
    class_names=("plaque",),
    class_colors=("#000000",),
    calibration=Calibration(num_images=30),
    score_threshold=0.5,
)
SCORING = PlaqueScoring(calibration=Calibration(num_images=30), threshold=0.8)
SCORED = PLAIN.but(plaques=SCORING)
LEFT, RIGHT = (0, 0, 6, 6), (30, 0, 36, 6)


def seen(**scores_of_places: float) -> Detections:
    boxes = [{"left": LEFT, "right": RIGHT}[place] for place in scores_of_places]
    scores = np.array(list(scores_of_places.values()), np.float32)
    return Detections(as_boxes(boxes), scores, np.zeros(len(boxes), np.int64))


# On the left a plaque that fades, on the right a box that stands alone.
SLICES = {1: seen(left=0.9), 2: seen(left=0.9, right=0.6), 3: seen(left=0.3), 4: seen(left=0.05)}


def test_of__model_without_plaques__links_what_counts() -> None:
    rule = CountingRule.of(PLAIN, None, None)
    linked = SeenPlaques.of(SLICES, rule).counted(rule)
    assert [each.numbers.tolist() for each in linked.plaques] == [[1, 2], [2]]
    assert linked.probabilities.tolist() == pytest.approx([0.9, 0.6])


def test_of__model_with_plaques__links_from_a_low_probability_on() -> None:
    linked = SeenPlaques.of(SLICES, CountingRule.of(SCORED, None, None))
    assert [each.numbers.tolist() for each in linked.plaques] == [[1, 2, 3], [2]]


def test_counted__box_that_stands_alone__does_not_count() -> None:
    rule = CountingRule.of(SCORED, None, None)
    linked = SeenPlaques.of(SLICES, rule)
    assert linked.probabilities[0] > 0.9
    assert [len(each.numbers) for each in linked.counted(rule).plaques] == [3]


@pytest.mark.parametrize(("threshold", "count"), [(0.5, 2), (0.99, 0)])
def test_counted__threshold_asked_for__is_that_of_plaques_too(threshold: float, count: int) -> None:
    rule = CountingRule.of(SCORED, threshold, None)
    assert len(SeenPlaques.of(SLICES, rule).counted(rule).plaques) == count


def with_spots(slices: dict[int, Detections], num_spots: int = 0) -> dict[int, SeenSlice]:
    return {number: (each, num_spots) for number, each in slices.items()}


@pytest.mark.parametrize(("config", "num_plaques"), [(PLAIN, 2), (SCORED, 1)])
def test_estimates__plaques_of_unknown_reach__are_as_unsure_as_the_sum_of_the_slices(
    config: DetectorConfig, num_plaques: int
) -> None:
    rule = CountingRule.of(config, None, None)
    of_slices = sum(rule.estimates(each)["plaque"].half_width for each in SLICES.values())
    own = SeenPlaques.of(SLICES, rule).estimates(with_spots(SLICES), rule)["plaque"]
    assert own.count == num_plaques
    # Three boxes count in the slices.
    assert own.half_width == pytest.approx(num_plaques / 3 * of_slices)


def test_estimates__boxes_but_no_plaque_that_counts__reach_as_far_as_a_slice() -> None:
    rule = CountingRule.of(SCORED.but(plaques=SCORING.but(threshold=1.0)), None, None)
    own = SeenPlaques.of(SLICES, rule).estimates(with_spots(SLICES), rule)["plaque"]
    highs = [rule.intervals(each)["plaque"][1] for each in SLICES.values()]
    assert own.interval == (0, max(highs))


def test_estimates__faint_plaques_and_no_box_that_counts__hold_their_number() -> None:
    rule = CountingRule.of(SCORED.but(score_threshold=0.95), None, None)
    own = SeenPlaques.of(SLICES, rule).estimates(with_spots(SLICES), rule)["plaque"]
    low, high = own.interval
    assert low <= own.count <= high


def test_estimates__nothing_seen__reach_as_far_as_a_slice() -> None:
    rule = CountingRule.of(PLAIN, None, None)
    empty = {1: Detections.none(), 2: Detections.none()}
    _, high = rule.intervals(Detections.none())["plaque"]
    own = SeenPlaques.of(empty, rule).estimates(with_spots(empty), rule)["plaque"]
    assert own.interval == (0, high)


REACHING = SCORED.but(
    plaques=SCORING.but(
        calibration=Calibration(
            num_images=30,
            reach=Reach(image=3, animal=3, within_animals=1, between_animals=1, num_animals=30),
        )
    )
)


def test_estimates__plaques_of_known_reach__are_as_unsure_as_their_probabilities_say() -> None:
    rule = CountingRule.of(REACHING, None, None)
    own = SeenPlaques.of(SLICES, rule).estimates(with_spots(SLICES), rule)["plaque"]
    assert (own.count, own.fitted_count) == (1, 1)
    assert own.half_width == pytest.approx(3)  # a standard deviation is 1 at least


def test_estimates__threshold_asked_for__keep_the_number_that_was_fitted() -> None:
    rule = CountingRule.of(REACHING, 0.5, None)
    own = SeenPlaques.of(SLICES, rule).estimates(with_spots(SLICES), rule)["plaque"]
    assert (own.count, own.fitted_count) == (2, 1)


def test_estimates__unlike_slices__are_wider_by_their_mean() -> None:
    known = KnownSigns(doubt=9.0, passed_by=1.0, num_images=12)
    rule = CountingRule.of(REACHING.but(known=known), None, None)
    slices = {1: (seen(left=0.9), 0), 2: (Detections.none(), 19)}
    own = SeenPlaques.of({n: each for n, (each, _) in slices.items()}, rule)
    widened = (1 + np.log(20)) / 2  # 20 times as many spots as objects, and no more than there are
    assert own.estimates(slices, rule)["plaque"].half_width == pytest.approx(3 * widened)
