"""Tests for `gapjunction.dataset.formats.coco_outlines`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_masks

from gapjunction.dataset.formats.coco_outlines import box_of_outline
from gapjunction.errors import DatasetError

FILE = Path("coco.json")


@pytest.mark.parametrize(
    "outline",
    [[[10, 20, 16, 20, 16, 25, 10, 25]], [10, 20, 16, 20, 16, 25], [[10, 20, 12, 20, 12, 25]] * 2],
)
def test_box_of_outline__polygons__are_held_by_the_box(outline: list[Any]) -> None:
    right = max(np.ravel(outline)[0::2])
    assert box_of_outline(outline, (80, 100), FILE, "") == (10, 20, right, 25)


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_box_of_outline__mask__gives_the_box_that_pycocotools_gives(
    is_packed: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    mask = np.zeros((300, 200), np.uint8, order="F")
    top, left = rng.integers(0, 100, 2)
    mask[top : top + 90, left : left + 70] = rng.random((90, 70)) < 0.3
    packed = coco_masks.encode(mask)
    x, y, width, height = coco_masks.toBbox(packed)
    changes = np.flatnonzero(np.diff(np.ravel(mask, order="F"), prepend=0))
    runs = np.diff([0, *changes.tolist(), mask.size]).tolist()
    counts = packed["counts"].decode() if is_packed else runs
    found = box_of_outline({"counts": counts, "size": [300, 200]}, (300, 200), FILE, "")
    assert found == (x, y, x + width, y + height)


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (None, "expected a bbox or an outline"),
        ([], "expected a bbox or an outline"),
        ([[1, 2, 3]], "expected 6 numbers"),
        ([[1, 2, 3, 4, 5, 6, 7]], "an odd number of values"),
        ([[1, 2, 3, 4, 5, "x"]], "a finite number"),
        ({"counts": [12], "size": [3, 4]}, "a mask with pixels in it, found none"),
        ({"counts": [2, -1], "size": [3, 4]}, "a mask with pixels in it, found none"),
        ({"counts": [2, 3], "size": [0, 4]}, "a mask of the image's size, 3 x 4"),
        ({"counts": [2, 3], "size": [4, 3]}, "a mask of the image's size, 3 x 4"),
        ({"counts": [2, 13], "size": [3, 4]}, "runs of 12 pixels, found 15"),
        ({"counts": [2, 3]}, "a list of size"),
    ],
)
def test_box_of_outline__something_wrong__is_one_line_that_names_it(
    outline: Any, words: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        box_of_outline(outline, (3, 4), FILE, "annotation 3")
    assert "coco.json: annotation 3: expected" in str(caught.value)
    assert words in str(caught.value)
