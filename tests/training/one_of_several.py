"""Train a tiny DINO as one of the processes that a launcher started; a script for a test.

The denoising queries are copies without noise, so that no random number matters.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from gapjunction.boxes import as_boxes
from gapjunction.images.pictures import write_png
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.denoising import DenoisingConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.dino.sizes import ResNetSpec
from gapjunction.samples.torch_dataset import TileDataset, TrainingImage
from gapjunction.training.config import TrainingConfig
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import EpochRecord, Validation

NETWORK = DinoConfig(
    backbone=ResNetSpec(stem_width=8, widths=(16, 16, 32, 32), depths=(1, 1, 1, 1), norm="group"),
    hidden_dim=64,
    ffn_dim=32,
    num_encoder_layers=1,
    num_decoder_layers=2,
    num_queries=12,
    denoising=DenoisingConfig(number=1, label_noise_ratio=0, box_noise_scale=0),
)


def write_images(folder: Path) -> list[TrainingImage]:
    """Write a crowded image and a sparse one, so that processes see different numbers."""
    crowded = [[x, y, x + 8, y + 10] for x in (4, 20, 36, 50) for y in (6, 30, 50)]
    images = []
    for name, boxes in (("crowded", as_boxes(crowded)), ("sparse", as_boxes(crowded[:1]))):
        pixels = np.full((1, 64, 64), 20, np.uint8)
        for x0, y0, x1, y1 in boxes.astype(int):
            pixels[:, y0:y1, x0:x1] = 220
        path = folder / f"{name}.png"
        write_png(path, pixels)
        images.append(TrainingImage(path, boxes, np.zeros(len(boxes), np.int64)))
    return images


def main(folder: Path, batch_size: int) -> None:
    """Train for two epochs and write the losses to `folder`."""
    torch.set_num_threads(1)
    config = TrainingConfig(
        max_epochs=2, tiles_per_epoch=8, tile_size=64, batch_size=batch_size, learning_rate=1e-3
    )
    torch.manual_seed(0)
    detector = Dino(NETWORK, num_classes=1)
    tiles = TileDataset(write_images(folder), config.tile_size, config.augmentation, seed=0)

    def write_down(_: nn.Module, records: list[EpochRecord], __: bool) -> None:
        text = json.dumps([record.losses for record in records])
        (folder / "losses.json").write_text(text)

    hooks = Hooks(lambda *_: Validation(0.0, {}), lambda *_: None, write_down)
    train(detector, tiles, config, hooks, folder / "state.pt", use_cpu=True)
    sys.stdout.write("worked\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
