"""Tests for `gapjunction.simulation.ground_truth`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.ground_truth import Visibility, annotate, visibility_of
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.tissue import FloatArray

SIZE = 64
RULES = Visibility()
CAMERA = Camera(gain_grey_per_photon=1.0, read_noise_photons=0.0, offset_grey=0.0)
DARK = np.full((SIZE, SIZE), 4.0)


def blob(x: float, y: float, peak: float = 100.0, sigma: float = 2.0) -> Footprint:
    """Return a Gaussian of light whose middle is at x, y px and whose peak is `peak` photons."""
    grid = np.arange(SIZE) + 0.5
    spread_y, spread_x = np.exp(-((grid - y) ** 2) / 8), np.exp(-((grid - x) ** 2) / 8)
    power = (2.0 / sigma) ** 2
    return Footprint(0, 0, peak * np.outer(spread_y, spread_x) ** power)


def test_annotate__no_plaque__gives_no_box() -> None:
    assert annotate([], DARK, CAMERA, RULES).boxes.shape == (0, 4)


def test_annotate__isolated_plaque__box_is_its_level_set() -> None:
    found = annotate([blob(30.5, 20.5)], DARK, CAMERA, RULES)
    # A Gaussian falls to 0.3 of its peak at sigma * sqrt(2 ln(1 / 0.3)) = 3.1 px.
    assert found.boxes[0] == pytest.approx([27.4, 17.4, 33.6, 23.6], abs=0.15)


def test_annotate__isolated_plaque__holds_every_bright_pixel_and_no_spare_row() -> None:
    light = blob(30.2, 20.9, sigma=3.0)
    rows, columns = np.nonzero(light.values > RULES.box_level * light.values.max())
    (box,) = annotate([light], DARK, CAMERA, RULES).boxes
    thresholded = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert np.abs(box - thresholded).max() < 1


def test_annotate__saturated_plaque__box_fits_what_the_camera_shows() -> None:
    dim, saturated = blob(30.5, 30.5, peak=200), blob(30.5, 30.5, peak=2000)
    (small,) = annotate([dim], DARK, CAMERA, RULES).boxes
    (large,) = annotate([saturated], DARK, CAMERA, RULES).boxes
    # 0.3 * 251 photons of 2000 is reached at 2 * sqrt(2 ln(2000 / 75)) = 5.1 px.
    assert large[2] - large[0] == pytest.approx(10.2, abs=0.3)
    assert small[2] - small[0] == pytest.approx(6.2, abs=0.3)


def test_annotate__two_plaques_apart__are_two() -> None:
    assert len(annotate([blob(20, 30), blob(30, 30)], DARK, CAMERA, RULES).boxes) == 2


def test_annotate__two_plaques_without_a_dip__are_one_that_holds_both() -> None:
    (box,) = annotate([blob(30, 30), blob(33, 30)], DARK, CAMERA, RULES).boxes
    assert box[0] < 28
    assert box[2] > 35


def test_annotate__speck_on_the_shoulder_of_a_bright_plaque__is_not_marked_by_itself() -> None:
    found = annotate([blob(30, 30, peak=240), blob(34, 30, peak=30)], DARK, CAMERA, RULES)
    assert len(found.boxes) == 1


def test_annotate__box_inside_another__is_joined() -> None:
    ring = np.zeros((SIZE, SIZE))
    ring[10:31, 10:31] = 100
    ring[12:29, 12:29] = 0
    inside = blob(20.5, 20.5, sigma=1.0)
    (box,) = annotate([Footprint(0, 0, ring), inside], DARK, CAMERA, RULES).boxes
    assert box == pytest.approx([10, 10, 31, 31], abs=0.6)


def test_annotate__tiny_plaque__gets_the_shortest_side() -> None:
    (box,) = annotate([blob(30.5, 30.5, sigma=0.4)], DARK, CAMERA, RULES).boxes
    assert box == pytest.approx([29, 29, 32, 32], abs=0.11)


@given(x=st.floats(0, SIZE), y=st.floats(0, SIZE), sigma=st.floats(0.5, 6), peak=st.floats(20, 999))
def test_annotate__box_lies_inside_the_image(x: float, y: float, sigma: float, peak: float) -> None:
    (box,) = annotate([blob(x, y, peak, sigma)], DARK, CAMERA, RULES).boxes
    assert (box >= 0).all()
    assert (box <= SIZE).all()
    assert (box[2:] - box[:2] >= RULES.min_side_px - 1e-5).all()


def test_annotate__order_of_plaques__does_not_matter() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.uniform([5, 5, 30], [59, 59, 400], (25, 3)).tolist()
    blobs = [blob(x, y, peak) for x, y, peak in drawn]
    forward = annotate(blobs, DARK, CAMERA, RULES).boxes
    backward = annotate(blobs[::-1], DARK, CAMERA, RULES).boxes
    assert forward.tolist() == backward.tolist()


def test_annotate__snr__is_peak_over_noise_of_the_rest() -> None:
    found = annotate([blob(30.5, 30.5, peak=100)], np.full((SIZE, SIZE), 25.0), CAMERA, RULES)
    assert found.snr == pytest.approx(20)


@pytest.mark.parametrize(
    ("rest", "peak", "limit"),
    [
        (4.0, 22.0, "min_grey"),  # 11 times the noise of 2, but 22 grey values
        (16.0, 24.0, "min_snr"),  # 24 grey values, 1.5 of the rest, 6 times the noise of 4
        (144.0, 86.4, "min_contrast"),  # 7.2 times the noise of 12, 0.6 of the rest
    ],
)
def test_visibility_of__at_a_threshold__is_one(rest: float, peak: float, limit: str) -> None:
    light = np.full((SIZE, SIZE), rest)
    assert visibility_of(blob(30.5, 30.5, peak), light, CAMERA, RULES) == pytest.approx(1), limit


def test_visibility_of__bright_thing_nearby__hides_a_plaque() -> None:
    rest: FloatArray = DARK.copy()
    plaque = blob(30.5, 30.5, peak=60)
    assert visibility_of(plaque, rest, CAMERA, RULES) > 1
    rest[25:29, 30:34] = 180
    assert visibility_of(plaque, rest, CAMERA, RULES) < 1


def test_visibility_of__saturated_surroundings__show_nothing() -> None:
    assert visibility_of(blob(30.5, 30.5), np.full((SIZE, SIZE), 300.0), CAMERA, RULES) == 0


def test_annotate__background_clipped_to_black__box_fits_what_is_left() -> None:
    black = Camera(gain_grey_per_photon=1.0, read_noise_photons=0.0, offset_grey=-44.0)
    (box,) = annotate([blob(30.5, 30.5)], DARK, black, RULES).boxes
    # 40 of 100 photons are lost: 0.3 of the other 60 is reached where 58 are left.
    assert box[2] - box[0] == pytest.approx(2 * 2 * np.sqrt(2 * np.log(100 / 58)), abs=0.3)


def test_visibility_of__background_clipped_to_black__counts_what_is_left() -> None:
    black = Camera(gain_grey_per_photon=1.0, read_noise_photons=0.0, offset_grey=-44.0)
    rules = Visibility(min_snr=0.01, min_contrast=0.01)
    assert visibility_of(blob(30.5, 30.5, peak=62), DARK, black, rules) == pytest.approx(1)
