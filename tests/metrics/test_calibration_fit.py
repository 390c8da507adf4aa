"""Tests for `gapjunction.metrics.calibration_fit`, on scores whose meaning is known."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.count_intervals import interval_about
from gapjunction.detections import Detections
from gapjunction.metrics.calibration_fit import (
    cross_fitted_errors,
    fit_calibration,
    fit_spread,
    unbiased_threshold,
)
from gapjunction.metrics.judged_scores import JudgedScores, judged_boxes

SIDE, FAR = 10.0, 5000.0


def images(
    num_images: int, rng: np.random.Generator, meaning: Calibration, noise: float = 0.0
) -> tuple[list[Detections], list[Detections]]:
    """Return truths and detections; a score is right as often as `meaning` says.

    `noise` is the standard deviation of the log of a factor by which images differ in how often.
    """
    truths, found = [], []
    for _ in range(num_images):
        scores = np.sort(rng.uniform(0.05, 0.99, int(rng.integers(40, 160))))[::-1]
        chance = meaning.to_probabilities(scores.astype(np.float32))
        chance = np.clip(chance * np.exp(rng.normal(0, noise)), 0, 1)
        is_right = rng.random(len(scores)) < chance
        x = np.arange(len(scores)) * 2 * SIDE
        boxes = np.stack([x, 0 * x, x + SIDE, 0 * x + SIDE], axis=1)
        truths.append(detections(boxes[is_right], np.ones(int(is_right.sum()))))
        found.append(detections(boxes, scores))
    return truths, found


def detections(boxes: np.ndarray, scores: np.ndarray) -> Detections:
    labels = np.zeros(len(boxes), np.int64)
    return Detections(as_boxes(boxes.tolist()), scores.astype(np.float32), labels)


def judged(truths: list[Detections], found: list[Detections]) -> list[JudgedScores]:
    return [judged_boxes(truth, each) for truth, each in zip(truths, found, strict=True)]


@pytest.mark.parametrize("meaning", [Calibration(slope=1.5, intercept=0.8), Calibration()])
def test_fit_calibration__known_probabilities__are_found_again(meaning: Calibration) -> None:
    fitted = fit_calibration(judged(*images(80, np.random.default_rng(0), meaning)))
    assert fitted.slope == pytest.approx(meaning.slope, rel=0.1)
    assert fitted.intercept == pytest.approx(meaning.intercept, abs=0.1)
    assert fitted.num_images == 80


def test_fit_calibration__probabilities__are_as_often_right_on_other_images() -> None:
    meaning = Calibration(slope=0.6, intercept=-0.7)
    fitted = fit_calibration(judged(*images(40, np.random.default_rng(1), meaning)))
    truths, found = images(200, np.random.default_rng(2), meaning)
    expected = sum(float(fitted.to_probabilities(each.scores).sum()) for each in found)
    assert expected == pytest.approx(sum(map(len, truths)), rel=0.04)


def test_fit_calibration__objects_without_detections__are_a_share() -> None:
    truths, found = images(20, np.random.default_rng(0), Calibration())
    lost = detections(np.array([[FAR, 0, FAR + SIDE, SIDE]]), np.ones(1))
    with_lost = [Detections.joined([truth, lost]) for truth in truths]
    fitted = fit_calibration(judged(with_lost, found))
    assert fitted.missed_share == pytest.approx(20 / sum(map(len, with_lost)))


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_fit_calibration__intervals__hold_the_true_count_of_19_in_20_other_images(
    noise: float,
) -> None:
    rng, meaning = np.random.default_rng(3), Calibration(slope=2.0)
    truths, found = images(30, rng, meaning, noise)
    fitted = fit_calibration(judged(truths, found))
    threshold = unbiased_threshold(judged(truths, [fitted.calibrated(each) for each in found]))
    held = []
    for truth, each in zip(*images(400, rng, meaning, noise), strict=True):
        probabilities = fitted.to_probabilities(each.scores)
        low, high = interval_about(
            int((probabilities >= threshold).sum()), fitted.half_width(probabilities)
        )
        held.append(low <= len(truth) <= high)
    assert 0.9 < np.mean(held) <= 1.0


def test_fit_calibration__images_that_differ__have_wider_intervals() -> None:
    rng, meaning = np.random.default_rng(4), Calibration(slope=2.0)
    alike, differing = (
        fit_calibration(judged(*images(60, rng, meaning, noise))) for noise in (0.0, 0.5)
    )
    doubted = np.full(80, 0.5, np.float32)
    assert alike.half_width(doubted) < differing.half_width(doubted)


def wrong_by(error: int, probabilities: np.ndarray) -> JudgedScores:
    """Return an image with these probabilities; so many more than count are true."""
    scores = probabilities.astype(np.float32)
    return JudgedScores(scores, np.ones(len(scores), np.bool_), len(scores) + error)


def test_fit_spread__errors_as_the_doubts_say__has_none() -> None:
    judged_images = [
        wrong_by(size, np.full(4 * size**2, 0.5))  # the standard deviation is `size`
        for size in (2, 4, 8, 16)
    ]
    fitted = fit_spread(judged_images, 0.5, Calibration())
    assert (fitted.doubt_spread, fitted.size_spread) == (0, 0)


def test_fit_spread__errors_that_grow_with_the_variance__are_shared_doubts() -> None:
    sizes = (4, 8, 16, 32, 64)  # a variance of 5 each, a doubt of 0.005 each
    judged_images = [
        wrong_by(round(4 * 0.025 * size**2), np.r_[np.full(20 * size, 0.5), np.ones(sure)])
        for size, sure in ((size, 1000 - 10 * size) for size in sizes)
    ]
    fitted = fit_spread(judged_images, 0.5, Calibration())
    assert fitted.doubt_spread > fitted.size_spread == 0


def test_fit_spread__errors_that_grow_with_the_count__are_a_share_of_it() -> None:
    judged_images = [wrong_by(size // 10, np.ones(size)) for size in (20, 50, 100, 200, 500)]
    fitted = fit_spread(judged_images, 0.5, Calibration())
    assert fitted.size_spread > 0
    assert fitted.doubt_spread == 0


def test_cross_fitted_errors__animal_unlike_the_others__is_judged_by_their_threshold() -> None:
    usual = JudgedScores(
        np.r_[np.full(12, 0.9), np.full(12, 0.3)].astype(np.float32),
        np.ones(24, np.bool_),
        12,
    )
    dim = JudgedScores(np.full(12, 0.2, np.float32), np.ones(12, np.bool_), 12)
    errors = cross_fitted_errors([usual, usual, dim], None, [[0], [1], [2]], Calibration())
    # Usual and dim together have 24, 12 of them dimmer, for 24; two usual ones none that is dim.
    assert [each.count for own in errors for each in own] == [24, 24, 0]


def test_fit_calibration__images_of_animals__count_as_these() -> None:
    truths, found = images(12, np.random.default_rng(7), Calibration())
    own = judged(truths, found)
    apart, of_two = fit_calibration(own), fit_calibration(own, animals=[range(6), range(6, 12)])
    assert apart.reach is not None
    assert of_two.reach is not None
    assert (apart.reach.num_animals, of_two.reach.num_animals) == (12, 2)
    assert of_two.reach.within_animals < apart.reach.within_animals == 1


def test_fit_calibration__a_handful_of_detections__moves_little() -> None:
    one = detections(np.array([[0, 0, SIDE, SIDE]]), np.array([0.3]))
    fitted = fit_calibration(judged([one], [one]))
    assert 0.5 < fitted.slope < 2
    assert abs(fitted.intercept) < 1


def test_fit_calibration__nothing_at_all__is_no_change() -> None:
    assert fit_calibration([]) == Calibration()


def test_unbiased_threshold__keeps_as_many_as_are_annotated() -> None:
    boxes = np.array([[20 * i, 0, 20 * i + SIDE, SIDE] for i in range(5)])
    found = detections(boxes, np.array([0.9, 0.8, 0.6, 0.4, 0.1]))
    truth = detections(boxes[:3], np.ones(3))
    assert unbiased_threshold(judged([truth], [found])) == pytest.approx(0.5)


def test_unbiased_threshold__fewer_detections_than_objects__keeps_all() -> None:
    boxes = np.array([[20 * i, 0, 20 * i + SIDE, SIDE] for i in range(5)])
    found = detections(boxes[:2], np.array([0.9, 0.4]))
    assert unbiased_threshold(judged([detections(boxes, np.ones(5))], [found])) == pytest.approx(
        0.2
    )


def test_unbiased_threshold__nothing_found__is_neutral() -> None:
    assert unbiased_threshold(judged([Detections.none()], [Detections.none()])) == 0.5


def test_unbiased_threshold__dense_and_sparse_group__weigh_the_same() -> None:
    boxes = np.tile(np.array([[0, 0, 4, 4]], np.float32), (40, 1))
    # At 0.5 the dense image has 40 of 20, the sparse one 10 of 20: twice and half as many.
    dense = detections(boxes, np.linspace(0.5, 0.9, 40))
    sparse = detections(boxes[:10], np.linspace(0.5, 0.9, 10))
    truths = [detections(boxes[:20], np.ones(20)), detections(boxes[:20], np.ones(20))]
    threshold = unbiased_threshold(judged(truths, [dense, sparse]), [[0], [1]])
    assert threshold == pytest.approx(0.25)
    assert unbiased_threshold(judged(truths, [dense, sparse])) > 0.5


def test_unbiased_threshold__one_group__is_as_without_groups() -> None:
    truths, found = images(4, np.random.default_rng(3), Calibration())
    own = judged(truths, found)
    assert unbiased_threshold(own, [[0, 1, 2, 3]]) == unbiased_threshold(own)
