"""Tests for `gapjunction.simulation.stack.simulated_stack`."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from gapjunction.dataset.records import AssetMetadata
from gapjunction.simulation.generator import Subject
from gapjunction.simulation.imaging_model import STAININGS, Kind
from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.simulated_stack import (
    FIRST_SLICE,
    SimulatedStack,
    simulate_stack,
)
from gapjunction.simulation.stack.stack_models import STACK_MODELS, StackModel

GRID = Grid(num_slices=5, size_px=128, um_per_px=0.103, z_step_um=0.5)
SUBJECT = Subject(AssetMetadata(), STAININGS[1], density_factor=3.0, light_factor=1.0)
WHITE = (1.0, 1.0, 1.0)


def simulated(kind: Kind, seed: int = 0) -> SimulatedStack:
    return simulate_stack(STACK_MODELS[kind], SUBJECT, GRID, WHITE, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", ["human", "rat"])
def test_simulate_stack__each_box__belongs_to_one_plaque(kind: Kind) -> None:
    stack = simulated(kind)
    of_plaques = [
        (number - FIRST_SLICE, *box)
        for plaque in stack.plaques
        for number, box in zip(plaque.numbers.tolist(), plaque.boxes.tolist(), strict=True)
    ]
    of_slices = [(i, *box) for i, boxes in enumerate(stack.boxes) for box in boxes.tolist()]
    assert len(of_slices) >= 10
    assert sorted(of_plaques) == sorted(of_slices)


@pytest.mark.parametrize("kind", ["human", "rat"])
def test_simulate_stack__center_of_a_plaque__is_between_its_boxes(kind: Kind) -> None:
    plaques = [each for each in simulated(kind).plaques if 1 < min(each.numbers) < 5]
    assert plaques
    for plaque in plaques:
        x_px, y_px = (side / GRID.um_per_px for side in plaque.center_um[:2])
        x0, y0 = plaque.boxes[:, :2].min(axis=0)
        x1, y1 = plaque.boxes[:, 2:].max(axis=0)
        assert x0 - 3 < x_px < x1 + 3
        assert y0 - 3 < y_px < y1 + 3
        assert plaque.center_um[2] / GRID.z_step_um > plaque.numbers[0] - 1


def test_simulate_stack__boxes__are_brighter_than_around() -> None:
    stack = simulated("rat")
    for pixels, boxes in zip(stack.pixels, stack.boxes, strict=True):
        for x0, y0, x1, y1 in boxes.astype(int).tolist():
            assert pixels[y0 : y1 + 1, x0 : x1 + 1, 0].max() > 10


def test_simulate_stack__looks__are_textured_and_clean() -> None:
    human, rat = (np.stack(simulated(kind).pixels) for kind in ("human", "rat"))
    assert np.median(rat) == 0
    assert np.median(human) > 10
    assert (human == 0).mean() < 0.02


def test_simulate_stack__bleaching__dims_one_end() -> None:
    even = replace(STACK_MODELS["human"].tissue, haze_spread=0.0, nuclei_per_um3=0.0)
    model = replace(STACK_MODELS["human"], tissue=even, bleaching=(0.5, 0.5))
    stack = simulate_stack(model, SUBJECT, GRID, WHITE, np.random.default_rng(0))
    offset = model.camera.offset_grey
    light = [float(np.median(pixels)) - offset for pixels in stack.pixels]
    assert min(light[0], light[-1]) / max(light[0], light[-1]) == pytest.approx(0.5, abs=0.1)


def test_simulate_stack__without_plaques__has_no_boxes() -> None:
    empty = replace(STACK_MODELS["rat"].tissue, plaques_per_um3=0.0)
    model: StackModel = replace(STACK_MODELS["rat"], tissue=empty)
    stack = simulate_stack(model, SUBJECT, GRID, WHITE, np.random.default_rng(0))
    assert stack.plaques == ()
    assert [boxes.shape for boxes in stack.boxes] == [(0, 4)] * 5


def test_simulate_stack__color__is_that_of_the_stain() -> None:
    green = (0.0, 1.0, 0.0)
    model = STACK_MODELS["human"]
    stack = simulate_stack(model, SUBJECT, GRID, green, np.random.default_rng(0))
    assert stack.pixels[0][..., [0, 2]].max() == 0
    assert stack.pixels[0][..., 1].max() > 50


def test_simulate_stack__memory__is_that_of_its_light_and_pixels() -> None:
    empty = replace(STACK_MODELS["human"].tissue, plaques_per_um3=0.0)
    model = replace(STACK_MODELS["human"], tissue=empty)
    grid = replace(GRID, num_slices=60)
    tracemalloc.start()
    simulate_stack(model, SUBJECT, grid, WHITE, np.random.default_rng(0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * (4 + 3) * grid.num_slices * grid.size_px**2  # float32, and RGB of 8 bits
