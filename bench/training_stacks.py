"""Simulated stacks in memory, and the tiles of their slices that a detector learns from.

A slice is shown with the one before and the one after it: as a tile of five channels, of which the
first three are what the compact detector is shown of a grey image. A slice at an end of its stack
has itself for the neighbor that it lacks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.utils.data import Dataset

from gapjunction.benchmark.paired_stacks import stacked_plaques
from gapjunction.boxes import BoxArray, area, clip_boxes
from gapjunction.detections import Detections
from gapjunction.metrics.stacked_plaques import StackedPlaques
from gapjunction.samples.augmentation import (
    AugmentationConfig,
    change_intensities,
    draw_zoom,
    flip_and_turn,
)
from gapjunction.samples.grey_shown import NUM_CHANNELS, GreyShown, show_grey
from gapjunction.samples.intensity import Image, measure_intensity, normalize, without_color
from gapjunction.samples.torch_dataset import MIN_VISIBLE_SHARE, Sample
from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.stack.simulated_stack import FIRST_SLICE, SimulatedStack
from gapjunction.simulation.stack.stack_dataset import (
    grid_of,
    plan_stacks,
    simulate_planned_stack,
)
from gapjunction.stacks.linking import Plaque

GREY_SHOWN: GreyShown = "in_first_channel"  # as `CenterNetConfig` says
Z_STEP_UM = 0.5
# The order of channels stays: grey in the first one is never shown in another.
AUGMENTATION = AugmentationConfig(grey_probability=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStack:
    """A simulated stack.

    Attributes:
        views: each slice with its neighbors (S, 3, H, W): itself, the one before, the one after,
            all in the intensity range of the slice.
        truths: its true boxes.
    """

    name: str
    views: NDArray[np.float32]
    truths: tuple[Detections, ...]
    plaques: StackedPlaques


# A stack and the index of one of its slices.
SliceOf = tuple[TrainingStack, int]


def simulate_stacks(
    kind: Kind, num_stacks: int, num_slices: int, size_px: int, seed: int
) -> list[TrainingStack]:
    """Simulate stacks of a look."""
    grid = grid_of(kind, num_slices, size_px, Z_STEP_UM)
    return [
        _training_stack(f"{kind}_{plan.asset_name}", simulate_planned_stack(plan, grid, seed))
        for plan in plan_stacks(kind, num_stacks, num_slices, seed)
    ]


def slices_of(stacks: Sequence[TrainingStack]) -> list[SliceOf]:
    """Return all slices, stack by stack."""
    return [(stack, index) for stack in stacks for index in range(len(stack.views))]


def with_neighbors(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a view (3, H, W) as the five channels (5, H, W) of a tile."""
    return np.concatenate([show_grey(view[:1], GREY_SHOWN), view[1:]])


class SliceTiles(Dataset[Sample]):
    """Square tiles of slices, each a function of (seed, number) alone.

    Slices are drawn equally often; tiles are (channels, tile_px, tile_px), of which there may be
    five or, without the neighbors, three. Everything else is the same in both.
    """

    def __init__(
        self, slices: Sequence[SliceOf], tile_px: int, num_channels: int, seed: int
    ) -> None:
        self.slices, self.tile_px = slices, tile_px
        self.num_channels, self.seed = num_channels, seed

    def __getitem__(self, number: int) -> Sample:
        """Return tile `number` of the endless supply."""
        rng = np.random.default_rng([self.seed, number])
        stack, index = self.slices[int(rng.integers(len(self.slices)))]
        source = round(self.tile_px / draw_zoom(AUGMENTATION, rng))
        y0, x0 = rng.integers(0, stack.views.shape[-1] - source + 1, 2).tolist()
        view = stack.views[index, :, y0 : y0 + source, x0 : x0 + source]
        boxes = stack.truths[index].boxes - np.array([x0, y0, x0, y0], np.float32)
        view, boxes = _resized(view, _visible(boxes, source), self.tile_px)
        view, boxes = flip_and_turn(view, boxes, rng)
        tile = _lit_otherwise(view, rng)[: self.num_channels]
        return Sample(
            torch.from_numpy(tile),
            torch.from_numpy(boxes),
            torch.zeros(len(boxes), dtype=torch.int64),
        )


def _training_stack(name: str, stack: SimulatedStack) -> TrainingStack:
    grey = [without_color(np.moveaxis(pixels, 2, 0)) for pixels in stack.pixels]
    numbers = range(FIRST_SLICE, FIRST_SLICE + len(grey))
    plaques = [
        Plaque(0, each.numbers, each.boxes, np.ones(len(each.boxes), np.float32))
        for each in stack.plaques
    ]
    return TrainingStack(
        name,
        np.stack([_view(grey, index) for index in range(len(grey))]),
        tuple(_annotated(boxes) for boxes in stack.boxes),
        stacked_plaques(plaques, numbers),
    )


def _view(grey: Sequence[Image], index: int) -> NDArray[np.float32]:
    intensity = measure_intensity(grey[index])
    shown = (index, max(index - 1, 0), min(index + 1, len(grey) - 1))
    return np.concatenate([normalize(grey[each], intensity)[:1] for each in shown])


def _annotated(boxes: BoxArray) -> Detections:
    return Detections(boxes, np.ones(len(boxes), np.float32), np.zeros(len(boxes), np.int64))


def _visible(boxes: BoxArray, side: int) -> BoxArray:
    clipped = clip_boxes(boxes, side, side)
    return clipped[area(clipped) > MIN_VISIBLE_SHARE * area(boxes)]


def _resized(
    view: NDArray[np.float32], boxes: BoxArray, side: int
) -> tuple[NDArray[np.float32], BoxArray]:
    factor = np.float32(side / view.shape[-1])
    resized = functional.interpolate(
        torch.from_numpy(np.ascontiguousarray(view))[None],
        (side, side),
        mode="bilinear",
        antialias=True,
    )
    return resized[0].numpy(), boxes * factor


def _lit_otherwise(view: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a view (3, S, S) as a tile (5, S, S), with intensities changed at random.

    Slices are changed as one image, one below the other, so that gain, offset and blur are theirs
    together; noise is of each alone.
    """
    side = view.shape[-1]
    tall = show_grey(view.reshape(1, NUM_CHANNELS * side, side), GREY_SHOWN)
    changed = change_intensities(tall, AUGMENTATION, rng, GREY_SHOWN)
    neighbors = changed[0, side:].reshape(2, side, side)
    return np.concatenate([changed[:, :side], neighbors])
