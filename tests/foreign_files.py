"""Small files as other tools write them, and what comes of reading them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.dataset.formats.source import Reader, Source
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.errors import GapJunctionError

HEIGHT, WIDTH = 30, 40


def save_image(path: Path) -> Path:
    """Write a black image of HEIGHT x WIDTH pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint8)).save(path)
    return path


def save_text(path: Path, text: str) -> Path:
    """Write a text file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def only_dataset(read: Reader, source: Source) -> Dataset:
    """Return the one dataset that is read."""
    [dataset] = read(source).datasets
    return dataset


def only_image(read: Reader, source: Source) -> AnnotatedImage:
    """Return the one image of the one dataset that is read."""
    [image] = only_dataset(read, source).images()
    return image


def refusal(read: Reader, source: Source) -> str:
    """Return what is said of a file that cannot be read; it is one line."""
    with pytest.raises(GapJunctionError) as caught:
        read(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)
