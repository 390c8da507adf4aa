"""Tests for `gapjunction.prediction.tiled`."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders import BlobDetector
from gapjunction.boxes import BoxArray, as_boxes
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import Annotations
from gapjunction.prediction.tiled import LARGEST_TILE_PX, PredictionSettings, detect_image
from published_files import TINY_RESNET

SETTINGS = PredictionSettings(tile_size=128, overlap=48, min_score=0.1)
GRID = 20  # objects in each row and column


class OneBoxDetector:
    """A `Detector` that finds one and the same box in every tile."""

    def __init__(self, box: Sequence[float]) -> None:
        self.found = Detections(as_boxes([box]), np.ones(1, np.float32), np.zeros(1, np.int64))

    def __call__(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        raise NotImplementedError

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:  # noqa: ARG002
        return [self.found] * len(tiles)


def blob_boxes(seed: int = 0) -> BoxArray:
    """Return 400 separate boxes of 3 to 15 px in an image of 410 x 410 px."""
    rng = np.random.default_rng(seed)
    rows, columns = np.divmod(np.arange(GRID**2), GRID)
    corners = np.stack([columns, rows], axis=1) * 20 + 5 + rng.integers(0, 4, (GRID**2, 2))
    return np.hstack([corners, corners + rng.integers(3, 16, corners.shape)]).astype(np.float32)


def image_of(boxes: BoxArray, height: int = 410, width: int = 410) -> NDArray[np.uint8]:
    """Return a dark grey image (1, H, W) with bright boxes."""
    image = np.full((1, height, width), 20, np.uint8)
    for x0, y0, x1, y1 in boxes.astype(int):
        image[:, y0:y1, x0:x1] = 200
    return image


def as_sorted(found: Detections) -> list[list[float]]:
    boxes: list[list[float]] = found.boxes.tolist()
    return sorted(boxes)


@pytest.mark.parametrize("seed", range(3))
def test_detect_image__400_objects_over_many_tiles__each_found_once(seed: int) -> None:
    boxes = blob_boxes(seed)
    found = detect_image(BlobDetector(), image_of(boxes), SETTINGS)
    assert as_sorted(found) == sorted(boxes.tolist())


@pytest.mark.parametrize("batch_size", [2, 7, 100])
def test_detect_image__any_batch_size__gives_the_same_detections(batch_size: int) -> None:
    image = image_of(blob_boxes())
    one_by_one, batched = (
        detect_image(BlobDetector(), image, PredictionSettings(128, 48, 0.1, size))
        for size in (1, batch_size)
    )
    assert np.array_equal(one_by_one.boxes, batched.boxes)
    assert np.array_equal(one_by_one.scores, batched.scores)


def as_kind(grey: NDArray[np.uint8], kind: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return a grey image as another microscope writes it."""
    if kind == "grey 16":
        return grey.astype(np.uint16) * 256
    if kind == "dim grey 16":
        return grey.astype(np.uint16) + 100
    if kind == "one color 8":
        return np.concatenate([np.zeros_like(grey), grey, np.zeros_like(grey)])
    if kind == "color 16":
        return np.repeat(grey.astype(np.uint16) * 99, 3, axis=0)
    return grey


@pytest.mark.parametrize("kind", ["grey 8", "grey 16", "dim grey 16", "one color 8", "color 16"])
def test_detect_image__any_kind_of_image__gives_the_same_boxes(kind: str) -> None:
    boxes = blob_boxes()
    found = detect_image(BlobDetector(), as_kind(image_of(boxes), kind), SETTINGS)
    assert as_sorted(found) == sorted(boxes.tolist())


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_detect_image__empty_image__finds_nothing(dtype: type[np.uint8 | np.uint16]) -> None:
    image: NDArray[np.uint8 | np.uint16] = np.full((1, 300, 200), 50, dtype)
    assert len(detect_image(BlobDetector(), image, SETTINGS)) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (20, 30), (100, 33), (131, 90), (129, 128)])
