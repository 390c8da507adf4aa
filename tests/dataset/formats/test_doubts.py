"""Tests for `gapjunction.dataset.formats.doubts`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.dataset.formats.doubts import BEYOND, TINY, TWICE, doubts_on
from gapjunction.dataset.records import AnnotatedImage


def image_with(boxes: Sequence[tuple[float, ...]], labels: list[int]) -> AnnotatedImage:
    return AnnotatedImage(Path("a.png"), 80, 100, as_boxes(boxes), np.array(labels, np.int64))


@pytest.mark.parametrize(
    ("box", "doubts"),
    [
        ((10, 20, 16, 25), []),
        ((0.1, 0.2, 0.16, 0.25), [TINY]),  # shares of the sides
        ((10, 20, 10.5, 25), []),
        ((60, 50, 126, 105), [BEYOND]),  # two corners, read as a corner and a size
        ((-3, 20, 4, 25), []),
        ((-30, 20, 4, 25), [BEYOND]),
    ],
)
def test_doubts_on__one_box__may_be_in_another_unit(
    box: tuple[float, float, float, float], doubts: list[str]
) -> None:
    assert list(doubts_on(image_with([box], [0]))) == doubts


def test_doubts_on__same_box_again__is_noted_unless_it_is_of_another_class() -> None:
    box, other = (10, 20, 16, 25), (10, 20, 16, 26)
    assert list(doubts_on(image_with([box] * 3 + [other], [0, 0, 1, 0]))) == [TWICE]
    assert list(doubts_on(image_with([], []))) == []
