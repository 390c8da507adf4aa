"""Tests for `bench.third_simulator`."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from bench.third_simulator.anatomy import Anatomy, Soma, Vessel
from bench.third_simulator.backdrop import draw_texture
from bench.third_simulator.basins import find_passes
from bench.third_simulator.detector import Detector
from bench.third_simulator.looks import LOOKS, LookName
from bench.third_simulator.marking import mark
from bench.third_simulator.membranes import draw_sites
from bench.third_simulator.microscope import (
    Floats,
    Objective,
    Transfer,
    build_transfer,
    confocal_psf,
    image_points,
)
from bench.third_simulator.plaques import BLOCK_UM2, draw_plaques
from bench.third_simulator.slices import Slice, simulate_slice

UM_PER_PX = 0.1
SIZE = 128
LOOK_NAMES: tuple[LookName, ...] = ("human", "rat")
MATCHED = Objective(1.3, depth_um=0.0, pinhole_airy=1.0, specimen_index=1.518)
DETECTOR = Detector(
    excess=1.0,
    read_photons=0.0,
    passes=1,
    gain=1.0,
    offset_grey=0.0,
    line_shift_px=0.0,
    bits=8,
)


@cache
def seen_slice(look: LookName, seed: int = 1) -> Slice:
    return simulate_slice(LOOKS[look], SIZE, np.random.default_rng(seed))


@cache
def matched_transfer() -> Transfer:
    return build_transfer(MATCHED, UM_PER_PX, 64)


def spot(x: int, y: int, height: float, sigma: float = 1.5) -> Floats:
    """Return a Gaussian spot on 64 x 64 px whose peak is the middle of pixel x, y."""
    ticks = np.arange(64)
    squared = (ticks - x) ** 2 + (ticks[:, None] - y) ** 2
    light: Floats = height * np.exp(-squared / (2 * sigma**2))
    return light


@pytest.mark.long
def test_confocal_psf__in_focus__is_about_as_wide_as_theory_says() -> None:
    psf = confocal_psf(MATCHED, 0.05, np.array([0.0]))[0]
    profile = psf[len(psf) // 2]
    above = profile > profile.max() / 2
    # Pawley's Handbook: 0.4 wavelengths over the aperture, pinhole closed; 0.51 with it open.
    assert 0.4 * 0.488 / 1.3 - 0.05 < 0.05 * above.sum() < 0.51 * 0.525 / 1.3 + 0.05


def test_confocal_psf__above_and_below_focus__is_equal_and_dimmer() -> None:
    above, focus, below = confocal_psf(MATCHED, UM_PER_PX, np.array([0.5, 0.0, -0.5]))
    assert above == pytest.approx(below, abs=1e-9)
    assert above.max() < 0.5 * focus.max()


def test_confocal_psf__unequal_indices__blur_what_is_deep() -> None:
    objective = replace(MATCHED, depth_um=15.0, specimen_index=1.45)
    deep = confocal_psf(objective, UM_PER_PX, np.array([0.0]))
    assert deep.max() < confocal_psf(MATCHED, UM_PER_PX, np.array([0.0])).max()


def test_image_points__point_in_focus__lights_its_pixel_most_and_sums_to_its_photons() -> None:
    point = np.array([[3.05, 1.05, 0.0]])  # the middle of column 30, row 10
    light = image_points(point, np.array([200.0]), matched_transfer())
    assert int(light.argmax()) == 10 * 64 + 30
    assert light.sum() == pytest.approx(200, rel=0.02)


def test_image_points__out_of_the_field__leave_no_light_on_the_other_side() -> None:
    light = image_points(np.array([[-0.5, 3.0, 0.0]]), np.array([1000.0]), matched_transfer())
    assert light[:, 32:].max() < 1e-2 * light.max()


def test_find_passes__two_peaks__meet_at_the_highest_way_over() -> None:
    light = np.array([[0, 5, 2, 9, 0], [0, 3, 3, 3, 0]], float)
    passes = find_passes(light, np.zeros_like(light))
    assert passes.peaks.tolist() == [5, 9]
    assert passes.saddles.tolist() == [3]
    assert passes.basins[0].tolist() == [-1, 0, 1, 1, -1]


def test_find_passes__flat_top__is_one_peak() -> None:
    light = np.array([[1, 4, 4, 4, 1]], float)
    passes = find_passes(light, np.zeros_like(light))
    assert len(np.unique(passes.joined(np.full(len(passes.peaks), 0.5)))) == 1


@pytest.mark.parametrize(("least_dip", "roots"), [(2.1, [1, 1]), (2.0, [0, 1])])
def test_joined__dip__parts_peaks_from_its_depth_on(least_dip: float, roots: list[int]) -> None:
    light = np.array([[5, 3, 9]], float)
    passes = find_passes(light, np.zeros_like(light))
    assert passes.joined(np.full(2, least_dip)).tolist() == roots


def test_mark__bright_spot__is_boxed_from_35_percent_of_its_height_on() -> None:
    marks = mark(spot(20, 30, 150), np.full((64, 64), 1.0), DETECTOR)
    # A Gaussian falls to 0.35 at 1.45 sigma, 2.2 px: 2 px to each side.
    assert marks.boxes.tolist() == [[18, 28, 23, 33]]
    assert not len(marks.doubtful)


def test_mark__spot_of_two_pixels__has_a_box_of_3_px() -> None:
    light = np.zeros((64, 64))
    light[30, 20] = light[30, 21] = 200
    assert mark(light, np.ones((64, 64)), DETECTOR).boxes.tolist() == [[20, 29, 23, 32]]


@pytest.mark.parametrize(("height", "num_doubtful"), [(5.0, 0), (20.0, 1)])
def test_mark__dim_spot__is_unseen_or_doubtful(height: float, num_doubtful: int) -> None:
    marks = mark(spot(20, 30, height), np.full((64, 64), 1.0), DETECTOR)
    assert not len(marks.boxes)
    assert len(marks.doubtful) == num_doubtful


@pytest.mark.parametrize(("gap_px", "num_boxes", "num_doubtful"), [(3, 1, 0), (4, 1, 1), (5, 2, 0)])
def test_mark__two_spots__are_one_then_doubtful_then_two(
    gap_px: int, num_boxes: int, num_doubtful: int
) -> None:
    light = spot(20, 30, 200) + spot(20 + gap_px, 30, 190)
    marks = mark(light, np.full((64, 64), 0.1), DETECTOR)
    assert (len(marks.boxes), len(marks.doubtful)) == (num_boxes, num_doubtful)


def test_mark__spot_on_something_as_bright__is_doubtful() -> None:
    marks = mark(spot(20, 30, 100), 1 + spot(22, 32, 100, sigma=3), DETECTOR)
    assert not len(marks.boxes)
    assert len(marks.doubtful) == 1


def test_mark__box_half_inside_another__is_doubtful() -> None:
    bar = np.zeros((64, 64))
    for y in range(10, 40):
        bar = np.maximum(bar, spot(y, y, 150))  # its box holds all of the square around it
    marks = mark(np.maximum(bar, spot(35, 15, 150)), np.full((64, 64), 1.0), DETECTOR)
    assert len(marks.boxes) == 1
    assert marks.doubtful.tolist() == [marks.objects[15, 35]]


def test_mark__sliver_at_the_border__is_doubtful() -> None:
    marks = mark(spot(-2, 30, 200), np.ones((64, 64)), DETECTOR)
    assert not len(marks.boxes)
    assert len(marks.doubtful) == 1


@pytest.mark.parametrize(("excess", "passes"), [(1.0, 1), (1.5, 1), (1.5, 4)])
def test_record__even_light__varies_as_noise_grey_says(excess: float, passes: int) -> None:
    detector = replace(DETECTOR, excess=excess, passes=passes, read_photons=2.0)
    light = np.full((200, 200), 100.0)
    image = detector.record(light, np.random.default_rng(0)).astype(float)
    assert image.mean() == pytest.approx(100, abs=0.3)
    assert image.std() == pytest.approx(float(detector.noise_grey(light)[0, 0]), rel=0.03)


def test_record__shifted_lines__move_odd_lines_to_the_right() -> None:
    detector = replace(DETECTOR, line_shift_px=0.5, passes=10_000)
    light = np.zeros((4, 8))
    light[:, 3] = 200
    image = detector.record(light, np.random.default_rng(0)).astype(float)
    assert image[0, 3:5] == pytest.approx([200, 0], abs=2)
    assert image[1, 3:5] == pytest.approx([100, 100], abs=2)


def test_draw_texture__longer_correlation__changes_less_from_pixel_to_pixel() -> None:
    fine, coarse = (draw_texture(96, length, np.random.default_rng(0)) for length in (1.0, 10.0))
    assert np.diff(coarse).std() < 0.3 * np.diff(fine).std()
    assert coarse.std() == pytest.approx(1)


def test_draw_sites__nucleus_and_vessel__hold_none() -> None:
    soma = Soma(np.array([5.0, 5.0, 0.0]), 4.0, 1.0, 0.0, 0.7)
    along = np.array([1.0, 0.0, 0.0])
    vessel = Vessel(np.array([0.0, 15.0, 0.0]), along, 3.0, np.zeros(3), 50.0)
    sites = draw_sites(Anatomy(20.0, (soma,), (vessel,)), 400, np.random.default_rng(0))
    x, y, z = sites.points.T
    assert len(sites) > 200
    assert np.sqrt((x - 5) ** 2 + (y - 5) ** 2 + z**2).min() > 0.7 * 4
    assert np.hypot(y - 15, z).min() > 2.6
    assert np.abs((sites.normals * sites.headings).sum(axis=1)).max() < 1e-9


def test_draw_plaques__light__follows_their_area() -> None:
    rng = np.random.default_rng(0)
    sites = draw_sites(Anatomy(20.0, (), ()), 200, rng)
    blocks = draw_plaques(sites, 1000.0, rng)
    assert len(blocks.centers) == len(sites)
    # Antibodies and stain vary from block to block and plaque to plaque; exp(0.35^2 / 2) = 1.06.
    assert blocks.photons.sum() == pytest.approx(
        1.06 * 1000 * BLOCK_UM2 * len(blocks.points), rel=0.15
    )


def test_without__some_plaques__leaves_the_numbers_of_the_others() -> None:
    rng = np.random.default_rng(0)
    blocks = draw_plaques(draw_sites(Anatomy(20.0, (), ()), 20, rng), 1.0, rng)
    left = blocks.without(np.array([0, 3]))
    assert set(left.owners) == set(blocks.owners) - {0, 3}


@pytest.mark.long
@pytest.mark.parametrize("look", LOOK_NAMES)
def test_simulate_slice__boxes__lie_inside_and_are_3_px_at_least(look: LookName) -> None:
    boxes = seen_slice(look).boxes
    assert len(boxes)
    assert boxes.min() >= 0
    assert boxes.max() <= SIZE
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= 3


@pytest.mark.parametrize("look", LOOK_NAMES)
def test_simulate_slice__each_box__is_brighter_than_what_surrounds_it(look: LookName) -> None:
    green = seen_slice(look).pixels[1].astype(float)
    for x0, y0, x1, y1 in seen_slice(look).boxes.astype(int).tolist():
        around = green[max(0, y0 - 6) : y1 + 6, max(0, x0 - 6) : x1 + 6]
        assert green[y0:y1, x0:x1].mean() > np.median(around) + 10


def test_simulate_slice__one_stain__has_one_color() -> None:
    red, green, _ = seen_slice("human").pixels.astype(float)
    share = red[green > 50] / green[green > 50]
    assert np.ptp(share) < 0.02


def test_simulate_slice__same_seed__gives_the_same_slice() -> None:
    again = simulate_slice(LOOKS["rat"], SIZE, np.random.default_rng(1))
    assert np.array_equal(again.pixels, seen_slice("rat").pixels)
    assert np.array_equal(again.boxes, seen_slice("rat").boxes)
