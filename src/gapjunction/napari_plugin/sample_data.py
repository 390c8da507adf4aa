"""Simulated images with their true boxes, for a first try; no microscope took them."""

import numpy as np

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections
from gapjunction.napari_plugin.box_layers import box_layer
from gapjunction.napari_plugin.image_layers import image_layer
from gapjunction.napari_plugin.layer_data import LayerData, LayerOrigin
from gapjunction.napari_plugin.plaque_layers import plaque_layers, plaques_of_boxes
from gapjunction.plaque_table import TabledPlaque
from gapjunction.simulation.imaging_model import MODELS
from gapjunction.simulation.simulated_dataset import CLASSES, plan_fields, simulate_planned
from gapjunction.simulation.stack.simulated_stack import FIRST_SLICE
from gapjunction.simulation.stack.stack_dataset import (
    grid_of,
    plan_stacks,
    simulate_planned_stack,
)

SEED = 0
IMAGE_PX, STACK_PX, NUM_SLICES, Z_STEP_UM = 512, 256, 8, 0.4


def sample_image() -> list[LayerData]:
    """Return a simulated image of rat tissue and the true boxes of its plaques."""
    [plan] = plan_fields("rat", 1, 1)
    image = simulate_planned(plan, SEED, IMAGE_PX)
    origin = LayerOrigin(CLASSES, um_per_px=MODELS["rat"].optics.um_per_px)
    return [
        image_layer(image.pixels, image.pixels, origin, "simulated image"),
        box_layer([_certain(image.boxes)], origin, "simulated image, true boxes"),
    ]


def sample_stack() -> list[LayerData]:
    """Return a simulated confocal stack of rat tissue, the true boxes and the plaques they make."""
    [plan] = plan_stacks("rat", 1, NUM_SLICES, SEED)
    grid = grid_of("rat", NUM_SLICES, STACK_PX, Z_STEP_UM)
    stack = simulate_planned_stack(plan, grid, SEED)
    numbers = tuple(range(FIRST_SLICE, FIRST_SLICE + NUM_SLICES))
    origin = LayerOrigin(
        CLASSES, um_per_px=grid.um_per_px, z_step_um=Z_STEP_UM, numbers=numbers, is_stacked=True
    )
    plaques = [
        TabledPlaque(number, each.class_name, each.numbers, each.boxes, (), each.center_um)
        for number, each in enumerate(stack.plaques)
    ]
    slices = [_certain(boxes) for boxes in stack.boxes]
    pixels = np.stack(stack.pixels)
    owners = plaques_of_boxes(slices, plaques, origin)
    return [
        image_layer(pixels, pixels[0], origin, "simulated stack"),
        *plaque_layers(plaques, origin, "simulated stack"),
        box_layer(slices, origin, "simulated stack, true boxes", owners),
    ]


def _certain(boxes: BoxArray) -> Detections:
    return Detections(boxes, np.ones(len(boxes), np.float32), np.zeros(len(boxes), np.int64))
