"""Measure how often intervals of counts, and of totals of animals, hold the truth; or fit them.

Run it with `python -m bench.count_intervals` for the weights that ship, on simulated animals of
seeds that are used for nothing else (`--animals 10` takes fewer): such as have fields of their own,
and stacks, of which every fourth slice is taken. With `--fit` it fits how far counts err to other
animals, writes that into the config of the model (`calibration`), and measures it by animals that
it was not fitted to. That is to be run after every change of the shipped weights, after
`bench.known_images`. A second or two of one core an image; stopped, it goes on where it was.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.counted_sets import AnimalSet, SeenImage, seen_images
from bench.mistakes import told_in_one_line
from bench.stack_sets import StackSet
from bench.tables import markdown_table
from gapjunction.calibration import Calibration
from gapjunction.config import read_config
from gapjunction.count_intervals import CountEstimate, Reach
from gapjunction.metrics.calibration_fit import count_errors, fit_spread
from gapjunction.metrics.judged_scores import judged_boxes
from gapjunction.metrics.reach_fit import Animal, fit_reach
from gapjunction.models.checkpoint import CONFIG_NAME, DetectorConfig, save_config
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.simulation.imaging_model import Kind

FOLDER = Path("bench") / "out" / "count_intervals"
FITTED = (AnimalSet("human", 91_001, 24, 2, 512), AnimalSet("rat", 91_002, 24, 2, 512))
NUM_SLICES, STACK_SIZE_PX = 12, 384
FITTED_STACKS = (
    StackSet("human", 67_000, 0.3, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("rat", 67_001, 0.3, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("human", 67_002, 0.5, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("rat", 67_003, 0.5, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("human", 67_004, 1.0, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("rat", 67_005, 1.0, 4, NUM_SLICES, STACK_SIZE_PX),
    StackSet("human", 97_001, 0.5, 8, NUM_SLICES, STACK_SIZE_PX),
    StackSet("rat", 97_002, 0.5, 8, NUM_SLICES, STACK_SIZE_PX),
)
EVERY = 4  # slice of a stack is taken: those beside each other show the same plaques
NUM_UNTOUCHED, NUM_IMAGES, SIZE_PX = 16, 3, 512
SEEDS: dict[Kind, int] = {"human": 95_001, "rat": 95_002}  # 93_001 and 93_002 were looked at before
STACK_SEEDS: dict[Kind, int] = {"human": 99_001, "rat": 99_002}
STACK_STEP_UM = 0.5
MOST_FOLDS = 10
HEADER = (
    *("simulated animals", "images", "held, %", "half width", "95 % needs"),
    *("totals", "held, %", "half width", "95 % needs"),
)

Animals = dict[str, list[SeenImage]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A count with its interval, and the truth."""

    true_count: int
    estimate: CountEstimate

    @property
    def is_held(self) -> bool:
        """Whether the interval holds the truth."""
        low, high = self.estimate.interval
        return low <= self.true_count <= high

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        low, high = self.estimate.interval
        return (high - low) / 2


