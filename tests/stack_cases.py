"""Datasets of small stacks for tests: each asset is given by the boxes of its slices."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from builders import add_image, build_dataset

Box = tuple[float, float, float, float]  # x, y, width, height
Slices = Mapping[int, Sequence[Box] | None]  # None: nobody looked at it

FIRST: Box = (10, 10, 6, 8)
SECOND: Box = (40, 10, 6, 8)
TWO_PLAQUES: Slices = {3: [FIRST], 4: [FIRST, SECOND], 5: [FIRST, SECOND]}


def build_stacks(root: Path, **assets: Slices) -> Path:
    """Write a dataset whose images are called "<record>_cx43_Z<slice>_<asset>"."""
    build_dataset(root, num_assets=0)
    for asset, slices in assets.items():
        for number, boxes in slices.items():
            add_slice(root, asset, number, boxes)
    return root


def add_slice(root: Path, asset: str, number: int, boxes: Sequence[Box] | None) -> None:
    """Write a slice, in place of the one that was there."""
    stem = f"{9000 - number}_cx43_Z{number}_{asset}"
    add_image(root / "Assets" / asset, stem, np.zeros((32, 64), np.uint8), boxes)
