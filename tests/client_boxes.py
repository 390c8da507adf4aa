"""A dataset for other programs to read, and what they or we read, in one form."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from builders import add_image, write_json_file
from gapjunction.dataset.formats.by_name import FORMATS, FormatName
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Dataset

HEIGHT, WIDTH = 60, 80
CLASS_NAMES = ("gap_junction", "other")
DIGITS = 2  # of a pixel, which the roughest writers keep

# For each image's stem its boxes: class, then x0, y0, x1, y1 in px; no images without boxes.
Found = dict[str, list[tuple[str, float, float, float, float]]]


def client_dataset(root: Path, fraction: float = 0.25) -> Dataset:
    """Return a dataset with two assets, two classes, and boxes on whole pixels plus a fraction."""
    write_json_file(
        root / "Label_Properties" / "label_properties.json",
        dict(zip(CLASS_NAMES, ("#4EF8FF", "#FFB000"), strict=True)),
    )
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    boxes = [(4 + fraction, 7, 5, 6 + fraction), (40, 20 + fraction, 12 + fraction, 9)]
    add_image(root / "Assets" / "rat_1", "a", pixels, boxes, CLASS_NAMES)
    add_image(root / "Assets" / "rat_1", "b", pixels, [(0, 0, 3, 4), (70, 50, 10, 10)])
    add_image(root / "Assets" / "rat_2", "c", pixels, boxes[:1], CLASS_NAMES[1:])
    return read_dataset(root)


def boxes_of(dataset: Dataset) -> Found:
    """Return the boxes of a dataset."""
    return found(
        (image.path.name, dataset.class_names[label], box)
        for image in dataset.images()
        for box, label in zip(image.boxes.tolist(), image.labels.tolist(), strict=True)
    )


def read_by_us(format_name: FormatName, source: Source) -> Found:
    """Return the boxes that our reader of a format finds."""
    reader, _ = FORMATS[format_name]
    (dataset,) = reader(source).datasets
    return boxes_of(dataset)


def written_by_us(format_name: FormatName, dataset: Dataset, out: Path) -> Path:
    """Write a dataset in a format into a new folder, and return that."""
    out.mkdir()
    _, writer = FORMATS[format_name]
    writer(dataset, out)
    return out


def copy_images(dataset: Dataset, folder: Path) -> None:
    """Copy all images into one folder, as most programs want them."""
    folder.mkdir(exist_ok=True)
    for image in dataset.images():
        shutil.copy(image.path, folder)


def found(boxes: Iterable[tuple[str, str, Iterable[float]]]) -> Found:
    """Return boxes, each with its image's name or path and its class, sorted."""
    sorted_boxes: Found = {}
    for image, name, corners in sorted(boxes, key=lambda each: (each[0], each[1], list(each[2]))):
        x0, y0, x1, y1 = (round(float(value), DIGITS) for value in corners)
        stem = Path(image.replace("\\", "/")).stem
        sorted_boxes.setdefault(stem, []).append((name, x0, y0, x1, y1))
    return sorted_boxes
