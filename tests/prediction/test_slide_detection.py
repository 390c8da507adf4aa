"""Tests for `gapjunction.prediction.slide_detection`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch

from builders import BlobDetector
from gapjunction.dataset.names import ImageOrigin
from gapjunction.detections import Detections
from gapjunction.images.plane_choice import NOTHING_CHOSEN
from gapjunction.images.region import Region
from gapjunction.images.slide import opened_slide
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction import slide_detection
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.slide_detection import SlidePart, see_slide
from gapjunction.prediction.slide_view import SlideView
from gapjunction.salience import Salience
from published_files import TINY_RESNET

SIDE, SPACING = 640, 19
CONFIG = DetectorConfig(
    class_names=("gap_junction",),
    class_colors=("#4EF8FF",),
    network=TINY_RESNET,  # which has a limit of objects, and so keeps to its tiles
    tile_size=96,
    overlap=32,
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a block hold about 2 x 2 tiles."""
    monkeypatch.setattr(slide_detection, "BLOCK_PX", 170)


@pytest.fixture
def model() -> Model:
    return Model(BlobDetector(), CONFIG, "0", Path("model"), torch.device("cpu"))


def planted() -> tuple[np.ndarray, np.ndarray]:
    """Return an image with squares of 5 px at all offsets from tiles and blocks, and their boxes.

    They lie so close that every seam cuts some.
    """
    corners = np.arange(4, SIDE - 8, SPACING)
    x, y = (each.ravel() for each in np.meshgrid(corners, corners))
    image = np.full((SIDE, SIDE), 20, np.uint8)
    for left, top in zip(x, y, strict=True):
        image[top : top + 5, left : left + 5] = 220
    return image, np.stack([x, y, x + 5, y + 5], axis=1)


def listed(path: Path) -> ListedImage:
    return ListedImage(ImageOrigin("", "", path), path.stem, is_slide=True)


@dataclass
class InMemory:
    """Keeps what is found in blocks."""

    blocks: dict[int, list[Detections]]

    def read(self, index: int) -> list[Detections] | None:
        return self.blocks.get(index)

    def write(self, index: int, found: Sequence[Detections]) -> None:
        self.blocks[index] = list(found)


def seen(
    model: Model,
    path: Path,
    part: Region | None = None,
    scale: float = 1.0,
    kept: InMemory | None = None,
) -> Detections:
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        view = SlideView.of(model, listed(path), slide, scale, 0.0)
        whole = Region(0, 0, slide.full.width, slide.full.height)
        return see_slide(model, slide, SlidePart.of(view, part or whole), kept=kept)


def write_tiled(path: Path, pixels: np.ndarray) -> Path:
    tifffile.imwrite(path, pixels, tile=(64, 64))
    return path


def test_see_slide__objects_on_every_seam_of_tiles_and_blocks__each_is_found_once(
    tmp_path: Path, model: Model
) -> None:
    image, boxes = planted()
    found = seen(model, write_tiled(tmp_path / "a.tif", image))
    assert sorted(found.boxes.tolist()) == sorted(boxes.tolist())


def test_see_slide__whole__is_what_the_image_in_memory_shows(tmp_path: Path, model: Model) -> None:
    image, _ = planted()
    noisy = image + np.random.default_rng(0).integers(0, 30, image.shape, dtype=np.uint8)
    path = write_tiled(tmp_path / "a.tif", noisy)
    found = seen(model, path)
    whole = model.see(ListedImage(ImageOrigin("", "", path), "a"), noisy[None], model.settings(1))
    np.testing.assert_array_equal(found.boxes, whole.boxes)
    np.testing.assert_array_equal(found.scores, whole.scores)


@pytest.mark.long
def test_see_slide__doubted_objects__are_weighed_by_brightness_as_in_memory(
    tmp_path: Path, model: Model
) -> None:
    image, boxes = planted()
    rng = np.random.default_rng(0)
    for left, top, right, bottom in boxes.tolist():
        image[top:bottom, left:right] -= rng.integers(0, 120, dtype=np.uint8)
    noisy = image + rng.integers(0, 5, image.shape, dtype=np.uint8)
    path = write_tiled(tmp_path / "a.tif", noisy)
    salience = Salience(usual_doubt=0.0, odds_per_doubt=60.0, even_octaves=-1.5)
    weighing = replace(model, config=CONFIG.but(salience=salience))

    found = seen(weighing, path)

    file = ListedImage(ImageOrigin("", "", path), "a")
    whole = weighing.see(file, noisy[None], weighing.settings(1))
    assert len(found) > 1000
    assert np.abs(found.scores - seen(model, path).scores).max() > 0.01
    (here, there) = (np.lexsort(each.boxes.T) for each in (found, whole))  # scores may be equal
    np.testing.assert_array_equal(found.boxes[here], whole.boxes[there])
    np.testing.assert_allclose(found.scores[here], whole.scores[there], atol=1e-4)


