"""Measure how well plaques of stacks are counted: by this package, and in other ways.

Run it with `python -m bench.stacks`: some minutes on two cores; stopped, it goes on where it was.
For human-like and rat-like stacks of our own simulator, at several z steps and from seeds that are
used for nothing else, it prints a table of the count error of each way and how often the intervals
hold the true number; then what linking a large stack takes. trackpy is a peer: without it
(`pip install -e ".[bench]"`) its rows say so.
"""

import importlib.util
import logging
import sys
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.measured_stacks import (
    NUM_SLICES,
    NUM_STACKS,
    SEEDS,
    SIZE_PX,
    Z_STEPS_UM,
    MeasuredStacks,
    measured_stacks,
)
from bench.peers.method import scored_one
from bench.peers.stack_linkers import Link, link_overlaps, link_with_trackpy
from bench.stack_sets import slices_of
from bench.tables import NONE, markdown_table
from gapjunction.benchmark.paired_stacks import PairedStack, stacked_plaques
from gapjunction.benchmark.stack_suite import stack_suite
from gapjunction.metrics.counts import count_metrics
from gapjunction.metrics.stacked_plaques import StackedPlaques
from gapjunction.simulation.imaging_model import Kind
from gapjunction.stacks.linking import Slice, link_slices

FOLDER = Path("bench") / "out" / "stacks"
HEADER = ("plaques of a stack", "boxes", "MAPE, %", "bias per stack", "plaque F1")
LARGE_SLICES, LARGE_BOXES, LARGE_SIDE_PX = 126, 300, 1024
LARGE_SEED = 77_003
STEP_PX = 0.5  # standard deviation, from a slice to the next, of the sides of a large stack's boxes
CLASS_NAMES = ("gap_junction",)
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """How far the counts of one way are off; `f1` is None where nothing has a place in z."""

    way: str
    boxes: str
    mape_percent: float | None
    bias: float | None
    f1: float | None

    def cells(self) -> tuple[str, ...]:
        """Return it as a row of the table."""
        return (
            self.way,
            self.boxes,
            NONE if self.mape_percent is None else f"{self.mape_percent:.1f}",
            NONE if self.bias is None else f"{self.bias:+.1f}",
            NONE if self.f1 is None else f"{self.f1:.3f}",
        )


