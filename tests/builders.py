"""Tiny seeded datasets in the platform's format, written as the platform does; a fake detector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections

if TYPE_CHECKING:  # most tests that build datasets do without torch, which is slow to import
    from torch import Tensor

    from gapjunction.models.detector import Annotations

CLASSES = {"gap_junction": "#4EF8FF"}
BRIGHT, DARK_BELOW = 220, 40


def build_dataset(  # noqa: PLR0913 - a test names only what it is about
    root: Path,
    *,
    num_assets: int = 3,
    images_per_asset: int = 2,
    height: int = 64,
    width: int = 80,
    boxes_per_image: int = 3,
    class_names: Sequence[str] = tuple(CLASSES),
    seed: int = 0,
) -> Path:
    """Write a dataset of bright squares on a dark, noisy ground; return its folder `root`.

    Assets are called "asset_0", ..., images "<asset index>_<image index>_<dataset name>.png", and
    the classes take turns. The squares lie on whole pixels, inside the image, and do not overlap.
    """
    rng = np.random.default_rng(seed)
    colors = ["#4EF8FF", "#FF00AA", "#FFB000", "#00AA44"]
    write_json_file(
        root / "Label_Properties" / "label_properties.json",
        dict(zip(class_names, colors, strict=False)),
    )
    write_json_file(
        root / "Metadata_Static" / "metadata_static.json",
        {
            "device_type": "Olympus UPlanXApo",
            "scaling_value": "60x",
            "scales": [{"barcode": "60x", "unit": "nm", "value_per_pixel": 103.0}],
        },
    )
    for a in range(num_assets):
        folder = root / "Assets" / f"asset_{a}"
        write_json_file(
            folder / "asset_metadata.json", {"species": "rat", "age": 18, "sex": "Male"}
        )
        for i in range(images_per_asset):
            boxes = draw_boxes(rng, height, width, boxes_per_image)
            labels = [class_names[n % len(class_names)] for n in range(len(boxes))]
            pixels = rng.integers(0, DARK_BELOW, (height, width, 3), dtype=np.uint8)
            for x, y, w, h in boxes:
                pixels[y : y + h, x : x + w] = BRIGHT
            add_image(folder, f"{a}_{i}_{root.name}", pixels, boxes, labels)
    return root


def draw_boxes(
    rng: np.random.Generator, height: int, width: int, count: int
) -> list[tuple[int, int, int, int]]:
    """Return `count` boxes (x, y, width, height), whole pixels, none touching another."""
    cell, boxes = 16, []
    cells = [(x, y) for y in range(0, height - cell, cell) for x in range(0, width - cell, cell)]
    for index in rng.permutation(len(cells))[:count]:
        x, y = cells[index]
        w, h = rng.integers(4, cell - 4, 2).tolist()
        boxes.append((x + 1, y + 1, w, h))
    return boxes


def add_image(
    asset: Path,
    stem: str,
    pixels: NDArray[np.uint8],
    boxes: Sequence[Sequence[float]] | None = (),
    labels: Sequence[str] | None = None,
) -> Path:
    """Write one PNG image (H, W) or (H, W, 3) and its boxes (x, y, width, height).

    Boxes None means that nobody looked at the image: no detection file. Returns the image's path.
    """
    path = asset / "Raw" / f"{stem}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    (asset / "Detection").mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)
    if boxes is not None:
        names = labels or ["gap_junction"] * len(boxes)
        records = [
            box_record(box, name, path.name, pixels.shape[0], pixels.shape[1])
            for box, name in zip(boxes, names, strict=True)
        ]
        write_json_file(asset / "Detection" / f"{stem}_bbox.json", {stem: records})
    return path


def box_record(
    box: Sequence[float], label: str, image_name: str, height: int, width: int
) -> dict[str, Any]:
    """Return one box (x, y, width, height) as it stands in a detection file."""
    return {
        "label_name": label,
        "bbox_x": float(box[0]),
        "bbox_y": float(box[1]),
        "bbox_width": float(box[2]),
        "bbox_height": float(box[3]),
        "image_name": image_name,
        "image_width": width,
        "image_height": height,
    }


def edit_json(path: Path, **changes: Any) -> None:
    """Change some keys of a JSON object in place."""
    write_json_file(path, json.loads(path.read_text(encoding="utf-8")) | changes)


def write_json_file(path: Path, value: Any) -> None:
    """Write JSON, whatever it holds, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def simulated_blobs(*, are_dark: bool = False) -> NDArray[np.uint8]:
    """Return an image (1, 250, 300) of 5 x 6 simulated, noisy discs with sides of 20 px."""
    y, x = np.mgrid[:250, :300]
    discs = np.hypot(y % 50 - 25, x % 50 - 25) < 10
    light = ndimage.gaussian_filter(discs.astype(np.float64), 1) * 160 + 40
    pixels = light + np.random.default_rng(0).normal(0, 8, light.shape)
    shown = 255 - pixels if are_dark else pixels
    return np.clip(shown, 0, 255).astype(np.uint8)[None]


class BlobDetector:
    """A `Detector` without a network: finds each connected bright blob of a tile, as it is seen.

    `seen_sizes` collects (height, width) of the tiles of each batch.
    """

    def __init__(self, brighter_than: float = 0.5) -> None:
        self.brighter_than = brighter_than
        self.seen_sizes: list[tuple[int, int]] = []

    def __call__(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        """Refuse to learn."""
        raise NotImplementedError

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return the bounding box of each blob with its mean intensity, up to 1, as score."""
        self.seen_sizes.append((tiles.shape[2], tiles.shape[3]))
        found = [self._detect_in(tile) for tile in tiles.amax(1).numpy()]
        return [each.scored_at_least(min_score) for each in found]

    def _detect_in(self, tile: NDArray[np.float32]) -> Detections:
        blobs, count = ndimage.label(tile > self.brighter_than)
        boxes = [[x.start, y.start, x.stop, y.stop] for y, x in ndimage.find_objects(blobs)]
        scores = [min(tile[blobs == number + 1].mean(), 1) for number in range(count)]
        return Detections(as_boxes(boxes), np.array(scores, np.float32), np.zeros(count, np.int64))


class FarSightedDetector(BlobDetector):
    """Sees nothing in tiles of 128 px and more."""

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return what a `BlobDetector` does of smaller tiles."""
        found = super().detect(tiles, min_score)
        return [each[:0] for each in found] if tiles.shape[-1] >= 128 else found
