"""Tests for `gapjunction.dataset.formats.corner_form`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.corner_form import FourNumbers, refuse_corners
from gapjunction.errors import DatasetError

SIZE = (100, 80)
INSIDE = (10, 10, 20, 20)


def as_read(*numbers: float, is_proven: bool = False) -> FourNumbers:
    """Return a box of numbers that the format takes for a corner and a size."""
    x, y, third, fourth = numbers
    box = (x, y, x + third, y + fourth)
    return FourNumbers((x, y, third, fourth), box, SIZE, is_proven)


def refuse(*boxes: FourNumbers) -> None:
    refuse_corners(boxes, Path("a.txt"), "sizes", "write sizes")


def test_refuse_corners__boxes_that_lie_in_the_image_as_corners_only__are_refused() -> None:
    boxes = [as_read(60, 50, 66, 55), as_read(70, 50, 77, 58), as_read(90, 70, 99, 80)]
    with pytest.raises(DatasetError, match="found 3 of 4 boxes that leave their image, and as"):
        refuse(*boxes, as_read(*INSIDE))


@pytest.mark.parametrize(
    "odd",
    [
        as_read(60, 50, 5, 5),  # as corners, its second is before its first
        as_read(60, 50, 101.5, 60),  # as corners, it leaves the image as well
        as_read(*INSIDE, is_proven=True),
    ],
)
def test_refuse_corners__a_box_that_speaks_against_it__lets_all_be(odd: FourNumbers) -> None:
    refuse(*[as_read(60, 50, 66, 55)] * 5, odd)


def test_refuse_corners__few_boxes_that_stick_out__are_let_be() -> None:
    refuse()
    refuse(*[as_read(60, 50, 66, 55)] * 2)
    refuse(*[as_read(60, 50, 66, 55)] * 3, *[as_read(*INSIDE)] * 28)
