"""Tests for `gapjunction.salience`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.salience import Salience, measure_rises, relative_to_brightest
from gapjunction.unlikeness import Signs

SALIENCE = Salience(usual_doubt=0.1, odds_per_doubt=30.0, even_octaves=-1.5)
THRESHOLD = 0.5
BRIGHT, DIM = 200, 40  # above a background of 100


def spots(peaks: list[int], scores: list[float]) -> tuple[Detections, NDArray[np.uint16]]:
    """Return detections of spots in a row, 40 px apart, with such peaks and scores; their image."""
    image = np.full((1, 60, 40 * len(peaks)), 100, np.uint16)
    for index, peak in enumerate(peaks):
        image[0, 28:33, 40 * index + 18 : 40 * index + 23] += np.uint16(peak)
    lefts = np.arange(len(peaks), dtype=np.float32) * 40 + 17
    boxes = np.stack([lefts, np.full_like(lefts, 27), lefts + 7, np.full_like(lefts, 34)], axis=1)
    labels = np.zeros(len(peaks), np.int64)
    return Detections(boxes, np.array(scores, np.float32), labels), image


def counted(seen: Detections) -> list[bool]:
    return [score >= THRESHOLD for score in seen.scores.tolist()]


def test_weighed__doubted_spots_of_one_channel__bright_ones_count_and_dim_ones_do_not() -> None:
    seen, image = spots([BRIGHT, BRIGHT, DIM, DIM], [0.6, 0.45, 0.55, 0.45])

    weighed = SALIENCE.weighed(seen, image, THRESHOLD)

    assert counted(weighed) == [True, True, False, False]
    assert weighed.boxes is seen.boxes


def test_weighed__doubted_spots__are_doubted_as_much_as_before() -> None:
    seen, image = spots([BRIGHT, BRIGHT, DIM, DIM], [0.6, 0.45, 0.55, 0.45])

    weighed = SALIENCE.weighed(seen, image, THRESHOLD)

    before, after = Signs.of(seen.scores, 0).doubt, Signs.of(weighed.scores, 0).doubt
    assert after == pytest.approx(before, abs=1e-4)


@pytest.mark.parametrize(
    ("scores", "channels"),
    [
        pytest.param([0.99, 0.98, 0.99, 0.98], 1, id="nothing is doubted"),
        pytest.param([0.4, 0.3, 0.4, 0.3], 1, id="nothing is probable"),
        pytest.param([0.6, 0.45, 0.55, 0.45], 3, id="color tells"),
    ],
)
def test_weighed__brightness_is_not_all_there_is__changes_nothing(
    scores: list[float], channels: int
) -> None:
    seen, image = spots([BRIGHT, BRIGHT, DIM, DIM], scores)

    weighed = SALIENCE.weighed(seen, np.repeat(image, channels, axis=0), THRESHOLD)

    assert weighed is seen


def test_weighed__nothing_seen__is_nothing() -> None:
    seen, image = Detections.none(), np.zeros((1, 20, 20), np.uint8)

    assert SALIENCE.weighed(seen, image, THRESHOLD) is seen


def test_weighed__image_without_light__keeps_what_counts() -> None:
    seen, image = spots([0, 0], [0.6, 0.45])

    assert counted(SALIENCE.weighed(seen, image, THRESHOLD)) == [True, True]


def test_weighed_by__nothing_is_doubted__measures_nothing() -> None:
    seen, _ = spots([BRIGHT, DIM], [0.99, 0.98])

    def measured() -> NDArray[np.float64]:
        raise AssertionError("measured in vain")

    assert SALIENCE.weighed_by(seen, measured, THRESHOLD) is seen


def test_measure_rises__spots__are_above_what_surrounds_them() -> None:
    seen, image = spots([200, 100, 50], [0.9, 0.9, 0.9])

    rises = measure_rises(seen.boxes, image[0])

    assert rises / rises[0] == pytest.approx([1.0, 0.5, 0.25], rel=1e-3)


def test_measure_rises__center_outside_the_image__is_that_of_the_nearest_pixel() -> None:
    seen, image = spots([200, 100], [0.9, 0.9])

    assert measure_rises(seen.boxes + np.float32(500), image[0]).tolist() == [0, 0]


def test_relative_to_brightest__bright_speck_that_is_hardly_probable__is_not_the_measure() -> None:
    probabilities = np.array([0.05, 0.9, 0.9], np.float32)

    relative = relative_to_brightest(np.array([2000.0, 200.0, 100.0]), probabilities)

    assert relative.tolist() == [10.0, 1.0, 0.5]
