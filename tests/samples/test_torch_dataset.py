"""Tests for `gapjunction.samples.torch_dataset`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.utils.data import DataLoader

from gapjunction.boxes import BoxArray, as_boxes, clip_boxes
from gapjunction.images.pictures import write_png
from gapjunction.samples import torch_dataset
from gapjunction.samples.augmentation import AugmentationConfig
from gapjunction.samples.torch_dataset import (
    EpochSampler,
    Sample,
    TileDataset,
    TrainingImage,
    collate,
)

ONLY_ZOOM = AugmentationConfig(max_zoom=1.5, change_probability=0.0)
NO_ZOOM = AugmentationConfig(max_zoom=1.0, change_probability=0.0)
FIVE_BOXES = [[4, 6, 14, 18], [40, 8, 60, 16], [70, 60, 84, 82], [20, 50, 29, 59], [50, 30, 55, 34]]


def write_image(
    folder: Path, boxes: BoxArray, height: int = 96, width: int = 100, name: str = "image"
) -> TrainingImage:
    """Write a black image with white boxes; the box at index n has label n."""
    pixels = np.zeros((1, height, width), np.uint8)
    for x0, y0, x1, y1 in boxes.astype(int):
        pixels[:, y0:y1, x0:x1] = 255
    path = folder / f"{name}.png"
    write_png(path, pixels)
    return TrainingImage(path, boxes, np.arange(len(boxes), dtype=np.int64))


def dataset(
    image: TrainingImage | Sequence[TrainingImage],
    tile_size: int = 64,
    augmentation: AugmentationConfig = ONLY_ZOOM,
    seed: int = 0,
) -> TileDataset:
    images = [image] if isinstance(image, TrainingImage) else image
    return TileDataset(images, tile_size, augmentation, seed)


def bright_boxes(tile: torch.Tensor) -> BoxArray:
    """Return the bounding box of each connected bright blob of a tile."""
    blobs = ndimage.find_objects(ndimage.label(tile[0].numpy() > 0.7)[0])
    return as_boxes([[x.start, y.start, x.stop, y.stop] for y, x in blobs])


def equal(first: Sample, second: Sample) -> bool:
    return (
        torch.equal(first.tile, second.tile)
        and torch.equal(first.boxes, second.boxes)
        and torch.equal(first.labels, second.labels)
    )


def test_tile_dataset__two_instances__give_the_same_tiles_in_any_order(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes(FIVE_BOXES))
    first = dataset(image, augmentation=AugmentationConfig())
    second = dataset(image, augmentation=AugmentationConfig())
    forwards = [first[number] for number in range(8)]
    backwards = [second[number] for number in reversed(range(8))]
    assert all(equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))


def test_tile_dataset__other_number_or_seed__gives_another_tile(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes(FIVE_BOXES))
    tile = dataset(image, seed=0)[0]
    assert not equal(tile, dataset(image, seed=0)[1])
    assert not equal(tile, dataset(image, seed=1)[0])


@pytest.mark.parametrize("augmentation", [ONLY_ZOOM, NO_ZOOM])
def test_tile_dataset__zoomed_and_turned__boxes_lie_on_their_pixels(
    tmp_path: Path, augmentation: AugmentationConfig
) -> None:
    tiles = dataset(write_image(tmp_path, as_boxes(FIVE_BOXES)), augmentation=augmentation)
    num_compared = 0
    for number in range(40):
        sample = tiles[number]
        drawn = bright_boxes(sample.tile)
        for box in sample.boxes.numpy():
            assert np.abs(drawn - box).max(axis=1).min() <= 1
            num_compared += 1
    assert num_compared > 60


def test_tile_dataset__labels__belong_to_their_boxes(tmp_path: Path) -> None:
    boxes = as_boxes([[10, 10, 20, 20], [40, 40, 70, 70]])  # label 1: longer, also where it is cut
    tiles = dataset(write_image(tmp_path, boxes), tile_size=48, augmentation=NO_ZOOM)
    seen = []
    for number in range(20):
        sample = tiles[number]
        longest = (sample.boxes[:, 2:] - sample.boxes[:, :2]).amax(1)
        assert sample.labels.tolist() == (longest > 10).long().tolist()
        seen.append(sample.labels.tolist())
    assert [0] in seen
    assert [1] in seen


def test_tile_dataset__tile__is_float_of_the_asked_size(tmp_path: Path) -> None:
    sample = dataset(write_image(tmp_path, as_boxes(FIVE_BOXES)), tile_size=32)[3]
    assert sample.tile.shape == (3, 32, 32)
    assert sample.tile.dtype == sample.boxes.dtype == torch.float32
    assert sample.labels.dtype == torch.int64


def test_tile_dataset__objects_cut_by_the_edge__stay_only_with_enough_visible(
    tmp_path: Path,
) -> None:
    whole = as_boxes([[40, 40, 60, 60]])
    tiles = dataset(write_image(tmp_path, whole), tile_size=32, augmentation=NO_ZOOM)
    shares = []
    for number in range(200):
        sample = tiles[number]
        visible = float((sample.tile[0] > 0.7).sum()) / 400
        assert len(sample.boxes) == (visible > torch_dataset.MIN_VISIBLE_SHARE)
        shares.append(visible)
    assert 0 < sum(0 < share < 0.4 for share in shares) < sum(0.4 < share < 1 for share in shares)


def test_tile_dataset__boxes__never_leave_the_tile(tmp_path: Path) -> None:
    tiles = dataset(write_image(tmp_path, as_boxes(FIVE_BOXES)), tile_size=32)
    for number in range(60):
        boxes = tiles[number].boxes.numpy()
        assert np.array_equal(boxes, clip_boxes(boxes, 32, 32))


@pytest.mark.parametrize(("height", "width"), [(40, 50), (1, 1), (200, 30)])
def test_tile_dataset__image_smaller_than_the_tile__is_filled_up_with_background(
    tmp_path: Path, height: int, width: int
) -> None:
    boxes = as_boxes([[0, 0, 1, 1]])
    tiles = dataset(write_image(tmp_path, boxes, height, width), augmentation=NO_ZOOM)
    for number in range(6):
        sample = tiles[number]
        assert sample.tile.shape == (3, 64, 64)
        assert torch.count_nonzero(sample.tile[0]) <= 1


def test_tile_dataset__small_image_zoomed__boxes_lie_on_their_pixels(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes([[5, 8, 17, 20]]), height=40, width=30)
    for number in range(15):
        sample = dataset(image)[number]
        assert np.abs(bright_boxes(sample.tile) - sample.boxes.numpy()).max() <= 1


def test_tile_dataset__image_without_objects__gives_no_boxes(tmp_path: Path) -> None:
    sample = dataset(write_image(tmp_path, as_boxes([])))[0]
    assert sample.boxes.shape == (0, 4)
    assert sample.labels.shape == (0,)


def test_tile_dataset__one_object_in_a_large_image__is_in_half_of_the_tiles(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes([[300, 300, 310, 310]]), height=600, width=600)
    tiles = dataset(image, tile_size=32)
    assert 35 < sum(len(tiles[number].boxes) for number in range(100)) < 65


def test_tile_dataset__images_of_all_sizes__are_drawn_equally_often(tmp_path: Path) -> None:
    large = write_image(tmp_path, as_boxes([]), 300, 300, "large")
    small = write_image(tmp_path, as_boxes([[0, 0, 32, 32]]), 32, 32, "small")
    tiles = dataset([large, small], tile_size=32, augmentation=NO_ZOOM)
    assert 35 < sum(len(tiles[number].boxes) for number in range(100)) < 65


def test_tile_dataset__stacks_of_many_and_few_slices__are_drawn_equally_often(
    tmp_path: Path,
) -> None:
    """The tiles of the stack of nine slices have one box, those of the other none."""
    box = as_boxes([[20, 20, 40, 40]])
    slices = [
        replace(write_image(tmp_path, box, 64, 64, f"a_Z{z}_"), asset="rat/a") for z in range(9)
    ]
    slices.append(replace(write_image(tmp_path, box[:0], 64, 64, "b_Z1_"), asset="rat/b"))
    slices.append(replace(write_image(tmp_path, box[:0], 64, 64, "b_Z2_"), asset="rat/b"))
    tiles = dataset(slices, augmentation=NO_ZOOM)
    with_box = [len(tiles[number].boxes) for number in range(200)]
    assert 0.35 < np.mean(with_box) < 0.65


def test_tile_dataset__cache_is_full__gives_the_same_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = write_image(tmp_path, as_boxes(FIVE_BOXES))
    expected = [dataset(image)[number] for number in range(4)]
    monkeypatch.setattr(torch_dataset, "CACHE_LIMIT_BYTES", 0)
    uncached = dataset(image)
    assert all(equal(uncached[number], tile) for number, tile in enumerate(expected))


def test_tile_dataset__images_in_memory__are_read_once(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes(FIVE_BOXES))
    tiles = dataset(image)
    first = tiles[0]
    image.path.unlink()
    assert equal(tiles[0], first)


def test_tile_dataset__no_images__raises() -> None:
    with pytest.raises(ValueError, match="at least one training image"):
        dataset([])


def test_epoch_sampler__epochs__never_repeat_a_number() -> None:
    sampler = EpochSampler(5)
    drawn = []
    for epoch in range(4):
        sampler.epoch = epoch
        drawn += list(sampler)
    assert sorted(drawn) == list(range(20))
    assert len(sampler) == 5


def test_collate__samples_with_unequal_numbers_of_boxes__keeps_them_apart() -> None:
    samples = [
        Sample(torch.zeros(3, 4, 4), torch.ones(n, 4), torch.full((n,), n)) for n in (0, 2, 1)
    ]
    tiles, boxes, labels = collate(samples)
    assert tiles.shape == (3, 3, 4, 4)
    assert [len(each) for each in boxes] == [0, 2, 1]
    assert [each.tolist() for each in labels] == [[], [2, 2], [1]]


def test_tile_dataset__two_worker_processes__give_the_same_tiles_as_none(tmp_path: Path) -> None:
    image = write_image(tmp_path, as_boxes(FIVE_BOXES))

    def load(num_workers: int) -> list[torch.Tensor]:
        tiles = dataset(image, tile_size=32, augmentation=AugmentationConfig())
        loader = DataLoader(
            tiles, 2, sampler=EpochSampler(6), collate_fn=collate, num_workers=num_workers
        )
        return [tensor for tile, boxes, _ in loader for tensor in (tile, *boxes)]

    alone, shared = load(0), load(2)
    assert len(alone) == len(shared) == 9
    assert all(torch.equal(a, b) for a, b in zip(alone, shared, strict=True))
