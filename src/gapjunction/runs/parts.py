"""What every training begins with: a detector with its first weights, and tiles to learn from."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import Dataset

from gapjunction.errors import CheckpointError
from gapjunction.models.checkpoint import DetectorConfig, build_detector
from gapjunction.models.initial_weights import read_initial_weights
from gapjunction.runs.folder import RunSettings, WeightsSource
from gapjunction.samples.augmentation import AugmentationConfig
from gapjunction.samples.rehearsed_tiles import RehearsedTiles
from gapjunction.samples.torch_dataset import Sample, TileDataset, TrainingImage

logger = logging.getLogger(__name__)

PLAIN = AugmentationConfig(max_zoom=1, change_probability=0)


def start_detector(settings: RunSettings, state_path: Path) -> nn.Module:
    """Return the detector as training begins; where there is a state, that is to be restored.

    Raises:
        CheckpointError: if the weights to start from are gone, or others now.
    """
    torch.manual_seed(settings.training.seed)
    detector = build_detector(settings.detector)
    if settings.weights is not None and not state_path.exists():
        _start_from(settings.weights, detector, settings.detector)
    return detector


def make_tiles(
    images: Sequence[TrainingImage],
    rehearsed: Sequence[TrainingImage],
    settings: RunSettings,
) -> Dataset[Sample]:
    """Return the supply of tiles of these images, and of those to rehearse, if there are any."""
    learnt = _tiles_of(images, settings)
    if not rehearsed:
        return learnt
    share = settings.rehearse / (1 + settings.rehearse)
    return RehearsedTiles(learnt, _tiles_of(rehearsed, settings), share)


def make_plain_tiles(images: Sequence[TrainingImage], settings: RunSettings) -> Dataset[Sample]:
    """Return the supply of tiles of these images without augmentation, but for turning."""
    return _tiles_of(images, settings.but(training=settings.training.but(augmentation=PLAIN)))


def _tiles_of(images: Sequence[TrainingImage], settings: RunSettings) -> TileDataset:
    return TileDataset(
        images,
        settings.training.tile_size,
        settings.training.augmentation,
        settings.training.seed,
        settings.detector.magnification,
        settings.detector.network.grey_shown,
    )


def _start_from(source: WeightsSource, detector: nn.Module, config: DetectorConfig) -> None:
    """Load the weights that fit; say which were left out because they know other classes."""
    if WeightsSource.of(source.path) != source:
        raise CheckpointError(
            source.path,
            expected="the weights that the run was begun with",
            found="others",
            fix="train anew with another output",
            settings=("output",),
        )
    initial = read_initial_weights(source.path, config.network)
    left_out = initial.load_into(detector, config)
    if left_out:
        logger.info(
            "left out, as they know %d other classes: %s; drawn at random",
            len(initial.class_names),
            ", ".join(left_out),
        )