def test_detect_image__odd_sizes__find_an_object_in_each_corner(height: int, width: int) -> None:
    corners = [
        [0, 0, 3, 4],
        [width - 4, 0, width, 3],
        [0, height - 3, 5, height],
        [width - 3, height - 5, width, height],
    ]
    boxes = as_boxes(corners if min(height, width) >= 20 else [])
    found = detect_image(BlobDetector(), image_of(boxes, height, width), SETTINGS)
    assert as_sorted(found) == sorted(boxes.tolist())


@pytest.mark.parametrize(("height", "width"), [(20, 30), (100, 33), (300, 129)])
def test_detect_image__any_size__shows_the_detector_sides_in_multiples_of_32(
    height: int, width: int
) -> None:
    detector = BlobDetector()
    detect_image(detector, image_of(as_boxes([]), height, width), SETTINGS)
    assert all(side % 32 == 0 and side <= 128 for size in detector.seen_sizes for side in size)


def test_detect_image__box_over_the_border__is_cut_at_it() -> None:
    found = detect_image(
        OneBoxDetector([-3, 5, 45, 10.5]), image_of(as_boxes([]), 20, 40), SETTINGS
    )
    assert found.boxes.tolist() == [[0, 5, 40, 10.5]]


def test_detect_image__box_in_the_filling_beside_the_image__is_dropped() -> None:
    found = detect_image(OneBoxDetector([42, 5, 50, 10]), image_of(as_boxes([]), 20, 40), SETTINGS)
    assert len(found) == 0


def half_dim_image() -> NDArray[np.uint8]:
    """Return an image of 400 objects of which the upper 200 are a third as bright."""
    image = image_of(blob_boxes())
    image[:, :204][image[:, :204] == 200] = 80
    return image


@pytest.mark.parametrize(("min_score", "expected"), [(0.1, 400), (0.9, 200)])
def test_detect_image__min_score__drops_the_dim_objects(min_score: float, expected: int) -> None:
    settings = PredictionSettings(128, 48, min_score)
    assert len(detect_image(BlobDetector(), half_dim_image(), settings)) == expected


def test_detect_image__detections__come_best_first() -> None:
    found = detect_image(BlobDetector(), half_dim_image(), SETTINGS)
    assert np.all(np.diff(found.scores) <= 0)
    assert np.all(found.boxes[:200, 1] > 204)


def test_detect_image__progress__counts_tiles_up_to_all() -> None:
    calls: list[tuple[int, int, int]] = []
    settings = PredictionSettings(128, 48, 0.1, batch_size=4)
    image = image_of(as_boxes([]), height=208, width=288)  # 2 rows of 3 tiles
    detect_image(
        BlobDetector(),
        image,
        settings,
        lambda done, total, found: calls.append((done, total, len(found))),
    )
    assert calls == [(4, 6, 4), (6, 6, 2)]


@pytest.mark.parametrize("magnification", [0.5, 0.7, 1.3, 2.0])
@pytest.mark.parametrize(("height", "width"), [(300, 410), (33, 65)])
def test_detect_image__any_magnification__shows_sides_in_multiples_of_32_up_to_the_largest(
    magnification: float, height: int, width: int
) -> None:
    detector = BlobDetector()
    tile_size = int(128 / magnification)
    settings = PredictionSettings(tile_size, 32, 0.1, magnification=magnification)
    detect_image(detector, image_of(as_boxes([]), height, width), settings)
    assert all(side % 32 == 0 and side <= 128 for size in detector.seen_sizes for side in size)


@pytest.mark.parametrize("magnification", [0.5, 0.7, 1.3, 2.0, 3.1])
def test_detect_image__any_magnification__gives_boxes_in_image_pixels(magnification: float) -> None:
    objects = as_boxes([[x, y, x + 21, y + 15] for y in (3, 140, 380) for x in (5, 118, 200, 370)])
    settings = PredictionSettings(int(320 / magnification), 40, 0.1, magnification=magnification)
    found = detect_image(BlobDetector(), image_of(objects), settings)
    assert len(found) == len(objects)
    order = np.lexsort((found.boxes[:, 0], found.boxes[:, 1].round(-1)))
    assert np.abs(found.boxes[order] - objects).max() <= 1 / min(magnification, 1) + 0.5


