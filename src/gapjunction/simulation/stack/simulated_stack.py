"""Put volume, microscope and detector together: the slices of a stack and the plaques in it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.dataset.true_plaques import TruePlaque
from gapjunction.simulation.camera import compose, expose
from gapjunction.simulation.generator import Subject
from gapjunction.simulation.ground_truth import visibility_of
from gapjunction.simulation.imaging_model import Triple
from gapjunction.simulation.optics import Footprint
from gapjunction.simulation.stack.confocal import Grid, render_in_slices
from gapjunction.simulation.stack.haze import Haze, draw_haze
from gapjunction.simulation.stack.stack_models import StackModel
from gapjunction.simulation.stack.true_boxes import BoxedStack, box_stack
from gapjunction.simulation.stack.volume import Volume, build_volume
from gapjunction.simulation.tissue import Emitters, FloatArray

FIRST_SLICE = 1  # the number of a stack's first slice
CLASS_NAME = "gap_junction"


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedStack:
    """The slices of a stack, each (H, W, 3), RGB, with its true boxes, and the plaques."""

    pixels: tuple[NDArray[np.uint8], ...]
    boxes: tuple[BoxArray, ...]
    plaques: tuple[TruePlaque, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """Expected photons of a stack: of visible plaques by their number, and of all else.

    Attributes:
        rest: (slices, H, W).
    """

    visible: tuple[dict[int, Footprint], ...]
    rest: NDArray[np.float32]


def simulate_stack(
    model: StackModel, subject: Subject, grid: Grid, color: Triple, rng: np.random.Generator
) -> SimulatedStack:
    """Draw a block of tissue of a subject and take its slices; `color` is that of the stain."""
    volume = build_volume(model.tissue, grid, subject.density_factor, rng)
    haze = draw_haze(model.tissue, grid, volume.nuclei, rng)
    brightness = subject.light_factor * _bleached(model, grid, rng)
    light = _expect_photons(model, volume, haze, grid, brightness)
    truth = box_stack(light.visible, light.rest, model.camera, model.visibility)
    pixels = []
    for photons, visible in zip(light.rest, light.visible, strict=True):
        seen = photons.astype(np.float64)
        for plaque in visible.values():
            seen[plaque.window] += plaque.values
        grey = expose(seen, model.camera, rng)
        pixels.append(compose(grey[None], np.array([color])))
    boxes = tuple(each.boxes for each in truth.slices)
    return SimulatedStack(tuple(pixels), boxes, tuple(_true_plaques(truth, volume, grid)))


def _bleached(model: StackModel, grid: Grid, rng: np.random.Generator) -> FloatArray:
    """Return the light left in each slice (slices,): taken from above or below, less and less."""
    left = 1 - rng.uniform(*model.bleaching)
    light: FloatArray = left ** np.linspace(0, 1, grid.num_slices)
    return light[::-1] if rng.random() < 0.5 else light  # noqa: PLR2004 - one half


def _expect_photons(
    model: StackModel, volume: Volume, haze: Haze, grid: Grid, brightness: FloatArray
) -> _Light:
    """Return the photons to expect, with a haze, at a brightness of each slice.

    Plaques that no slice shows well enough are left out, or stay as specks, as in single images.
    """
    rest = np.empty((grid.num_slices, grid.size_px, grid.size_px), np.float32)
    for index, bright in enumerate(brightness.tolist()):
        rest[index] = (haze.in_slice(index) + model.background_photons) * bright
    for clump in volume.lipofuscin:
        for index, part in _photons_of(model, clump, grid, brightness).items():
            rest[(index, *part.window)] += part.values
    visible: list[dict[int, Footprint]] = [{} for _ in range(grid.num_slices)]
    hidden: list[tuple[int, Footprint]] = []
    for number, plaque in enumerate(volume.plaques):
        parts = _photons_of(model, plaque, grid, brightness)
        clearness = {
            index: visibility_of(part, rest[index], model.camera, model.visibility)
            for index, part in parts.items()
        }
        best = max(clearness.values(), default=0.0)
        if model.visibility.doubtful <= best < 1:
            continue
        for index, part in parts.items():
            if clearness[index] >= 1:
                visible[index][number] = part
            else:
                hidden.append((index, part))
    for index, part in hidden:
        rest[(index, *part.window)] += part.values
    return _Light(tuple(visible), rest)


def _photons_of(
    model: StackModel, cloud: Emitters, grid: Grid, brightness: FloatArray
) -> dict[int, Footprint]:
    return {
        index: replace(part, values=part.values * (model.plaque_photons * brightness[index]))
        for index, part in render_in_slices(cloud, model.optics, grid).items()
    }


def _true_plaques(truth: BoxedStack, volume: Volume, grid: Grid) -> list[TruePlaque]:
    """Return the plaques that have a box, in the order of their first slices."""
    found: dict[int, list[tuple[int, BoxArray]]] = {}
    for index, each in enumerate(truth.slices):
        for plaque, box in zip(each.plaques.tolist(), each.boxes, strict=True):
            found.setdefault(plaque, []).append((index + FIRST_SLICE, box))
    members: dict[int, list[Emitters]] = {}
    for number, plaque in truth.plaque_of.items():
        members.setdefault(plaque, []).append(volume.plaques[number])
    plaques = []
    for plaque, own in found.items():
        cloud = Emitters.joined(members[plaque])
        x, y, z = np.average(cloud.points_um, axis=0, weights=cloud.weights).tolist()
        numbers = np.array([number for number, _ in own], np.int64)
        boxes = np.stack([box for _, box in own])
        center = (x, y, z + FIRST_SLICE * grid.z_step_um)
        plaques.append(TruePlaque(CLASS_NAME, numbers, boxes, center))
    return plaques
