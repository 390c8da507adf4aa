"""Simulate the stacks of a dataset, named and laid out as the published ones: a stack an asset.

Each stack has random numbers of its own, so that more stacks leave the earlier ones as they are,
byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME, write_true_plaques
from gapjunction.simulation.generator import Subject, draw_subject
from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.simulated_dataset import CLASSES, KIND_KEYS, WEBP_QUALITY
from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.simulated_stack import (
    FIRST_SLICE,
    SimulatedStack,
    simulate_stack,
)
from gapjunction.simulation.stack.stack_models import STACK_MODELS, STAIN_COLORS

RecordOrder = Literal["along", "against", "shuffled"]
RECORD_ORDERS: tuple[RecordOrder, ...] = ("along", "against", "shuffled")
FIRST_RECORDS = (1000, 9000)
KEY_OF_STACKS = 16  # sets their random numbers apart from those of single images


@dataclass(frozen=True, slots=True)
class StackPlan:
    """One stack to simulate.

    Attributes:
        asset_index: which one of its dataset, from 0.
        asset_name: eight hexadecimal digits.
        records: the record number of each slice.
    """

    kind: Kind
    asset_index: int
    asset_name: str
    records: tuple[int, ...]
    subject: Subject

    def stems(self) -> list[str]:
        """Return the names of its slices, which like the published ones of humans end in _."""
        about = self.subject.metadata
        species = "" if about.species == "human" else about.species
        end = f"{self.asset_name}_confocal_{about.localization}_{about.diagnosis}_{species}"
        return [
            f"{record}_cx43_Z{number}_cx43_{end}"
            for number, record in enumerate(self.records, FIRST_SLICE)
        ]


def plan_stacks(kind: Kind, num_stacks: int, num_slices: int, seed: int) -> list[StackPlan]:
    """Draw names and subjects of stacks; later ones do not change earlier ones."""
    return [_plan(kind, index, num_slices, seed) for index in range(num_stacks)]


def grid_of(kind: Kind, num_slices: int, size_px: int, z_step_um: float) -> Grid:
    """Return the voxels of a stack of a kind."""
    return Grid(num_slices, size_px, STACK_MODELS[kind].optics.um_per_px, z_step_um)


def simulate_planned_stack(plan: StackPlan, grid: Grid, seed: int) -> SimulatedStack:
    """Simulate one stack; equal arguments give equal pixels."""
    # By twos, as diagnoses go round one by one.
    color = STAIN_COLORS[plan.asset_index // 2 % len(STAIN_COLORS)]
    generator = _generator(plan.kind, plan.asset_index, 1, seed)
    return simulate_stack(STACK_MODELS[plan.kind], plan.subject, grid, color, generator)


def write_stack(stack: SimulatedStack, plan: StackPlan, z_step_um: float, folder: Path) -> Asset:
    """Write slices and true plaques to a folder of their own in `folder`; return the asset."""
    own = folder / plan.asset_name
    own.mkdir()
    images = []
    for stem, pixels, boxes in zip(plan.stems(), stack.pixels, stack.boxes, strict=True):
        path = own / f"{stem}.webp"
        Image.fromarray(pixels).save(path, quality=WEBP_QUALITY)
        height, width, _ = pixels.shape
        labels = np.zeros(len(boxes), np.int64)
        images.append(AnnotatedImage(path, height, width, boxes, labels))
    write_true_plaques(own / TRUE_PLAQUES_NAME, stack.plaques)
    metadata = replace(plan.subject.metadata, z_step_um=z_step_um)
    return Asset(plan.asset_name, tuple(images), metadata, own / TRUE_PLAQUES_NAME)


def assemble_stacks(assets: Mapping[StackPlan, Asset], root: Path) -> Dataset:
    """Return a dataset of written stacks, named after its folder `root`."""
    optics = STACK_MODELS[next(iter(assets)).kind].optics
    return Dataset(
        name=root.name,
        root=root,
        classes=CLASSES,
        assets=tuple(assets.values()),
        device_type="simulated: confocal, Olympus UPlanXApo",
        scaling_value=f"{optics.magnification:g}x",
        um_per_px=optics.um_per_px,
    )


def _plan(kind: Kind, index: int, num_slices: int, seed: int) -> StackPlan:
    rng = _generator(kind, index, 0, seed)
    name = rng.bytes(4).hex()
    records = int(rng.integers(*FIRST_RECORDS)) + np.arange(num_slices)
    order = RECORD_ORDERS[int(rng.integers(len(RECORD_ORDERS)))]
    if order == "against":
        records = records[::-1]
    elif order == "shuffled":
        records = rng.permutation(records)
    subject = draw_subject(STACK_MODELS[kind].subjects, index, rng)
    return StackPlan(kind, index, name, tuple(records.tolist()), subject)


def _generator(kind: Kind, index: int, stream: int, seed: int) -> np.random.Generator:
    """Return the random numbers of a stack's plan (stream 0) or of its slices (1)."""
    key = (KEY_OF_STACKS + KIND_KEYS[kind], index, stream)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
