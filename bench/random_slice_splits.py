"""Measure how much a random split of slices flatters a detector, compared with one by stack.

Run it with `python -m bench.random_slice_splits`: about a quarter of an hour of one core; stopped,
it goes on where it was. Human-like and rat-like stacks of our own simulator, from seeds that are
used for nothing else, are cross-validated twice, in five folds of equally many slices: with slices
dealt at random, and with whole stacks. Every slice is tested once in each, so that both are judged
by the same slices and by models that learnt from as many.
"""

import json
import logging
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bench.stack_training import recipe_of, starting_detector, train_on, with_threshold
from bench.tables import NONE, markdown_table
from bench.training_stacks import SliceOf, TrainingStack, simulate_stacks, slices_of
from gapjunction.choices import RecipeName
from gapjunction.detections import Detections
from gapjunction.files import write_json
from gapjunction.metrics.detection_metrics import DetectionScore, score_detections
from gapjunction.metrics.jackknife import jackknife_interval, without_each
from gapjunction.samples.grey_shown import NUM_CHANNELS
from gapjunction.simulation.imaging_model import Kind

FOLDER = Path("bench") / "out" / "random_slice_splits"
SEEDS: dict[Kind, int] = {"human": 77_101, "rat": 77_102}  # used for nothing else
NUM_STACKS, NUM_SLICES, SIZE_PX = 5, 10, 320  # of each look
NUM_FOLDS = 5
NUM_EPOCHS: dict[RecipeName, int] = {"fine_tuning": 4}
TITLES: dict[RecipeName, str] = {"fine_tuning": "shipped weights"}
SPLIT_SEED = 77_103
HEADER = (
    "training starts from",
    "split",
    "F1 at IoU 0.5",
    "count error by stack, %",
    "F1, random minus by stack (95 %)",
)

Way = Literal["random slices", "whole stacks"]
WAYS: tuple[Way, ...] = ("random slices", "whole stacks")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SliceScore:
    """How many boxes of a slice are true, found, and both."""

    stack: str
    index: int
    num_truth: int
    num_found: int
    num_matched: int


def main() -> None:
    """Train what is missing, and print the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    by_kind = {
        kind: simulate_stacks(kind, NUM_STACKS, NUM_SLICES, SIZE_PX, seed)
        for kind, seed in SEEDS.items()
    }
    every = [stack for stacks in by_kind.values() for stack in stacks]
    folds = {
        "random slices": deal_slices(slices_of(every), NUM_FOLDS, SPLIT_SEED),
        "whole stacks": deal_stacks(list(by_kind.values()), NUM_FOLDS),
    }
    rows = [("shipped weights, not trained", NONE, *_cells(_untrained(every)), NONE)]
    for recipe in NUM_EPOCHS:
        scores = {way: _cross_validated(recipe, way, folds[way]) for way in WAYS}
        difference = flattery(*(scores[way] for way in WAYS))
        rows += [
            (TITLES[recipe], way, *_cells(scores[way]), difference if way == WAYS[0] else NONE)
            for way in WAYS
        ]
    sys.stdout.write(f"{markdown_table(HEADER, rows)}\n")


def deal_slices(slices: list[SliceOf], num_folds: int, seed: int) -> list[list[SliceOf]]:
    """Deal slices at random, equally many to each fold."""
    order = np.random.default_rng(seed).permutation(len(slices)).tolist()
    return [[slices[row] for row in sorted(order[fold::num_folds])] for fold in range(num_folds)]


def deal_stacks(by_kind: list[list[TrainingStack]], num_folds: int) -> list[list[SliceOf]]:
    """Deal whole stacks, equally many of each look to each fold."""
    return [
        slices_of([stack for stacks in by_kind for stack in stacks[fold::num_folds]])
        for fold in range(num_folds)
    ]


def flattery(random: list[SliceScore], by_stack: list[SliceScore]) -> str:
    """Return by how much F1 is higher in a random split, with a jackknife interval over stacks.

    Both are of the same slices in the same order.
    """
    names = sorted({each.stack for each in random})
    stack_of_slice = np.array([names.index(each.stack) for each in random], np.int64)

    def difference(rows: np.ndarray) -> dict[str, float]:
        chosen = rows.tolist()
        drawn = [[scores[row] for row in chosen] for scores in (random, by_stack)]
        return {"f1": added_up(drawn[0]).f1 - added_up(drawn[1]).f1}

    here = difference(np.arange(len(random)))["f1"]
    without = without_each(stack_of_slice, difference, ["f1"])["f1"]
    interval = jackknife_interval(here, without, "plain")
    bounds = NONE if interval is None else f"{interval.low:+.3f} to {interval.high:+.3f}"
    return f"{here:+.3f} ({bounds})"


def added_up(scores: list[SliceScore]) -> DetectionScore:
    """Return the score of all slices together."""
    return DetectionScore(
        sum(each.num_truth for each in scores),
        sum(each.num_found for each in scores),
        sum(each.num_matched for each in scores),
        None,
    )


def count_error_percent(scores: list[SliceScore]) -> float:
    """Return the mean over stacks of |found - true| by true, of the boxes of a stack's slices."""
    of_stack: dict[str, list[SliceScore]] = {}
    for each in scores:
        of_stack.setdefault(each.stack, []).append(each)
    sums = [added_up(own) for own in of_stack.values()]
    return float(np.mean([100 * abs(s.num_found - s.num_truth) / s.num_truth for s in sums]))


def _cells(scores: list[SliceScore]) -> tuple[str, str]:
    return f"{added_up(scores).f1:.3f}", f"{count_error_percent(scores):.1f}"


def _untrained(stacks: list[TrainingStack]) -> list[SliceScore]:
    """Score the shipped weights, with a threshold fitted to all slices."""
    shipped = starting_detector("fine_tuning", seed=0)
    slices = slices_of(stacks)
    detector = with_threshold(shipped, slices, NUM_CHANNELS)
    return [_scored(each, detector.find(each)) for each in slices]


def _cross_validated(recipe: RecipeName, way: Way, folds: list[list[SliceOf]]) -> list[SliceScore]:
    scores = [each for fold in range(len(folds)) for each in _fold_scores(recipe, way, folds, fold)]
    return sorted(scores, key=lambda each: (each.stack, each.index))


def _fold_scores(
    recipe: RecipeName, way: Way, folds: list[list[SliceOf]], fold: int
) -> list[SliceScore]:
    """Train on all folds but one and score that one, unless it is done."""
    record = FOLDER / f"{recipe}_{way.replace(' ', '_')}_{fold}.json"
    if not record.is_file():
        known = [each for number, own in enumerate(folds) if number != fold for each in own]
        config = recipe_of(recipe, NUM_EPOCHS[recipe], seed=fold)
        start = starting_detector(recipe, seed=fold)
        detector = train_on(start, known, config, NUM_CHANNELS)
        scores = [_scored(each, detector.find(each)) for each in folds[fold]]
        write_json(record, [asdict(each) for each in scores])
        logger.info("%s, %s, fold %d: F1 %.3f", recipe, way, fold, added_up(scores).f1)
    return [SliceScore(**each) for each in json.loads(record.read_text(encoding="utf-8"))]


def _scored(of_slice: SliceOf, found: Detections) -> SliceScore:
    stack, index = of_slice
    score = score_detections([stack.truths[index]], [found])
    return SliceScore(stack.name, index, score.num_truth, score.num_found, score.num_matched)


if __name__ == "__main__":
    main()
