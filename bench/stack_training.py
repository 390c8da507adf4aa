"""Train the compact detector on simulated stacks, with or without neighboring slices, and judge it.

The recipes are those of `gapjunction train`, on smaller tiles and without validation on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

from bench.training_stacks import SliceOf, SliceTiles, TrainingStack, with_neighbors
from gapjunction.benchmark.paired_stacks import PairedStack, stacked_plaques
from gapjunction.boxes import clip_boxes
from gapjunction.choices import RecipeName
from gapjunction.detections import Detections
from gapjunction.metrics.calibration_fit import unbiased_threshold
from gapjunction.metrics.judged_scores import judged_boxes
from gapjunction.models.centernet.model import CenterNet
from gapjunction.models.checkpoint import DetectorConfig, build_detector, load_checkpoint
from gapjunction.models.detector import Annotations, Detector
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction.tiled import DOUBLE_IOU, LOWEST_SCORE
from gapjunction.presets import PRESETS, SHIPPED_PRESET
from gapjunction.samples.grey_shown import NUM_CHANNELS
from gapjunction.samples.torch_dataset import collate
from gapjunction.stacks.linking import Slice, link_slices
from gapjunction.tiling import merge_tiles, plan_tiles
from gapjunction.training.config import TrainingConfig
from gapjunction.training.optimizer import build_average, build_optimizer, build_schedule

TILE_PX = 128
NUM_WITH_NEIGHBORS = NUM_CHANNELS + 2
CELL_PX = 4  # pixels that the stem of the compact detector takes together: two by two


@dataclass(frozen=True, slots=True, eq=False)
class TrainedDetector:
    """A detector, the channels that it is shown, and the score from which it counts."""

    model: Detector
    num_channels: int
    threshold: float

    def find(self, of_slice: SliceOf) -> Detections:
        """Return what it counts in a slice."""
        found = _find(self.model, self.num_channels, of_slice)
        return found.scored_at_least(self.threshold)


def starting_detector(recipe: RecipeName, seed: int) -> Detector:
    """Return the shipped detector to fine-tune, or one with random weights."""
    if recipe == "fine_tuning":
        return load_checkpoint(SHIPPED_MODEL).detector
    torch.manual_seed(seed)
    return build_detector(DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",)))


def widen(detector: Detector) -> None:
    """Let a compact detector see two more channels, whose weights are 0 at first."""
    if not isinstance(detector, CenterNet):
        raise TypeError(f"expected the compact detector, got {type(detector).__name__}")
    stem = detector.network.stem[1]
    if not isinstance(stem, nn.Sequential) or not isinstance(stem[0], nn.Conv2d):
        raise TypeError(f"expected a convolution first, got {stem}")
    old = stem[0]
    wide = nn.Conv2d(CELL_PX * NUM_WITH_NEIGHBORS, old.out_channels, 3, padding=1, bias=False)
    with torch.no_grad():
        wide.weight.zero_()
        wide.weight[:, : old.in_channels] = old.weight
    stem[0] = wide


def recipe_of(name: RecipeName, num_epochs: int, seed: int) -> TrainingConfig:
    """Return a recipe of the compact detector for small tiles."""
    recipe = PRESETS[SHIPPED_PRESET].recipes[name]
    return recipe.but(max_epochs=num_epochs, tile_size=TILE_PX, seed=seed)


def train_on(
    detector: Detector, slices: Sequence[SliceOf], config: TrainingConfig, num_channels: int
) -> TrainedDetector:
    """Train a detector, which is changed, and fit its threshold to the same slices."""
    steps_per_epoch = config.tiles_per_epoch // config.batch_size
    optimizer = build_optimizer(detector, config)
    schedule = build_schedule(optimizer, config, steps_per_epoch)
    average = build_average(detector, config.average_decay)
    tiles = SliceTiles(slices, config.tile_size, num_channels, config.seed)
    numbers = range(config.max_epochs * steps_per_epoch * config.batch_size)
    detector.train()
    for pixels, boxes, labels in DataLoader(
        tiles, config.batch_size, sampler=numbers, collate_fn=collate
    ):
        annotations = [Annotations(*pair) for pair in zip(boxes, labels, strict=True)]
        losses = detector(pixels, annotations, float(sum(map(len, boxes))))
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(detector.parameters(), config.max_gradient_norm)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        average.update_parameters(detector)
    return with_threshold(cast(Detector, average.module.eval()), slices, num_channels)


def with_threshold(
    model: Detector, slices: Sequence[SliceOf], num_channels: int
) -> TrainedDetector:
    """Return a detector that counts as many in these slices as are annotated, by stack."""
    found = [_find(model, num_channels, each) for each in slices]
    rows: dict[str, list[int]] = {}
    for row, (stack, _) in enumerate(slices):
        rows.setdefault(stack.name, []).append(row)
    judged = [
        judged_boxes(stack.truths[index], own)
        for (stack, index), own in zip(slices, found, strict=True)
    ]
    threshold = unbiased_threshold(judged, list(rows.values()))
    return TrainedDetector(model, num_channels, threshold)


def paired_stack(stack: TrainingStack, found: Sequence[Detections]) -> PairedStack:
    """Return a stack with the plaques that are linked from what was found in each slice."""
    numbers = tuple(range(len(found)))
    plaques = link_slices([Slice(number, found[number]) for number in numbers])
    linked = stacked_plaques(plaques, numbers)
    return PairedStack(stack.name, numbers, stack.plaques, linked, is_given=True)


def _find(model: Detector, num_channels: int, of_slice: SliceOf) -> Detections:
    """Return all that a detector sees in a slice, which is one tile."""
    stack, index = of_slice
    tile = with_neighbors(stack.views[index])[:num_channels]
    _, height, width = tile.shape
    (found,) = model.detect(torch.from_numpy(np.ascontiguousarray(tile))[None], LOWEST_SCORE)
    whole = plan_tiles(height, width, tile_size=max(height, width), overlap=0)
    merged = merge_tiles(whole, [found], DOUBLE_IOU)
    return Detections(clip_boxes(merged.boxes, height, width), merged.scores, merged.labels)