def settings_of(config: DetectorConfig, scale: float = 1.0) -> PredictionSettings:
    return PredictionSettings.of(config, torch.device("cpu"), scale=scale)


def config_of(**changes: object) -> DetectorConfig:
    names = {"class_names": ("a",), "class_colors": ("#4EF8FF",)}
    return DetectorConfig.model_validate(names | changes)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_of__detector_without_a_limit_of_objects__sees_the_largest_tiles(scale: float) -> None:
    settings = settings_of(config_of(tile_size=512, overlap=48), scale)
    assert settings.magnification == scale
    assert LARGEST_TILE_PX - scale < settings.tile_size * scale <= LARGEST_TILE_PX
    # The margin of 4 px on both sides of a seam stays as it is.
    assert settings.overlap == np.ceil((48 - 2 * 4) / scale) + 2 * 4


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_of__detector_with_a_limit_of_objects__never_sees_more_than_its_tile(scale: float) -> None:
    config = config_of(network=TINY_RESNET, tile_size=256, magnification=2)
    settings = settings_of(config, scale)
    assert 512 - 2 * scale < settings.tile_size * settings.magnification <= 512


@pytest.mark.parametrize(("device", "batch_size"), [("cpu", 1), ("cuda", 4)])
def test_of__no_batch_size__depends_on_the_device(device: str, batch_size: int) -> None:
    assert PredictionSettings.of(config_of(), torch.device(device)).batch_size == batch_size
    assert PredictionSettings.of(config_of(), torch.device(device), 7).batch_size == 7


@pytest.mark.long
@pytest.mark.parametrize(("scale", "side"), [(4.0, 13), (8.0, 6)])
def test_detect_image__enlarged__objects_on_seams_are_found_once_and_whole(
    scale: float, side: int
) -> None:
    corners = [(x, y) for x in range(5, 380, 19) for y in range(5, 380, 19)]
    boxes = as_boxes([(x, y, x + side, y + side) for x, y in corners])
    image = np.zeros((1, 400, 400), np.uint8)
    for x, y in corners:
        image[0, y : y + side, x : x + side] = 200
    settings = settings_of(config_of(tile_size=512, overlap=64), scale)
    found = detect_image(BlobDetector(), image, settings)
    assert len(found) == len(boxes)
    assert (found.boxes[:, 2:] - found.boxes[:, :2]).min() > side - 2


@pytest.mark.parametrize("scale", [0.1, 0.25, 1.0])
def test_of__reduced__takes_tiles_that_fit_into_memory(scale: float) -> None:
    assert settings_of(config_of(tile_size=512, overlap=64), scale).tile_size <= 4096


class RememberingDetector(BlobDetector):
    """Keeps the tiles that it is shown."""

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        self.tiles = tiles
        return super().detect(tiles, min_score)


def test_detect_image__sides_that_are_no_multiples__are_filled_with_background() -> None:
    detector = RememberingDetector()
    image = np.random.default_rng(0).integers(0, 50, (1, 100, 70)).astype(np.uint8)
    image[0, 90:94, 60:64] = 250
    detect_image(detector, image, SETTINGS)
    shown = detector.tiles[0, 0].numpy()
    assert shown.shape == (128, 96)
    own = shown[:100, :70]
    bright = np.percentile(own, 75)
    assert own.max() > bright
    for filled, mirrored in (
        (shown[100:, :70], own[72:][::-1]),
        (shown[:100, 70:], own[:, 44:][:, ::-1]),
    ):
        expected = np.where(mirrored > bright, np.median(own), mirrored)
        np.testing.assert_allclose(filled, expected, atol=1e-6)


@pytest.mark.parametrize(("x1", "expected"), [(78.0, [[60.0, 10.0, 70.0, 20.0]]), (82.0, [])])
def test_detect_image__middle_beyond_the_border__is_no_object_of_the_image(
    x1: float, expected: list[list[float]]
) -> None:
    detector = OneBoxDetector([60, 10, x1, 20])
    found = detect_image(detector, np.zeros((1, 100, 70), np.uint8), SETTINGS)
    assert found.boxes.tolist() == expected
