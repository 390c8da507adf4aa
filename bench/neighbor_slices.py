"""Try the slices above and below as further channels of the compact detector (2.5-D).

Run it with `python -m bench.neighbor_slices`: about 20 minutes of one core; stopped, it goes on
where it was. From the shipped weights, the detector is trained on simulated stacks twice: as it is,
and with two more channels, the neighbors of a slice, whose weights are 0 at first. Tiles, recipe
and random numbers are the same. Both are judged on other stacks; all seeds are used for nothing
else.
"""

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.stack_training import (
    NUM_WITH_NEIGHBORS,
    TrainedDetector,
    paired_stack,
    recipe_of,
    starting_detector,
    train_on,
    widen,
    with_threshold,
)
from bench.tables import markdown_table
from bench.training_stacks import TrainingStack, simulate_stacks, slices_of
from gapjunction.benchmark.stack_suite import stack_suite
from gapjunction.files import write_json
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.samples.grey_shown import NUM_CHANNELS
from gapjunction.simulation.imaging_model import Kind

FOLDER = Path("bench") / "out" / "neighbor_slices"
KINDS: tuple[Kind, ...] = ("human", "rat")
TRAIN_SEED, TEST_SEED = 77_111, 77_112  # used for nothing else
NUM_STACKS, NUM_SLICES, SIZE_PX = 8, 10, 320  # of each look, to train on and to test on
NUM_EPOCHS = 14
TRAINING_SEEDS = (0, 1)
CLASS_NAMES = ("gap_junction",)
HEADER = (
    "look",
    "slices shown",
    "training",
    "box F1",
    "box count error, %",
    "plaque F1",
    "plaque count error, %",
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """How good a detector is on the test stacks of a look; errors are means over stacks."""

    look: str
    shown: str
    training: str
    box_f1: float
    box_error_percent: float
    plaque_f1: float
    plaque_error_percent: float

    def cells(self) -> tuple[str, ...]:
        """Return it as a row of the table."""
        return (
            self.look,
            self.shown,
            self.training,
            f"{self.box_f1:.3f}",
            f"{self.box_error_percent:.1f}",
            f"{self.plaque_f1:.3f}",
            f"{self.plaque_error_percent:.1f}",
        )


def main() -> None:
    """Train what is missing, and print the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    known, unknown = (
        [
            stack
            for kind in KINDS
            for stack in simulate_stacks(kind, NUM_STACKS, NUM_SLICES, SIZE_PX, seed)
        ]
        for seed in (TRAIN_SEED, TEST_SEED)
    )
    arms: list[tuple[str, str, int | None]] = [("one", "none", None)]
    arms += [(shown, f"seed {s}", s) for s in TRAINING_SEEDS for shown in ("one", "three")]
    rows = [each for arm in arms for each in _judged_arm(*arm, known, unknown)]
    ordered = sorted(rows, key=lambda each: each.look)
    sys.stdout.write(f"{markdown_table(HEADER, [each.cells() for each in ordered])}\n")


def judge(
    detector: TrainedDetector, stacks: Sequence[TrainingStack], look: str, arm: tuple[str, str]
) -> Judged:
    """Return how good a detector is on stacks of a look; `arm` says what it is."""
    found = [[detector.find(each) for each in slices_of([stack])] for stack in stacks]
    boxes = score_detections(
        [truth for stack in stacks for truth in stack.truths],
        [each for of_stack in found for each in of_stack],
    )
    paired = [paired_stack(stack, own) for stack, own in zip(stacks, found, strict=True)]
    plaques: dict[str, Any] = stack_suite(paired, CLASS_NAMES)["all"]
    errors = [100 * abs(len(pair.found.boxes) / len(pair.truth.boxes) - 1) for pair in paired]
    return Judged(
        look, *arm, boxes.f1, float(np.mean(errors)), plaques["f1"], plaques["mape_percent"]
    )


def _judged_arm(
    shown: str,
    training: str,
    seed: int | None,
    known: Sequence[TrainingStack],
    unknown: Sequence[TrainingStack],
) -> list[Judged]:
    """Train with a seed, or not at all, and judge by look, unless that is done."""
    record = FOLDER / f"{shown}_{training.replace(' ', '_')}.json"
    if not record.is_file():
        detector = _trained(shown, seed, known)
        judged = [
            judge(
                detector, [s for s in unknown if s.name.startswith(kind)], kind, (shown, training)
            )
            for kind in KINDS
        ]
        write_json(record, [asdict(each) for each in judged])
        logger.info("%s", judged)
    return [Judged(**each) for each in json.loads(record.read_text(encoding="utf-8"))]


def _trained(shown: str, seed: int | None, known: Sequence[TrainingStack]) -> TrainedDetector:
    detector = starting_detector("fine_tuning", seed=0)
    slices = slices_of(known)
    if seed is None:
        return with_threshold(detector, slices, NUM_CHANNELS)
    config = recipe_of("fine_tuning", NUM_EPOCHS, seed)
    if shown == "one":
        return train_on(detector, slices, config, NUM_CHANNELS)
    widen(detector)
    return train_on(detector, slices, config, NUM_WITH_NEIGHBORS)


if __name__ == "__main__":
    main()
