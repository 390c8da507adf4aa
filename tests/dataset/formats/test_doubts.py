"""Tests for `gapjunction.dataset.formats.doubts`."""

from pathlib import Path

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.dataset.formats.doubts import BEYOND, TINY, doubts_on
from gapjunction.dataset.records import AnnotatedImage


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
    labels = np.zeros(1, np.int64)
    image = AnnotatedImage(Path("a.png"), 80, 100, as_boxes([box]), labels, is_annotated=True)
    assert list(doubts_on(image)) == doubts
