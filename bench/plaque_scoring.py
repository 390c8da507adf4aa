"""Fit what the plaques of stacks are worth to a model, the one that ships unless told otherwise.

Run it with `python -m bench.plaque_scoring` after every change of the shipped weights
(`bench/shipped_weights.py`), or with `--weights RUN` for another run folder: some minutes on two
cores; stopped, it goes on where it was. It simulates stacks of both looks at several z steps, from
seeds that are used for nothing else, finds what is in them, and writes probabilities and threshold
of plaques into the config of the model (`plaques`). Weights and boxes stay as they are.
"""

import argparse
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from bench.count_intervals import of_simulated
from bench.mistakes import told_in_one_line
from bench.stack_sets import StackSet, paired_stacks, predicted, slices_of
from gapjunction.config import read_config
from gapjunction.models.checkpoint import CONFIG_NAME, DetectorConfig, save_config, weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.plaque_fit import KnownStack, fit_plaque_scoring
from gapjunction.simulation.imaging_model import Kind
from gapjunction.stacks.plaque_scores import LOWEST_LINKED

FOLDER = Path("bench") / "out" / "plaque_scoring"
SEED = 66_000
Z_STEPS_UM = (0.2, 0.3, 0.5, 0.7, 1.0)
NUM_STACKS, NUM_SLICES, SIZE_PX = 4, 12, 384  # of each look and step


def main(weights: Path) -> None:
    """Make what is missing, fit, and write the config."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    config = read_config(DetectorConfig, weights / CONFIG_NAME)
    stacks = list(_known_stacks(weights))
    scoring = fit_plaque_scoring(stacks)
    own = scoring.calibration
    scoring = scoring.but(calibration=own.but(reach=own.reach and of_simulated(own.reach)))
    save_config(config.but(plaques=scoring), weights)
    num_plaques = sum(each.truth.num_plaques for each in stacks)
    sys.stdout.write(
        f"Fitted to {len(stacks)} simulated stacks of {num_plaques:,} plaques: {scoring}\n"
    )


def stack_sets() -> Iterator[StackSet]:
    """Yield what is simulated; each set has a seed of its own."""
    seed = SEED
    for step in Z_STEPS_UM:
        for kind in get_args(Kind):
            yield StackSet(kind, seed, step, NUM_STACKS, NUM_SLICES, SIZE_PX)
            seed += 1


def _known_stacks(weights: Path) -> Iterator[KnownStack]:
    found = FOLDER / f"found_{weights_version(weights)}"
    for each in stack_sets():
        root = each.simulated(FOLDER)
        boxes = predicted(root, found / each.name, weights, min_score=LOWEST_LINKED)
        for stack in paired_stacks(root, boxes, LOWEST_LINKED):
            yield KnownStack(slices_of(stack.found.boxes), stack.truth)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED_MODEL, metavar="RUN")
    with told_in_one_line():
        main(parser.parse_args().weights)
