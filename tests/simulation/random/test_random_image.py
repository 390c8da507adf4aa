"""Tests for `gapjunction.simulation.random.random_image`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.camera import Camera
from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.ground_truth import Visibility
from gapjunction.simulation.imaging_model import RAT, STAININGS, ImagingModel, Staining, Triple
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.random.marks import MAX_SIDE_PX, mark_plaques, sort_plaques
from gapjunction.simulation.random.random_image import (
    photograph_cluttered,
    simulate_random_image,
)
from gapjunction.simulation.tissue import FloatArray

SIZE = 96
CAMERA = Camera(gain_grey_per_photon=1.0, read_noise_photons=0.0, offset_grey=0.0)
RULES = Visibility(doubtful=0.2)
GREY = STAININGS[1]
RED: Triple = (1.0, 0.0, 0.0)
BLUE: Triple = (0.0, 0.0, 1.0)
YELLOW: Triple = (1.0, 1.0, 0.0)
EMPTY = replace(RAT, tissue=replace(RAT.tissue, plaques_per_um2=0.0))


@pytest.fixture(scope="module")
def empty_fields() -> list[SimulatedImage]:
    generators = [np.random.default_rng(seed) for seed in range(8)]
    return [photograph_cluttered(EMPTY, GREY, 2 * SIZE, rng) for rng in generators]


@pytest.fixture(scope="module")
def images() -> list[SimulatedImage]:
    return [simulate_random_image(SIZE, np.random.default_rng(seed)) for seed in range(12)]


def spot(x: float, y: float, peak: float, sigma: float = 2.0) -> Footprint:
    """Return a round plaque of a peak in photons, in a window as large as the image."""
    grid = np.arange(SIZE) + 0.5
    column, row = (np.exp(-(((grid - middle) / sigma) ** 2) / 2) for middle in (y, x))
    return Footprint(0, 0, peak * np.outer(column, row))


def even(photons: float) -> FloatArray:
    return np.full((SIZE, SIZE), photons)


def num_marked(model: ImagingModel, staining: Staining) -> int:
    found = [
        photograph_cluttered(model, staining, SIZE, np.random.default_rng(seed))
        for seed in range(3)
    ]
    return sum(len(image.boxes) for image in found)


def test_simulate_random_image__same_seed__same_pixels_and_boxes(
    images: list[SimulatedImage],
) -> None:
    for seed in range(3):
        again = simulate_random_image(SIZE, np.random.default_rng(seed))
        assert (again.pixels == images[seed].pixels).all()
        assert again.boxes.tolist() == images[seed].boxes.tolist()


def test_simulate_random_image__always_has_the_size_asked_for(images: list[SimulatedImage]) -> None:
    assert {image.pixels.shape for image in images} == {(SIZE, SIZE, 3)}
    assert {image.pixels.dtype for image in images} == {np.dtype(np.uint8)}


def test_simulate_random_image__boxes__lie_inside_and_have_sane_sizes(
    images: list[SimulatedImage],
) -> None:
    boxes = np.concatenate([image.boxes for image in images])
    sides = boxes[:, 2:] - boxes[:, :2]
    assert len(boxes) > 10
    assert boxes.min() >= 0
    assert boxes.max() <= SIZE
    assert sides.min() > 2.9
    # Images may be enlarged by 1.4 afterwards.
    assert sides.max() <= 1.4 * MAX_SIDE_PX


def test_simulate_random_image__every_box__holds_something_brighter_than_its_surroundings(
    images: list[SimulatedImage],
) -> None:
    for image in images:
        for x0, y0, x1, y1 in image.boxes.astype(int):
            inside = image.pixels[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, 3).max(axis=0)
            around = image.pixels[max(y0 - 6, 0) : y1 + 7, max(x0 - 6, 0) : x1 + 7].reshape(-1, 3)
            assert (inside - np.median(around, axis=0)).max() > 8


def test_simulate_random_image__each_box_has_its_clearness(images: list[SimulatedImage]) -> None:
    assert all(len(image.snr) == len(image.boxes) for image in images)
    assert min(float(image.snr.min()) for image in images if len(image.snr)) > 5


def test_photograph_cluttered__distractors_only__never_add_a_box(
    empty_fields: list[SimulatedImage],
) -> None:
    assert {image.boxes.shape for image in empty_fields} == {(0, 4)}
    assert {image.snr.shape for image in empty_fields} == {(0,)}


def test_photograph_cluttered__distractors__are_large_and_bright_in_some_fields(
    empty_fields: list[SimulatedImage],
) -> None:
    bright_share = [float((image.pixels > 80).mean()) for image in empty_fields]
    assert min(bright_share) < 0.001
    assert max(bright_share) > 0.05


@pytest.mark.long
def test_photograph_cluttered__bright_gfap__hides_plaques_only_if_it_shares_every_color() -> None:
    tissue = replace(RAT.tissue, plaques_per_um2=0.08, process_concentration=3.0)
    model = replace(RAT, tissue=tissue)
    hidden, beside, behind = (
        num_marked(model, Staining("", colors))
        for colors in ((RED, RED), (RED, BLUE), (YELLOW, RED))
    )
    assert 0 < hidden < 0.8 * beside
    # The green of yellow is free of GFAP.
    assert behind == beside


def test_photograph_cluttered__channel_that_is_not_shown__changes_nothing() -> None:
    tissue = replace(RAT.tissue, plaques_per_um2=0.08)
    dim, bright = (
        replace(RAT, tissue=replace(tissue, process_concentration=value)) for value in (0.1, 9.0)
    )
    model_pair = [
        replace(model, spectra=replace(model.spectra, gfap=(0.0, 1.0, 0.0)))
        for model in (dim, bright)
    ]
    first, second = (
        photograph_cluttered(model, GREY, SIZE, np.random.default_rng(0)) for model in model_pair
    )
    assert (first.pixels == second.pixels).all()


def test_sort_plaques__clear_doubtful_and_faint() -> None:
    # In the dark 22 grey values are just visible; 20 are doubtful, 4 are less than 0.2 of it.
    clear, doubtful, faint = (spot(30, 30, peak) for peak in (60.0, 20.0, 4.0))
    visible, specks = sort_plaques([clear, doubtful, faint], even(4.0), CAMERA, RULES)
    assert [plaque.values.max() for plaque in visible] == [clear.values.max()]
    assert [plaque.values.max() for plaque in specks] == [faint.values.max()]


def test_sort_plaques__outshone_by_a_neighbor__is_neither_visible_nor_a_speck() -> None:
    veil = even(4.0)
    veil[60:90, 60:90] = 2000.0
    assert sort_plaques([spot(30, 30, 100.0)], veil, CAMERA, RULES) == ([], [])


def test_mark_plaques__heap_without_dips__is_left_out_and_the_rest_stays() -> None:
    heap = [spot(15.0 + 3 * step, 70, 100) for step in range(20)]
    single = spot(50, 20, 100)
    kept, marked = mark_plaques([*heap, single], even(4.0), CAMERA, RULES)
    assert kept == [single]
    assert (
        marked.boxes.tolist() == mark_plaques([single], even(4.0), CAMERA, RULES)[1].boxes.tolist()
    )


def test_mark_plaques__no_plaque__gives_no_mark() -> None:
    kept, marked = mark_plaques([], even(4.0), CAMERA, RULES)
    assert kept == []
    assert marked.boxes.shape == (0, 4)


@pytest.mark.long
def test_photograph_cluttered__ghosts__are_darker_than_what_is_marked() -> None:
    seeds = range(3)

    def fields(ghost_share: float) -> list[SimulatedImage]:
        return [
            photograph_cluttered(
                RAT, GREY, 2 * SIZE, np.random.default_rng(seed), ghost_share, has_clutter=False
            )
            for seed in seeds
        ]

    assert sum(len(image.boxes) for image in fields(0.0)) > 0
    assert not any(len(image.boxes) for image in fields(1.0))
