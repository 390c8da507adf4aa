"""Random datasets in the platform's format, for round trips through other formats."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from builders import add_image, write_json_file

Box = tuple[float, float, float, float]

CLASS_NAMES = ("gap_junction", "débris, other", "核 2")
COLORS = ("#4EF8FF", "#FF00AA", "#FFB000")


@dataclass(frozen=True)
class RandomImage:
    """An image and its boxes (x, y, width, height); None where nobody looked at it."""

    height: int
    width: int
    boxes: tuple[Box, ...] | None
    labels: tuple[int, ...]


names = (
    st.text("ab1 ._-éЖ漢", min_size=1, max_size=8)
    .map(lambda name: unicodedata.normalize("NFC", name.strip(" .")))
    .filter(lambda name: bool(name) and not name.startswith("."))
)


@st.composite
def random_images(draw: st.DrawFn) -> RandomImage:
    """Draw an image of which boxes stick out by up to 3 px, but less than half of their side."""
    height, width = draw(st.integers(12, 40)), draw(st.integers(12, 40))
    if draw(st.integers(0, 4)) == 0:
        return RandomImage(height, width, None, ())
    boxes, labels = [], []
    for _ in range(draw(st.integers(0, 4))):
        x, w = draw(_sides(width))
        y, h = draw(_sides(height))
        boxes.append((x, y, w, h))
        labels.append(draw(st.integers(0, len(CLASS_NAMES) - 1)))
    return RandomImage(height, width, tuple(boxes), tuple(labels))


@st.composite
def _sides(draw: st.DrawFn, length: int) -> tuple[float, float]:
    """Draw a corner and a side of at least 1 px, of which more than half lies in the image."""
    side = draw(st.integers(1000, 9000)) / 1000
    out = min(0.4 * side, 3)
    corner = draw(st.integers(round(-out * 1000), round((length - side + out) * 1000))) / 1000
    return corner, side


Dataset = dict[str, dict[str, RandomImage]]  # asset -> image's stem -> image


def _has_a_box(dataset: Dataset) -> bool:
    """Tell whether there is anything to write for formats with a file for each annotated image."""
    return any(image.boxes for images in dataset.values() for image in images.values())


datasets: st.SearchStrategy[Dataset] = st.dictionaries(
    names, st.dictionaries(names, random_images(), min_size=1, max_size=3), min_size=1, max_size=2
).filter(_has_a_box)


def write_random_dataset(root: Path, dataset: Dataset) -> Path:
    """Write the dataset as the platform does and return its folder."""
    write_json_file(
        root / "Label_Properties" / "label_properties.json",
        dict(zip(CLASS_NAMES, COLORS, strict=True)),
    )
    for asset, images in dataset.items():
        for stem, image in images.items():
            add_image(
                root / "Assets" / asset,
                stem,
                np.zeros((image.height, image.width), np.uint8),
                image.boxes,
                [CLASS_NAMES[label] for label in image.labels],
            )
    return root
