"""Tests for `gapjunction.samples.rehearsed_tiles`."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gapjunction.boxes import as_boxes
from gapjunction.images.pictures import write_png
from gapjunction.samples.augmentation import AugmentationConfig
from gapjunction.samples.rehearsed_tiles import RehearsedTiles
from gapjunction.samples.torch_dataset import TileDataset, TrainingImage

LEARNT, REHEARSED = 3, 7  # labels


def supply(folder: Path, label: int) -> TileDataset:
    """Return tiles of an image that one box of this label fills."""
    path = folder / f"{label}.png"
    write_png(path, np.full((1, 32, 32), 200, np.uint8))
    image = TrainingImage(path, as_boxes([[0, 0, 32, 32]]), np.array([label]))
    return TileDataset([image], 32, AugmentationConfig(max_zoom=1.0), seed=0)


def mixed(folder: Path, share: float) -> RehearsedTiles:
    return RehearsedTiles(supply(folder, LEARNT), supply(folder, REHEARSED), share)


@pytest.mark.parametrize(("share", "num"), [(1 / 3, 4), (0.5, 6), (0.75, 9)])
def test_rehearsed_tiles__any_step__has_the_share(tmp_path: Path, share: float, num: int) -> None:
    tiles = mixed(tmp_path, share)
    for first in (0, 12, 600):
        labels = [int(tiles[number].labels[0]) for number in range(first, first + 12)]
        assert labels.count(REHEARSED) == num
        assert labels.count(LEARNT) == 12 - num


def test_rehearsed_tiles__both_supplies__lose_no_tile(tmp_path: Path) -> None:
    tiles = mixed(tmp_path, 1 / 3)
    found = [tiles[number] for number in range(9)]
    for label, count in ((LEARNT, 6), (REHEARSED, 3)):
        expected = supply(tmp_path, label)
        own = [each for each in found if each.labels[0] == label]
        assert len(own) == count
        for number, each in enumerate(own):
            assert torch.equal(each.tile, expected[number].tile)


def test_rehearsed_tiles__share_of_one__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 0 and 1, got 1"):
        mixed(tmp_path, 1.0)
