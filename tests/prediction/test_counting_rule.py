"""Tests for `gapjunction.prediction.counting_rule`."""

import numpy as np
import pytest

from gapjunction.calibration import Calibration
from gapjunction.count_intervals import interval_about
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig, PlaqueScoring
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.unlikeness import KnownSigns

CONFIG = DetectorConfig(
    class_names=("plaque", "other"),
    class_colors=("#4EF8FF", "#FF00AA"),
    calibration=Calibration(dispersion=2.0, num_images=12),
    score_threshold=0.5,
)


def seen(*probabilities: float) -> Detections:
    """Return objects of class 0 with these probabilities."""
    count = len(probabilities)
    boxes = np.tile(np.array([[1, 1, 5, 5]], np.float32), (count, 1))
    return Detections(boxes, np.array(probabilities, np.float32), np.zeros(count, np.int64))


@pytest.mark.parametrize(
    ("threshold", "min_score", "expected"),
    [
        (None, None, (0.5, 0.5)),
        (0.8, None, (0.8, 0.8)),
        (0.3, None, (0.3, 0.3)),
        (None, 0.1, (0.5, 0.1)),
        (0.3, 0.4, (0.3, 0.3)),
    ],
)
def test_of__what_is_asked_for__decides_and_all_that_counts_is_written(
    threshold: float | None, min_score: float | None, expected: tuple[float, float]
) -> None:
    rule = CountingRule.of(CONFIG, threshold, min_score)
    assert (rule.threshold, rule.lowest_score) == expected


def test_counted__objects_at_the_threshold__are_among_them() -> None:
    rule = CountingRule.of(CONFIG, 0.75, 0.25)
    everything = seen(0.9, 0.75, 0.7, 0.25, 0.1)
    assert len(rule.counted(everything)) == 2
    assert len(rule.written(everything)) == 4


def test_intervals__own_threshold__are_those_of_the_calibration() -> None:
    everything = seen(0.9, 0.7, 0.6, 0.4)
    interval = CountingRule.of(CONFIG, None, None).intervals(everything)["plaque"]
    assert interval == interval_about(3, CONFIG.calibration.half_width(everything.scores))


@pytest.mark.parametrize(("threshold", "count"), [(0.95, 0), (0.2, 30), (0.05, 50)])
def test_intervals__another_threshold__hold_the_count_and_the_fitted_interval(
    threshold: float, count: int
) -> None:
    everything = seen(*[0.9] * 10, *[0.3] * 20, *[0.1] * 20)
    fitted = CountingRule.of(CONFIG, None, None).intervals(everything)["plaque"]
    rule = CountingRule.of(CONFIG, threshold, None)
    low, high = rule.intervals(everything)["plaque"]
    assert len(rule.counted(everything)) == count
    assert low <= min(fitted[0], count)
    assert high >= max(fitted[1], count)


def test_intervals__class_without_objects__has_one_of_its_own() -> None:
    intervals = CountingRule.of(CONFIG, None, None).intervals(seen(0.9))
    assert intervals["other"] == interval_about(
        0, CONFIG.calibration.half_width(np.zeros(0, np.float32))
    )


def test_sentence__own_threshold__says_what_it_was_fitted_to() -> None:
    rule = CountingRule.of(CONFIG, None, None)
    assert "from a probability of 0.5 on (fitted to 12 images," in rule.sentence(is_shipped=False)
    assert "fitted to 12 simulated images" in rule.sentence(is_shipped=True)


def test_sentence__another_threshold__names_both() -> None:
    text = CountingRule.of(CONFIG, 0.8, None).sentence(is_shipped=False)
    assert "0.8 on, as asked for; the model's own threshold is 0.5 (fitted to 12" in text


def test_sentence__never_fitted__says_so() -> None:
    never = CONFIG.but(calibration=Calibration())
    assert "fitted to no image" in CountingRule.of(never, None, None).sentence(is_shipped=False)


SCORED = CONFIG.but(plaques=PlaqueScoring(calibration=Calibration(num_images=7), threshold=0.4))


@pytest.mark.parametrize(
    ("config", "threshold", "expected"),
    [(CONFIG, None, 0.5), (CONFIG, 0.7, 0.7), (SCORED, None, 0.4), (SCORED, 0.7, 0.7)],
)
def test_of__plaques__count_by_what_was_asked_for_or_their_own_threshold(
    config: DetectorConfig, threshold: float | None, expected: float
) -> None:
    assert CountingRule.of(config, threshold, None).plaque_threshold == expected


def test_plaque_sentence__says_the_threshold_and_its_source() -> None:
    fitted = CountingRule.of(SCORED, None, None)
    assert fitted.plaque_sentence(is_shipped=True).endswith("0.4 on (fitted to 7 simulated stacks)")
    asked = CountingRule.of(SCORED, 0.7, None).plaque_sentence(is_shipped=False)
    assert "0.7 on, as asked for" in asked
    assert "is 0.4 (fitted to 7 stacks)" in asked
    assert not CountingRule.of(CONFIG, None, None).plaque_sentence(is_shipped=True)


def knowing_rule(doubt: float = 0.5, passed_by: float = 1.0) -> CountingRule:
    """Return a rule that knows such signs in its calibration images."""
    known = KnownSigns(doubt=doubt, passed_by=passed_by, num_images=12)
    return CountingRule.of(CONFIG.but(known=known), None, None)


def test_unlikeness__nothing_known__is_none() -> None:
    assert CountingRule.of(CONFIG, None, None).unlikeness(seen(0.5), 100) is None


def test_unlikeness__everything_doubted__is_the_doubt_by_the_usual_one() -> None:
    assert knowing_rule(doubt=0.125).unlikeness(seen(*[0.5] * 6), 0) == pytest.approx(2)


def test_intervals__usual_signs__are_those_of_the_calibration() -> None:
    everything = seen(0.9, 0.7, 0.6, 0.4)
    interval = knowing_rule().intervals(everything, 3)["plaque"]
    assert interval == interval_about(3, CONFIG.calibration.half_width(everything.scores))


def test_intervals__twice_the_usual_doubt__are_twice_as_wide() -> None:
    everything = seen(*[0.5] * 40)
    interval = knowing_rule(doubt=5 / 23).intervals(everything, 0)["plaque"]
    assert interval == interval_about(40, CONFIG.calibration.half_width(everything.scores, 2.0))


def test_intervals__spots_that_nothing_was_found_of__reach_up_to_them() -> None:
    low, high = knowing_rule().intervals(seen(), 85)["plaque"]
    assert low == 0
    assert high >= 85


@pytest.mark.parametrize(
    ("passed_by", "is_simulated", "expected"),
    [(0, False, "yes"), (0, True, "simulated"), (85, True, "no")],
)
def test_calibrated_on__image__is_like_those_of_the_calibration_or_not(
    passed_by: int, is_simulated: bool, expected: str
) -> None:
    reach = CONFIG.calibration.known_reach.but(is_simulated=is_simulated)
    known = KnownSigns(doubt=0.5, passed_by=1.0, num_images=12)
    config = CONFIG.but(calibration=CONFIG.calibration.but(reach=reach), known=known)
    rule = CountingRule.of(config, None, None)
    assert rule.calibrated_on(seen(0.9), passed_by) == expected


def test_calibrated_on__nothing_known__is_not_told() -> None:
    assert CountingRule.of(CONFIG, None, None).calibrated_on(seen(0.9), 0) is None
    never = CONFIG.but(calibration=Calibration())
    assert CountingRule.of(never, None, None).calibrated_on(seen(0.9), 0) == "no"
