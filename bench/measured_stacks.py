"""The simulated stacks of `bench.stacks`, and what the shipped weights find in them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.stack_sets import StackSet, counts_in_projections, paired_stacks, predicted
from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.benchmark.predicted_plaques import read_reported_plaques
from gapjunction.files import sha256_of
from gapjunction.models.checkpoint import CONFIG_NAME
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction_folder import STACKS_NAME, read_manifest
from gapjunction.simulation.imaging_model import Kind

# Used for nothing else; one for each z step.
SEEDS: dict[Kind, tuple[int, ...]] = {
    "human": (88_001, 88_002, 88_003),
    "rat": (88_004, 88_005, 88_006),
}
Z_STEPS_UM = (0.2, 0.5, 1.0)
NUM_STACKS, NUM_SLICES, SIZE_PX = 3, 12, 512  # of each look and step
VERSION_DIGITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredStacks:
    """Stacks of one look; all are in the same order.

    Attributes:
        reported: the true plaques, and those that `gapjunction predict` reports.
        linked: the same, and what counts in slices, linked.
        intervals: low and high (stacks, 2) of the number of plaques.
        in_projections: how much the weights find in the maximum projection of each (stacks,).
    """

    reported: tuple[PairedStack, ...]
    linked: tuple[PairedStack, ...]
    intervals: NDArray[np.int64]
    in_projections: NDArray[np.int64]


def measured_stacks(kind: Kind, folder: Path) -> MeasuredStacks:
    """Simulate the stacks of a look and find what is in them, unless that is done."""
    parts = [
        _measured(StackSet(kind, seed, step, NUM_STACKS, NUM_SLICES, SIZE_PX), folder)
        for seed, step in zip(SEEDS[kind], Z_STEPS_UM, strict=True)
    ]
    return MeasuredStacks(
        tuple(stack for part in parts for stack in part.reported),
        tuple(stack for part in parts for stack in part.linked),
        np.concatenate([part.intervals for part in parts]),
        np.concatenate([part.in_projections for part in parts]),
    )


def _measured(own: StackSet, folder: Path) -> MeasuredStacks:
    root = own.simulated(folder)
    # Another config of the same weights counts otherwise.
    output = folder / f"found_{sha256_of(SHIPPED_MODEL / CONFIG_NAME)[:VERSION_DIGITS]}"
    found = predicted(root, output / own.name)
    reported = read_reported_plaques(found, read_manifest(found), None)
    linked = paired_stacks(root, found, None)
    counts = counts_in_projections(
        root, folder / f"{own.name}_projections", output / f"{own.name}_projections"
    )
    names = [Path(each.name).name for each in linked]
    rows = pd.read_csv(found / STACKS_NAME, dtype={"asset": str}).set_index("asset")
    return MeasuredStacks(
        paired_stacks(root, found, None, reported),
        linked,
        rows.loc[names, ["low", "high"]].to_numpy(np.int64),
        np.array([counts[name] for name in names], np.int64),
    )
