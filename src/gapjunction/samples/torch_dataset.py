"""Endless supply of training tiles, each a function of (seed, number) alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset, Sampler

from gapjunction.boxes import BoxArray, area, centers, clip_boxes
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.images.slice_names import are_slices
from gapjunction.samples.augmentation import (
    AugmentationConfig,
    change_intensities,
    draw_zoom,
    flip_and_turn,
)
from gapjunction.samples.grey_shown import GreyShown
from gapjunction.samples.intensity import (
    IntensityRange,
    measure_intensity,
    normalize,
    without_color,
)
from gapjunction.samples.picture import Picture

# An object cut by the tile's edge is kept where at least this share of it is visible.
MIN_VISIBLE_SHARE = 0.4
# Half of the tiles are drawn around an object, so that sparse fields do not starve training.
OBJECT_TILE_PROBABILITY = 0.5
CACHE_LIMIT_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TrainingImage:
    """An image file with its annotations: boxes (N, 4) inside the image, labels (N,).

    Attributes:
        asset: as "dataset/asset"; images that are scored together.
        animal: whose asset it is, as "dataset/animal"; images that are learnt from together. "" is
            the asset.
        channel: index of the channel that is taken of a color picture; None takes all.
        stain: share of the stain's light in each channel, relative to that one: what shines
            elsewhere by more is not counted. None counts all.
        least_span: of its intensities, as `measure_intensity` takes it.
    """

    path: Path
    boxes: BoxArray
    labels: NDArray[np.int64]
    asset: str = ""
    animal: str = ""
    channel: int | None = None
    stain: tuple[float, ...] | None = None
    least_span: float = 0.0

    @property
    def subject(self) -> str:
        """The animal or, where none is told, the asset; "" where neither is."""
        return self.animal or self.asset

    def read(self) -> ImageArray:
        """Return the image (C, H, W) as it is learnt from and judged by.

        Raises:
            ImageError: as `read_image` does.
        """
        return self.picture.read()

    @property
    def picture(self) -> Picture:
        """The image as it is looked at."""
        return Picture(self.path, channel=self.channel)

    def as_detections(self) -> Detections:
        """Return the annotations as detections of score 1."""
        return Detections(self.boxes, np.ones(len(self.boxes), np.float32), self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A tile (3, S, S) float32, normalized, with its boxes (N, 4) in tile pixels and labels."""

    tile: Tensor
    boxes: Tensor
    labels: Tensor


class TileDataset(Dataset[Sample]):
    """Tiles of `tile_size` px drawn at random places of the training images.

    What they show is `magnification` times as large as in the image, give or take the zoom. An
    image of a single hue is taken as grey, which is shown as `grey_shown` says.

    Every image is drawn from equally often, so that the largest does not decide alone; the slices
    of a stack, which are nearly the same image, together as often as one. Decoded images are kept
    in memory as long as they fit into 2 GB.
    """

    def __init__(
        self,
        images: Sequence[TrainingImage],
        tile_size: int,
        augmentation: AugmentationConfig,
        seed: int,
        magnification: int = 1,
        grey_shown: GreyShown = "in_all_channels",
    ) -> None:
        if not images:
            raise ValueError("expected at least one training image")
        self.images, self.tile_size = images, tile_size
        self.augmentation, self.seed, self.magnification = augmentation, seed, magnification
        self.grey_shown = grey_shown
        self._draws = _draws(images)
        self._decoded: dict[int, tuple[np.ndarray, IntensityRange]] = {}
        self._decoded_bytes = 0

    def __getitem__(self, number: int) -> Sample:
        """Return tile `number` of the endless supply, the same on every machine and process."""
        rng = np.random.default_rng([self.seed, number])
        draw = self._draws[int(rng.integers(len(self._draws)))]
        index = draw[0] if len(draw) == 1 else int(rng.choice(draw))
        image, intensity = self._read(index)
        enlargement = self.magnification * draw_zoom(self.augmentation, rng)
        source = round(self.tile_size / enlargement)
        annotated = self.images[index]
        x0, y0 = _draw_corner(image.shape[1:], source, annotated.boxes, rng)
        pixels = image[:, y0 : y0 + source, x0 : x0 + source]
        tile = normalize(pixels, intensity, self.grey_shown)
        shifted = annotated.boxes - np.array([x0, y0, x0, y0], np.float32)
        resized, boxes = _resize(tile, shifted, source, self.tile_size)
        boxes, kept = _visible(boxes, self.tile_size)
        resized, boxes = flip_and_turn(resized, boxes, rng)
        resized = change_intensities(resized, self.augmentation, rng, self.grey_shown)
        return Sample(
            torch.from_numpy(resized),
            torch.from_numpy(boxes),
            torch.from_numpy(annotated.labels[kept]),
        )

    def _read(self, index: int) -> tuple[np.ndarray, IntensityRange]:
        if index in self._decoded:
            return self._decoded[index]
        # A copy, as one channel of an image would keep all three in memory.
        image = without_color(self.images[index].read()).copy()
        entry = image, measure_intensity(image, self.images[index].least_span)
        if self._decoded_bytes + image.nbytes <= CACHE_LIMIT_BYTES:
            self._decoded[index] = entry
            self._decoded_bytes += image.nbytes
        return entry


