"""Tests for `gapjunction.prediction.seen_plaques`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig, PlaqueScoring
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.seen_plaques import SeenPlaques

PLAIN = DetectorConfig(
    class_names=("plaque",),
    class_colors=("#000000",),
    calibration=Calibration(num_images=30),
    score_threshold=0.5,
)
SCORING = PlaqueScoring(calibration=Calibration(num_images=30, missed_share=0.1), threshold=0.8)
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


def test_intervals__model_with_plaques__are_of_their_probabilities() -> None:
    rule = CountingRule.of(SCORED, None, None)
    linked = SeenPlaques.of(SLICES, rule)
    expected = SCORING.calibration.count_interval(1, linked.probabilities)
    assert linked.intervals(SLICES, rule) == {"plaque": expected}


def test_intervals__another_threshold__hold_the_fitted_one_too() -> None:
    asked = CountingRule.of(SCORED, 0.99, None)
    low, high = SeenPlaques.of(SLICES, asked).intervals(SLICES, asked)["plaque"]
    fitted = CountingRule.of(SCORED, None, None)
    own_low, own_high = SeenPlaques.of(SLICES, fitted).intervals(SLICES, fitted)["plaque"]
    assert low <= own_low <= own_high <= high


def test_intervals__model_without_plaques__are_as_wide_as_those_of_the_slices() -> None:
    rule = CountingRule.of(PLAIN, None, None)
    lows, highs = zip(*(rule.intervals(each)["plaque"] for each in SLICES.values()), strict=True)
    low, high = SeenPlaques.of(SLICES, rule).intervals(SLICES, rule)["plaque"]
    # Two plaques in three boxes.
    assert low == np.floor(2 / 3 * sum(lows))
    assert high == np.ceil(2 / 3 * sum(highs))


def test_intervals__model_without_plaques_and_nothing_seen__reach_as_far_as_a_slice() -> None:
    rule = CountingRule.of(PLAIN, None, None)
    empty = {1: Detections.none(), 2: Detections.none()}
    _, high = rule.intervals(Detections.none())["plaque"]
    assert SeenPlaques.of(empty, rule).intervals(empty, rule) == {"plaque": (0, high)}
