"""Images with their true boxes, as methods are tuned and judged on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.dataset.reader import read_dataset
from gapjunction.detections import Detections
from gapjunction.images.pictures import read_picture


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An image (3, H, W), 8 bits, and what is in it."""

    pixels: NDArray[np.uint8]
    truth: Detections


@dataclass(frozen=True, slots=True, eq=False)
class TuningSet:
    """What a method may learn from before it is judged.

    Attributes:
        folder: the same images as a dataset on disk.
        work: where a method that trains may leave files.
    """

    folder: Path
    work: Path
    examples: Sequence[Example]


def read_examples(folder: Path) -> list[Example]:
    """Return all images of a dataset, as read from its files, in the order of their names.

    Raises:
        DatasetError: if the dataset has errors.
    """
    images = sorted(read_dataset(folder).images(), key=lambda image: image.path)
    return [
        Example(np.ascontiguousarray(read_picture(image.path)), image.as_detections())
        for image in images
    ]