def main() -> None:
    """Make what is missing, fit if asked to, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED_MODEL, metavar="RUN")
    parser.add_argument("--animals", type=int, default=NUM_UNTOUCHED, help="of each look")
    parser.add_argument("--fit", action="store_true", help="fit, and measure by cross-validation")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    config = read_config(DetectorConfig, options.weights / CONFIG_NAME)
    if options.fit:
        animals = animals_of((*FITTED, *FITTED_STACKS), options.weights)
        fitted = fitted_calibration(config, animals)
        save_config(config.but(calibration=fitted), options.weights)
        sys.stdout.write(f"Fitted to {len(animals)} simulated animals: {fitted}\n")
        judged = cross_validated(config, animals)
    else:
        sets: list[AnimalSet | StackSet] = [*_fields(options.animals), *_stacks(options.animals)]
        judged = judge_animals(config, animals_of(sets, options.weights))
    rows = [row_of(look, judged) for look in dict.fromkeys(map(_look_in, judged))]
    sys.stdout.write(markdown_table(HEADER, rows) + "\n")


def fitted_calibration(config: DetectorConfig, animals: Animals) -> Calibration:
    """Return the calibration with what is told by animals that its threshold was not fitted to.

    Counts of slices err more than those of fields. The reach is that of the kind that needs more,
    so that 95 % of either hold the truth (Mondrian conformal prediction; Vovk et al. 2005).
    """
    images = [image for own in animals.values() for image in own]
    judged = [judged_boxes(image.truth, image.seen) for image in images]
    spread = fit_spread(judged, config.score_threshold, config.calibration)
    errors = iter(count_errors(judged, config.score_threshold, spread))
    of_kinds: dict[str, list[Animal]] = {}
    for name, own in animals.items():
        of_kinds.setdefault(_what_in(name), []).append([next(errors) for _ in own])
    reach = fit_reach([animal for kind in of_kinds.values() for animal in kind])
    if reach is not None:
        each = [fitted for kind in of_kinds.values() if (fitted := fit_reach(kind)) is not None]
        reach = reach.but(
            image=max(own.image for own in each), animal=max(own.animal for own in each)
        )
    return spread.but(reach=reach and of_simulated(reach))


def of_simulated(reach: Reach) -> Reach:
    """Return the reach for images of real animals, which may all err in the same direction."""
    return reach.but(is_simulated=True, between_animals=1.0)


def animals_of(sets: Sequence[AnimalSet | StackSet], weights: Path) -> Animals:
    """Return what is seen in the images of each animal, or in every fourth slice of a stack."""
    animals: Animals = {}
    for own in sets:
        what, every = ("slices", EVERY) if isinstance(own, StackSet) else ("fields", 1)
        of_set: Animals = {}
        for image in seen_images(own, FOLDER, weights):
            of_set.setdefault(f"{own.kind}, {what}: {image.animal}", []).append(image)
        animals |= {name: images[::every] for name, images in of_set.items()}
    return animals


def judge_animals(config: DetectorConfig, animals: Animals) -> dict[str, list[Judged]]:
    """Return the images of each animal and, last, their total."""
    return {name: _judged(config, own) for name, own in animals.items()}


def cross_validated(config: DetectorConfig, animals: Animals) -> dict[str, list[Judged]]:
    """Return the same, each animal judged by what was fitted to others, in up to ten folds."""
    names = list(animals)
    judged: dict[str, list[Judged]] = {}
    for fold in range(MOST_FOLDS):
        held_out = names[fold::MOST_FOLDS]
        others = {name: own for name, own in animals.items() if name not in held_out}
        own = config.but(calibration=fitted_calibration(config, others))
        judged |= judge_animals(own, {name: animals[name] for name in held_out})
    return judged


def row_of(look: str, judged: dict[str, list[Judged]]) -> tuple[str, ...]:
    """Return the row of a look: how often intervals hold, how wide they are, and what that needs.

    What 95 % need is the half width that, alike for all, holds so many of these very counts.
    """
    own = [each for name, each in judged.items() if _look_in(name) == look]
    images = [image for animal in own for image in animal[:-1]]
    return (look, *_cells(images), *_cells([animal[-1] for animal in own]))


def _cells(judged: Sequence[Judged]) -> tuple[str, ...]:
    held = 100 * np.mean([each.is_held for each in judged])
    half_width = np.median([each.half_width for each in judged])
    errors = [abs(each.true_count - each.estimate.count) for each in judged]
    needed = np.quantile(errors, 0.95, method="inverted_cdf")
    return str(len(judged)), f"{held:.1f}", f"{half_width:.1f}", f"{needed:.1f}"


def _judged(config: DetectorConfig, images: Sequence[SeenImage]) -> list[Judged]:
    rule, (name,) = CountingRule.of(config, None, None), config.class_names
    estimates = [rule.estimates(image.seen, image.num_spots)[name] for image in images]
    truths = [len(image.truth) for image in images]
    total = config.calibration.known_reach.total_of_animal(estimates)
    return [*map(Judged, truths, estimates), Judged(sum(truths), total)]


def _fields(num_animals: int) -> list[AnimalSet]:
    return [AnimalSet(kind, SEEDS[kind], num_animals, NUM_IMAGES, SIZE_PX) for kind in SEEDS]


def _stacks(num_stacks: int) -> list[StackSet]:
    size = num_stacks, NUM_SLICES, STACK_SIZE_PX
    return [StackSet(kind, seed, STACK_STEP_UM, *size) for kind, seed in STACK_SEEDS.items()]


def _what_in(name: str) -> str:
    return _look_in(name).partition(", ")[2]


def _look_in(name: str) -> str:
    return name.partition(":")[0]


if __name__ == "__main__":
    with told_in_one_line():
        main()