def test_see_slide__neighboring_regions__share_the_objects_of_all_among_them(
    tmp_path: Path, model: Model
) -> None:
    image, boxes = planted()
    path = write_tiled(tmp_path / "a.tif", image)
    parts = [
        Region(x0, y0, x1, y1)
        for x0, x1 in ((0, 211), (211, SIDE))
        for y0, y1 in ((0, 402), (402, SIDE))
    ]
    found = Detections.joined([seen(model, path, part) for part in parts])
    assert sorted(found.boxes.tolist()) == sorted(boxes.tolist())


def test_see_slide__reduced__reads_the_level_and_tells_pixels_of_the_full_size(
    tmp_path: Path, model: Model
) -> None:
    image, boxes = planted()
    path = tmp_path / "a.tif"
    enlarged = np.kron(image, np.ones((2, 2), np.uint8))
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(enlarged, subifds=1, tile=(64, 64))
        tiff.write(image, subfiletype=1, tile=(64, 64))
    found = seen(model, path, scale=0.5)
    assert sorted(found.boxes.tolist()) == sorted((2 * boxes).tolist())


def test_see_slide__tiles_that_are_not_stored__are_not_looked_at(
    tmp_path: Path, model: Model
) -> None:
    image, _ = planted()
    tiles = [image[:64, :64] if number == 0 else None for number in range(100)]
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, iter(tiles), shape=(640, 640), dtype=np.uint8, tile=(64, 64))
    found = seen(model, path)
    assert isinstance(model.detector, BlobDetector)
    assert len(model.detector.seen_sizes) == 4  # of 96 px, that reach into the tile of 64 px
    assert len(found) == 16


def test_see_slide__all_blocks_kept__looks_at_none_again(tmp_path: Path, model: Model) -> None:
    image, _ = planted()
    path = write_tiled(tmp_path / "a.tif", image)
    kept = InMemory({})
    first = seen(model, path, kept=kept)
    assert isinstance(model.detector, BlobDetector)
    num_seen = len(model.detector.seen_sizes)
    again = seen(model, path, kept=kept)
    assert len(model.detector.seen_sizes) == num_seen
    np.testing.assert_array_equal(again.boxes, first.boxes)


def test_slide_part__places_of_blocks__cover_it_in_pixels_of_the_slide(
    tmp_path: Path, model: Model
) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(np.zeros((1280, 1280), np.uint8), subifds=1, tile=(64, 64))
        tiff.write(np.zeros((640, 640), np.uint8), subfiletype=1, tile=(64, 64))
    covered = np.zeros((1280, 1280), np.bool_)
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        view = SlideView.of(model, listed(path), slide, 0.5, 0.0)
        part = SlidePart.of(view, Region(400, 600, 1280, 1100))
        for index in range(len(part.blocks)):
            place = part.place_of(index)
            covered[place.y0 : place.y1, place.x0 : place.x1] = True
    around = 2 * view.settings.overlap
    wanted = np.zeros_like(covered)
    wanted[600 - around : 1100 + around, 400 - around : 1280] = True
    np.testing.assert_array_equal(covered, wanted)


def test_see_slide__nothing_on_it__finds_nothing(tmp_path: Path, model: Model) -> None:
    path = write_tiled(tmp_path / "a.tif", np.full((SIDE, SIDE), 7, np.uint16))
    assert len(seen(model, path)) == 0


@pytest.mark.parametrize(
    ("weights", "channels"), [((1, 1, 1), (0,)), ((0, 1, 0), (1,)), ((1, 2, 1), (1,))]
)
def test_slide_view__color_of_a_single_hue__is_looked_at_in_its_brightest_channel(
    tmp_path: Path, model: Model, weights: tuple[int, ...], channels: tuple[int, ...]
) -> None:
    image, _ = planted()
    path = tmp_path / "a.tif"
    color = np.stack([image // 4 * weight for weight in weights], axis=-1)
    tifffile.imwrite(path, color, tile=(64, 64), photometric="rgb")
    with opened_slide(path, NOTHING_CHOSEN) as slide:
        assert SlideView.of(model, listed(path), slide, 1.0, 0.0).channels == channels