def _draws(images: Sequence[TrainingImage]) -> list[list[int]]:
    """Return the indices of images that are drawn from together as one: of each stack, or alone."""
    of_asset: dict[str, list[int]] = {}
    for index, image in enumerate(images):
        of_asset.setdefault(image.asset, []).append(index)
    draws: list[list[int]] = []
    for asset, own in of_asset.items():
        is_stack = asset != "" and are_slices([images[index].path.stem for index in own])
        draws += [own] if is_stack else [[index] for index in own]
    return sorted(draws)


class EpochSampler(Sampler[int]):
    """Numbers the tiles of one epoch after the other, so that no epoch repeats a tile."""

    def __init__(self, tiles_per_epoch: int) -> None:
        self.tiles_per_epoch, self.epoch = tiles_per_epoch, 0

    def __iter__(self) -> Iterator[int]:
        first = self.epoch * self.tiles_per_epoch
        return iter(range(first, first + self.tiles_per_epoch))

    def __len__(self) -> int:
        return self.tiles_per_epoch


def collate(samples: Sequence[Sample]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Return tiles (B, 3, S, S), and the boxes and labels of each tile."""
    tiles = torch.stack([sample.tile for sample in samples])
    return tiles, [sample.boxes for sample in samples], [sample.labels for sample in samples]


def _draw_corner(
    size: tuple[int, ...], source: int, boxes: BoxArray, rng: Generator
) -> tuple[int, int]:
    """Return the top-left corner (x, y) of a square of `source` px, inside the image if it fits."""
    height, width = size
    if len(boxes) and rng.random() < OBJECT_TILE_PROBABILITY:
        x, y = centers(boxes)[rng.integers(len(boxes))] - rng.uniform(0.1, 0.9, 2) * source
    else:
        x, y = rng.uniform(0, max(width - source, 0)), rng.uniform(0, max(height - source, 0))
    return (
        int(np.clip(x, 0, max(width - source, 0))),
        int(np.clip(y, 0, max(height - source, 0))),
    )


def _resize(
    tile: NDArray[np.float32], boxes: BoxArray, source: int, target: int
) -> tuple[NDArray[np.float32], BoxArray]:
    """Show a square of `source` px with `target` px; what the image lacks is background, 0."""
    _, height, width = tile.shape
    padded = np.pad(tile, ((0, 0), (0, source - height), (0, source - width)))
    if source == target:
        return padded, boxes
    resized = functional.interpolate(
        torch.from_numpy(padded)[None], (target, target), mode="bilinear", antialias=True
    )
    return resized[0].numpy(), boxes * np.float32(target / source)


def _visible(boxes: BoxArray, side: int) -> tuple[BoxArray, NDArray[np.int64]]:
    """Return the boxes cut at the tile's edge, and which of the boxes they are."""
    clipped = clip_boxes(boxes, side, side)
    kept = np.flatnonzero(area(clipped) > MIN_VISIBLE_SHARE * area(boxes))
    return clipped[kept], kept
