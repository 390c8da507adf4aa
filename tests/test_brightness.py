"""Tests for `gapjunction.brightness`."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from gapjunction.brightness import (
    Brightness,
    measure_rises,
    relative_to_brightest,
    rises_in_octaves,
)
from spot_rows import spots_in_a_row


def test_weighed__brightness_says_nothing__changes_nothing() -> None:
    seen, _ = spots_in_a_row([200, 40], [0.6, 0.3])

    weighed = Brightness().weighed(seen, np.array([0.0, -3.0]))

    assert weighed.scores == pytest.approx(seen.scores)
    assert weighed.boxes is seen.boxes


def test_weighed__an_octave_dimmer__has_the_odds_that_it_costs() -> None:
    seen, _ = spots_in_a_row([200, 100], [0.5, 0.5])

    weighed = Brightness(odds_per_octave=np.log(3)).weighed(seen, np.array([0.0, -1.0]))

    assert weighed.scores == pytest.approx([0.5, 0.25])


def test_then__line__is_applied_to_what_comes_out() -> None:
    seen, _ = spots_in_a_row([200, 100, 50], [0.9, 0.5, 0.2])
    octaves = np.array([0.5, -1.0, -2.0])
    first = Brightness(slope=0.5, odds_per_octave=1.5, intercept=0.3)

    joined = first.then(2.0, -0.4).weighed(seen, octaves)

    after = Brightness(slope=2.0, intercept=-0.4).weighed(first.weighed(seen, octaves), octaves)
    assert joined.scores == pytest.approx(after.scores, abs=1e-6)


def test_rises_in_octaves__halves__are_an_octave_less() -> None:
    rises, probabilities = np.array([400.0, 200.0, 100.0]), np.full(3, 0.9, np.float32)

    assert rises_in_octaves(rises, probabilities).tolist() == [0.0, -1.0, -2.0]


def test_rises_in_octaves__nothing_seen__is_nothing() -> None:
    assert len(rises_in_octaves(np.zeros(0), np.zeros(0, np.float32))) == 0


def test_measure_rises__spots__are_above_what_surrounds_them() -> None:
    seen, image = spots_in_a_row([200, 100, 50], [0.9, 0.9, 0.9])

    rises = measure_rises(seen.boxes, image[0])

    assert rises / rises[0] == pytest.approx([1.0, 0.5, 0.25], rel=1e-3)


def test_measure_rises__spots_anywhere__are_a_difference_of_gaussians() -> None:
    image = np.random.default_rng(1).uniform(0, 255, (60, 50)).astype(np.float32)
    lefts, tops = np.array([0, 20, 46, 3], np.float32), np.array([0, 30, 54, 40], np.float32)
    sides = np.array([4, 6, 4, 30], np.float32)
    boxes = np.stack([lefts, tops, lefts + sides, tops + sides], axis=1)

    rises = measure_rises(boxes, image)

    narrow = gaussian_filter(image, 1.0, mode="nearest", radius=36)
    for box, rise, wide_px in zip(boxes, rises, [6.0, 6.0, 6.0, 12.0], strict=True):
        wide = gaussian_filter(image, wide_px, mode="nearest", radius=int(3 * wide_px))
        x, y = int((box[0] + box[2]) / 2), int((box[1] + box[3]) / 2)
        about = np.s_[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        assert rise == pytest.approx((narrow - wide)[about].max(), abs=0.1)


def test_measure_rises__spot_in_a_glow__is_as_far_above_it_as_in_the_dark() -> None:
    seen, image = spots_in_a_row([200], [0.9])
    glow = 3.0 * np.arange(image.shape[2])

    assert measure_rises(seen.boxes, image[0] + glow) == pytest.approx(
        measure_rises(seen.boxes, image[0]), abs=4
    )


def test_measure_rises__center_outside_the_image__is_that_of_the_nearest_pixel() -> None:
    seen, image = spots_in_a_row([200, 100], [0.9, 0.9])

    assert measure_rises(seen.boxes + np.float32(500), image[0]).tolist() == [0, 0]


def test_relative_to_brightest__bright_speck_that_is_hardly_probable__is_not_the_measure() -> None:
    probabilities = np.array([0.05, 0.9, 0.9], np.float32)

    relative = relative_to_brightest(np.array([2000.0, 200.0, 100.0]), probabilities)

    assert relative.tolist() == [10.0, 1.0, 0.5]