def main() -> None:
    """Make what is missing, and print the tables."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in SEEDS:
        measured = measured_stacks(kind, FOLDER)
        parts = (_title(kind, measured), _table(measured), _intervals(measured))
        sys.stdout.write("".join(f"{part}\n\n" for part in parts))
    sys.stdout.write(f"{_cost_of_a_large_stack()}\n")


def linked_row(way: str, boxes: str, stacks: Sequence[PairedStack]) -> Row:
    """Compare the plaques that were found with the true ones."""
    every = stack_suite(stacks, CLASS_NAMES)["all"]
    return Row(way, boxes, every["mape_percent"], every["bias"], every["f1"])


def counted_row(
    way: str, boxes: str, stacks: Sequence[PairedStack], counts: NDArray[np.int64]
) -> Row:
    """Compare counts (stacks,) with the numbers of true plaques."""
    truth = np.array([each.truth.num_plaques for each in stacks], np.int64)
    metrics = count_metrics(truth, counts)
    return Row(way, boxes, metrics.mape_percent, metrics.bias, None)


def ideally_found(stack: PairedStack) -> PairedStack:
    """Return a stack as if its true boxes had been found, and linked by our linker."""
    slices = [Slice(number, own) for number, own in slices_of(stack.truth.boxes).items()]
    numbers = range(len(slices))
    return replace(stack, found=stacked_plaques(link_slices(slices), numbers))


def linked_by(link: Link, stacks: Sequence[PairedStack]) -> list[PairedStack]:
    """Return the stacks with the boxes that were found linked in another way."""
    return [
        replace(each, found=StackedPlaques.of(each.found.boxes, link(each.found.boxes)))
        for each in stacks
    ]


def _title(kind: Kind, measured: MeasuredStacks) -> str:
    num_plaques = [each.truth.num_plaques for each in measured.linked]
    steps = ", ".join(map(str, Z_STEPS_UM))
    seeds = f"{SEEDS[kind][0]} to {SEEDS[kind][-1]}"
    return (
        f"**{kind.capitalize()}**, simulated: {NUM_STACKS} stacks at each z step ({steps} um) of "
        f"{NUM_SLICES} slices of {SIZE_PX} px, seeds {seeds}, {min(num_plaques)} to "
        f"{max(num_plaques)} plaques each"
    )


def _intervals(measured: MeasuredStacks) -> str:
    """Return how many intervals hold the true number, and how wide they are."""
    truth = np.array([each.truth.num_plaques for each in measured.reported], np.int64)
    found = np.array([each.found.num_plaques for each in measured.reported], np.int64)
    low, high = measured.intervals.T
    num_held = int(((low <= truth) & (truth <= high)).sum())
    half_width = np.median((high - low) / 2 / np.maximum(found, 1))
    return (
        f"Intervals of {num_held} of {len(truth)} stacks hold the true number; half their width "
        f"is {half_width:.0%} of the number that was found (median)"
    )


def _table(measured: MeasuredStacks) -> str:
    found = measured.linked
    ideal = [ideally_found(each) for each in found]
    num_boxes = np.array([len(each.found.boxes) for each in found], np.int64)
    rows = [
        linked_row("`gapjunction predict`", "shipped weights", measured.reported),
        linked_row("what counts in slices, linked", "shipped weights", found),
        *_linked_by_others("shipped weights", found),
        counted_row("sum of the slices' counts", "shipped weights", found, num_boxes),
        counted_row("maximum projection", "shipped weights", found, measured.in_projections),
        linked_row("our linker alone", "ideal", ideal),
        *_linked_by_others("ideal", ideal),
    ]
    return markdown_table(HEADER, [row.cells() for row in rows])


def _linked_by_others(boxes: str, stacks: Sequence[PairedStack]) -> list[Row]:
    overlaps = linked_row("overlapping boxes", boxes, linked_by(link_overlaps, stacks))
    if importlib.util.find_spec("trackpy") is None:
        return [overlaps, Row("trackpy, which is not installed", boxes, None, None, None)]
    return [overlaps, linked_row("trackpy", boxes, linked_by(link_with_trackpy, stacks))]


def _cost_of_a_large_stack() -> str:
    """Return what linking takes; memory in a second run, as watching it takes time."""
    slices = large_stack(LARGE_SLICES, LARGE_BOXES, np.random.default_rng(LARGE_SEED))
    started = time.process_time()
    link_slices(slices)
    seconds = time.process_time() - started
    tracemalloc.start()
    link_slices(slices)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (
        f"Linking {LARGE_SLICES} slices of {LARGE_SIDE_PX} px with {LARGE_BOXES} boxes each: "
        f"{seconds:.1f} s of one core, {peak / MIB:.0f} MiB beside the boxes"
    )


def large_stack(num_slices: int, num_boxes: int, rng: np.random.Generator) -> list[Slice]:
    """Return slices with so many boxes, one in four of which is replaced in each next slice."""
    boxes = _anywhere(num_boxes, rng)
    slices = []
    for number in range(num_slices):
        slices.append(Slice(number, scored_one(boxes)))
        moved = boxes + rng.normal(0, STEP_PX, (num_boxes, 1))
        is_new = rng.random(num_boxes) < 1 / 4
        boxes = np.where(is_new[:, None], _anywhere(num_boxes, rng), moved)
    return slices


def _anywhere(num_boxes: int, rng: np.random.Generator) -> NDArray[np.float64]:
    corners = rng.uniform(0, LARGE_SIDE_PX, (num_boxes, 2))
    return np.hstack([corners, corners + rng.uniform(4, 15, (num_boxes, 2))])


if __name__ == "__main__":
    main()
