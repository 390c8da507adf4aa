"""Tests for `gapjunction.salience`."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.brightness import measure_rises
from gapjunction.detections import Detections
from gapjunction.salience import Salience
from gapjunction.unlikeness import Signs
from spot_rows import spots_in_a_row

SALIENCE = Salience(usual_doubt=0.1, odds_per_doubt=30.0, even_octaves=-1.5)
THRESHOLD = 0.5
BRIGHT, DIM = 200, 40  # above a background of 100


def rises(seen: Detections, image: NDArray[np.uint16]) -> Callable[[], NDArray[np.float64]]:
    return lambda: measure_rises(seen.boxes, image[0])


def counted(seen: Detections) -> list[bool]:
    return [score >= THRESHOLD for score in seen.scores.tolist()]


def test_weighed__doubted_spots_of_one_channel__bright_ones_count_and_dim_ones_do_not() -> None:
    seen, image = spots_in_a_row([BRIGHT, BRIGHT, DIM, DIM], [0.6, 0.45, 0.55, 0.45])

    weighed = SALIENCE.weighed(seen, rises(seen, image), THRESHOLD)

    assert counted(weighed) == [True, True, False, False]
    assert weighed.boxes is seen.boxes


def test_weighed__doubted_spots__are_doubted_as_much_as_before() -> None:
    seen, image = spots_in_a_row([BRIGHT, BRIGHT, DIM, DIM], [0.6, 0.45, 0.55, 0.45])

    weighed = SALIENCE.weighed(seen, rises(seen, image), THRESHOLD)

    before, after = Signs.of(seen.scores, 0).doubt, Signs.of(weighed.scores, 0).doubt
    assert after == pytest.approx(before, abs=1e-4)


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param([0.99, 0.98, 0.99, 0.98], id="nothing is doubted"),
        pytest.param([0.4, 0.3, 0.4, 0.3], id="nothing is probable"),
        pytest.param([], id="nothing is seen"),
    ],
)
def test_weighed__nothing_to_weigh__measures_nothing(scores: list[float]) -> None:
    seen, _ = spots_in_a_row([BRIGHT, BRIGHT, DIM, DIM][: len(scores)], scores)

    def measured() -> NDArray[np.float64]:
        raise AssertionError("measured in vain")

    assert SALIENCE.weighed(seen, measured, THRESHOLD) is seen


def test_weighed__image_without_light__keeps_what_counts() -> None:
    seen, image = spots_in_a_row([0, 0], [0.6, 0.45])

    assert counted(SALIENCE.weighed(seen, rises(seen, image), THRESHOLD)) == [True, True]


def test_weighed__many_bright_spots_few_expected__no_more_than_twice_as_many_count() -> None:
    brightness = [BRIGHT - place for place in range(20)]
    seen, image = spots_in_a_row(brightness, [0.6] * 3 + [0.1] * 17)

    weighed = SALIENCE.weighed(seen, rises(seen, image), THRESHOLD)

    assert seen.scores.sum() == pytest.approx(3.5)
    assert counted(weighed) == [True] * 7 + [False] * 13
