"""Tests for `gapjunction.tiling`."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from gapjunction.boxes import BoxArray, as_boxes, clip_boxes
from gapjunction.detections import Detections
from gapjunction.tiling import SEAM_MARGIN, Tile, keep_core, merge_tiles, plan_blocks, plan_tiles

TILE_SIZE, OVERLAP = 64, 32
LARGEST_SIDE = OVERLAP - 2 * SEAM_MARGIN
IMAGE_SIZES = [(64, 64), (30, 40), (65, 64), (97, 128), (50, 200), (257, 311)]


def detect_perfectly(objects: BoxArray, tile: Tile, jitter: np.ndarray | float = 0.0) -> Detections:
    """Return what an ideal detector sees: the visible part of each object, in tile pixels.

    `jitter` is added to the corners of the visible parts.
    """
    shifted = objects - np.array([tile.x0, tile.y0] * 2, dtype=np.float32)
    visible = clip_boxes(shifted, tile.y1 - tile.y0, tile.x1 - tile.x0)
    seen = np.all(visible[:, 2:] > visible[:, :2], axis=1)
    boxes = (visible + jitter).astype(np.float32)[seen]
    return Detections(boxes, np.ones(len(boxes), np.float32), np.zeros(len(boxes), np.int64))


def objects_on_grid(height: int, width: int, sides: tuple[int, int], step: int) -> BoxArray:
    """Place boxes of one size, `step` px apart or touching, at offsets that hit every seam."""
    side_x, side_y = sides
    y, x = np.mgrid[0 : height - side_y + 1 : side_y + step, 0 : width - side_x + 1 : side_x + step]
    corners = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.hstack([corners, corners + np.array(sides)]).astype(np.float32)


def tile(x0: int, core: tuple[float, float, float, float]) -> Tile:
    return Tile(x0, 0, x0 + 100, 100, core)


def detections(
    boxes: Sequence[Sequence[float]], scores: Sequence[float], labels: Sequence[int]
) -> Detections:
    return Detections(as_boxes(boxes), np.array(scores, np.float32), np.array(labels, np.int64))


@pytest.mark.parametrize(("height", "width"), IMAGE_SIZES)
@pytest.mark.parametrize("overlap", [0, 7, 32])
def test_plan_tiles__any_image__covers_every_pixel(height: int, width: int, overlap: int) -> None:
    covered = np.zeros((height, width), dtype=bool)
    for each in plan_tiles(height, width, TILE_SIZE, overlap):
        each.crop(covered)[:] = True
    assert covered.all()


@pytest.mark.parametrize(("height", "width"), IMAGE_SIZES)
def test_plan_tiles__any_image__no_tile_reaches_beyond_it(height: int, width: int) -> None:
    for each in plan_tiles(height, width, TILE_SIZE, OVERLAP):
        assert 0 <= each.x0 < each.x1 <= width
        assert 0 <= each.y0 < each.y1 <= height
        assert max(each.x1 - each.x0, each.y1 - each.y0) <= TILE_SIZE


@pytest.mark.parametrize(("height", "width"), IMAGE_SIZES)
def test_plan_tiles__any_image__neighbors_share_at_least_the_overlap(
    height: int, width: int
) -> None:
    tiles = plan_tiles(height, width, TILE_SIZE, OVERLAP)
    spans = sorted({(each.x0, each.x1) for each in tiles})
    assert all(first[1] - second[0] >= OVERLAP for first, second in pairwise(spans))


@pytest.mark.parametrize(
    ("length", "count", "side"), [(1024, 2, 544), (1025, 2, 545), (1088, 2, 576)]
)
def test_plan_tiles__image_a_little_larger_than_a_tile__is_cut_evenly(
    length: int, count: int, side: int
) -> None:
    tiles = plan_tiles(length, length, tile_size=576, overlap=64)
    assert len(tiles) == count**2
    assert {(each.x1 - each.x0, each.y1 - each.y0) for each in tiles} == {(side, side)}


@pytest.mark.parametrize(("side_multiple", "side"), [(1, 529), (16, 544), (32, 544), (48, 560)])
def test_plan_tiles__side_multiple__rounds_sides_up_but_never_above_the_tile_size(
    side_multiple: int, side: int
) -> None:
    tiles = plan_tiles(994, 994, 560, 64, side_multiple)
    assert {each.x1 - each.x0 for each in tiles} == {side}


@pytest.mark.parametrize("side_multiple", [1, 7, 32])
def test_plan_tiles__any_length__fewest_tiles_with_all_the_overlap(side_multiple: int) -> None:
    for length in range(1, 400):
        tiles = plan_tiles(1, length, TILE_SIZE, OVERLAP, side_multiple)
        fewest = max(int(np.ceil((length - OVERLAP) / (TILE_SIZE - OVERLAP))), 1)
        shared = [first.x1 - second.x0 for first, second in pairwise(tiles)]
        assert len(tiles) == fewest
        assert min(shared, default=OVERLAP) >= OVERLAP
        assert (tiles[0].x0, tiles[-1].x1) == (0, length)


def test_plan_tiles__image_smaller_than_a_tile__gives_the_whole_image() -> None:
    everywhere = (-np.inf, -np.inf, np.inf, np.inf)
    assert plan_tiles(30, 40, TILE_SIZE, OVERLAP) == [Tile(0, 0, 40, 30, everywhere)]


@pytest.mark.parametrize("overlap", [-1, 33])
def test_plan_tiles__impossible_overlap__names_the_allowed_range(overlap: int) -> None:
    with pytest.raises(ValueError, match=r"overlap must lie in \[0, 32\] px"):
        plan_tiles(100, 100, TILE_SIZE, overlap)


def test_crop__image_with_channels__cuts_rows_and_columns() -> None:
    image = np.arange(3 * 6 * 8).reshape(3, 6, 8)
    cut = Tile(2, 1, 5, 3, (0, 0, 8, 6)).crop(image)
    assert np.array_equal(cut, image[:, 1:3, 2:5])


def test_keep_core__boxes_around_the_core__keeps_centers_inside_in_image_pixels() -> None:
    inside, left_of_it, below_it = [20, 20, 30, 30], [4, 20, 14, 30], [20, 90, 30, 100]
    found = detections([inside, left_of_it, below_it], [0.9, 0.8, 0.7], [1, 0, 0])
    kept = keep_core(tile(200, core=(210, 0, 290, 90)), found)
    assert kept.boxes.tolist() == [[220, 20, 230, 30]]
    assert kept.labels.tolist() == [1]


@pytest.mark.parametrize(("height", "width"), IMAGE_SIZES)
@pytest.mark.parametrize(
    "sides", [(1, 1), (3, 5), (16, 7), (LARGEST_SIDE, 2), (LARGEST_SIDE, LARGEST_SIDE)]
)
def test_merge_tiles__objects_up_to_the_limit__each_found_once(
    height: int, width: int, sides: tuple[int, int]
) -> None:
    objects = objects_on_grid(height, width, sides, step=2)
    tiles = plan_tiles(height, width, TILE_SIZE, OVERLAP)
    merged = merge_tiles(tiles, [detect_perfectly(objects, each) for each in tiles], 0.5)
    assert sorted(merged.boxes.tolist()) == sorted(objects.tolist())


@pytest.mark.parametrize("offset", range(0, 40, 3))
def test_merge_tiles__one_object_anywhere_on_a_seam__is_found_once(offset: int) -> None:
    x0, y0 = 20 + offset, 55 - offset
    objects = as_boxes([[x0, y0, x0 + LARGEST_SIDE, y0 + LARGEST_SIDE]])
    tiles = plan_tiles(150, 150, TILE_SIZE, OVERLAP)
    merged = merge_tiles(tiles, [detect_perfectly(objects, each) for each in tiles], 0.5)
    assert merged.boxes.tolist() == objects.tolist()


@pytest.mark.long
@pytest.mark.parametrize(
    # Views of a small object may overlap by less than half: its center tells that it is one.
    ("side", "jitter_px"),
    [(LARGEST_SIDE - 2, 1), (17, 1), (12, 1), (8, 1), (6, 1), (4, 0.75), (3, 0.5)],
)
@pytest.mark.parametrize("seed", range(3))
def test_merge_tiles__tiles_disagree_about_boxes__none_lost_none_doubled(
    side: int, jitter_px: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    objects = objects_on_grid(257, 311, (side, side), step=3)
    tiles = plan_tiles(257, 311, TILE_SIZE, OVERLAP)
    jitters = [rng.uniform(-jitter_px, jitter_px, objects.shape) for _ in tiles]
    found = [detect_perfectly(objects, *each) for each in zip(tiles, jitters, strict=True)]
    merged = merge_tiles(tiles, found, 0.5)
    nearest = np.abs(merged.boxes[:, None] - objects).max(axis=2) <= jitter_px + 1e-3
    assert nearest.sum(axis=0).tolist() == [1] * len(objects)
    assert len(merged) == len(objects)


def test_merge_tiles__object_larger_than_the_overlap__is_still_found() -> None:
    objects = as_boxes([[10, 10, 140, 60]])
    tiles = plan_tiles(150, 150, TILE_SIZE, OVERLAP)
    merged = merge_tiles(tiles, [detect_perfectly(objects, each) for each in tiles], 0.5)
    assert len(merged) > 0


def test_merge_tiles__touching_neighbors__both_stay() -> None:
    objects = as_boxes([[40, 40, 56, 56], [48, 40, 64, 56]])  # IoU 1/3, across the seam at x = 48
    tiles = plan_tiles(96, 96, TILE_SIZE, OVERLAP)
    merged = merge_tiles(tiles, [detect_perfectly(objects, each) for each in tiles], 0.5)
    assert sorted(merged.boxes.tolist()) == objects.tolist()


def test_merge_tiles__near_centers_in_one_tile__are_left_to_the_detector() -> None:
    long_and_wide = detections([[10, 18, 50, 22], [28, 10, 32, 30]], [0.6, 0.7], [0, 0])
    merged = merge_tiles(plan_tiles(64, 64, TILE_SIZE, OVERLAP), [long_and_wide], 0.5)
    assert len(merged) == 2


def test_merge_tiles__one_object_in_two_tiles__the_better_score_stays() -> None:
    tiles = [tile(0, (0, 0, 60, 100)), tile(40, (50, 0, 140, 100))]
    first = detections([[50, 10, 60, 20]], [0.6], [0])
    second = detections([[10, 10, 20, 21]], [0.7], [0])
    merged = merge_tiles(tiles, [first, second], 0.5)
    assert merged.boxes.tolist() == [[50, 10, 60, 21]]


def test_merge_tiles__same_place_but_other_class__both_stay() -> None:
    tiles = [tile(0, (0, 0, 60, 100)), tile(40, (50, 0, 140, 100))]
    first = detections([[50, 10, 60, 20]], [0.6], [0])
    second = detections([[10, 10, 20, 20]], [0.7], [1])
    assert sorted(merge_tiles(tiles, [first, second], 0.5).labels.tolist()) == [0, 1]


def test_merge_tiles__nothing_found__gives_no_detections() -> None:
    tiles = plan_tiles(100, 100, TILE_SIZE, OVERLAP)
    assert len(merge_tiles(tiles, [Detections.none()] * len(tiles), 0.5)) == 0


def test_merge_tiles__fewer_detections_than_tiles__raises() -> None:
    tiles = plan_tiles(100, 100, TILE_SIZE, OVERLAP)
    with pytest.raises(ValueError, match="shorter"):
        merge_tiles(tiles, [Detections.none()], 0.5)


@pytest.mark.parametrize("block_px", [1, 64, 150, 1000])
def test_plan_blocks__any_size__holds_every_tile_once_and_is_no_larger(block_px: int) -> None:
    tiles = plan_tiles(height=257, width=411, tile_size=64, overlap=16)
    blocks = plan_blocks(tiles, block_px)
    assert sorted(map(tiles.index, [tile for block in blocks for tile in block])) == [
        *range(len(tiles))
    ]
    for block in blocks:
        height = max(tile.y1 for tile in block) - min(tile.y0 for tile in block)
        width = max(tile.x1 for tile in block) - min(tile.x0 for tile in block)
        assert max(height, width) <= max(block_px, 64)
