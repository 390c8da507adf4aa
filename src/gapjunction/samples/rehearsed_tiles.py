"""Tiles of images to learn and, spread evenly among them, tiles of images to rehearse."""

from math import floor

from torch.utils.data import Dataset

from gapjunction.samples.torch_dataset import Sample, TileDataset


class RehearsedTiles(Dataset[Sample]):
    """An endless supply of tiles of which a `share` in (0, 1) is rehearsed; each by its number.

    Among any tiles in a row, such as those of a step, the rehearsed ones are that share of them,
    rounded up or down.
    """

    def __init__(self, learnt: TileDataset, rehearsed: TileDataset, share: float) -> None:
        if not 0 < share < 1:
            raise ValueError(f"expected a share between 0 and 1, got {share}")
        self.learnt, self.rehearsed, self.share = learnt, rehearsed, share

    def __getitem__(self, number: int) -> Sample:
        """Return tile `number`, the same on every machine and process."""
        num_before = floor(number * self.share)
        if floor((number + 1) * self.share) > num_before:
            return self.rehearsed[num_before]
        return self.learnt[number - num_before]
