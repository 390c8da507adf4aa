"""Tests for `gapjunction.dataset.formats.yolo_outlines`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.yolo_outlines import refuse_other_columns
from gapjunction.errors import DatasetError

FILE = Path("a.txt")
BOX = [0.5, 0.5, 0.2, 0.1]


@pytest.mark.parametrize(
    "more",
    [[0.9, 1.0], [0.9, 17.0], [0.4, 0.5, 1.0, 0.6, 0.5, 0.0], [0.4, 0.5, 2.0] * 4],
    ids=["first track", "another track", "two key points", "four"],
)
def test_refuse_other_columns__boxes_with_more__are_refused(more: list[float]) -> None:
    with pytest.raises(DatasetError, match=f"boxes with {len(more)} further numbers"):
        refuse_other_columns([BOX + more, BOX + more], FILE)


@pytest.mark.parametrize(
    "row",
    [
        [0.1, 0.1, 0.9, 0.9, 0.2, 1.0],  # as a box, it would leave the image
        [0.5, 0.5, 0.2, 0.1, 0.3, 0.7],
        [0.5, 0.5, 0.2, 0.1, 0.3, 0.0],  # no track has the number 0
        [0.1, 0.1, 0.2, 0.1, 0.2, 0.2, 0.1, 0.2],
    ],
    ids=["triangle", "triangle inside", "triangle at the top", "rectangle"],
)
def test_refuse_other_columns__one_outline_among_boxes__lets_all_pass(row: list[float]) -> None:
    refuse_other_columns([[*BOX, 0.9, 1.0], row], FILE)
