"""The loss of a detector on images that it does not learn from, beside that of training."""

from collections.abc import Sequence

import torch
from torch import nn

from gapjunction.models.detector import Annotations
from gapjunction.runs.folder import RunSettings
from gapjunction.runs.parts import make_plain_tiles
from gapjunction.samples.torch_dataset import Sample, TrainingImage, collate

NUM_TILES = 32

Batch = list[Sample]


def held_out_batches(images: Sequence[TrainingImage], settings: RunSettings) -> list[Batch]:
    """Return tiles of images that are held out, without augmentation, in batches as of training.

    Objects are drawn around as often as in training, so that losses can be compared.
    """
    tiles, size = make_plain_tiles(images, settings), settings.training.batch_size
    return [
        [tiles[number] for number in range(start, min(start + size, NUM_TILES))]
        for start in range(0, NUM_TILES, size)
    ]


def mean_losses(model: nn.Module, batches: Sequence[Batch], seed: int) -> dict[str, float]:
    """Return the mean of each loss over batches, as training has that over its steps.

    What a network draws at random for it is a function of the seed, and changes no other draws.
    """
    device = next(model.parameters()).device
    totals: dict[str, float] = {}
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        for batch in batches:
            for name, loss in _losses(model, batch, device).items():
                totals[name] = totals.get(name, 0.0) + loss / len(batches)
    return totals


def _losses(model: nn.Module, batch: Batch, device: torch.device) -> dict[str, float]:
    tiles, boxes, labels = collate(batch)
    annotations = [
        Annotations(own_boxes.to(device), own_labels.to(device))
        for own_boxes, own_labels in zip(boxes, labels, strict=True)
    ]
    losses = model(tiles.to(device), annotations, float(sum(map(len, boxes))))
    return {name: float(loss) for name, loss in losses.items()}
