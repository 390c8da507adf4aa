"""Tests for `gapjunction.dataset.formats.shapes`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.shapes import OUTLINES, box_around, box_at, turned
from gapjunction.errors import DatasetError


@pytest.mark.parametrize("is_closed", [True, False])
def test_box_around__rectangle__is_itself_and_no_note(is_closed: bool) -> None:
    corners = [(1.0, 2.0), (5.0, 2.0), (5.0, 9.0), (1.0, 9.0)]
    assert box_around([*corners, *corners[: int(is_closed)]]) == ((1, 2, 5, 9), ())


def test_box_around__triangle__is_noted() -> None:
    assert box_around([(1.0, 2.0), (5.0, 2.0), (5.0, 9.0)]) == ((1, 2, 5, 9), (OUTLINES,))


def test_box_at__size_known__is_a_square_around_the_point() -> None:
    assert box_at((10, 20), 4, Path("a.csv"), "row 1") == (8, 18, 12, 22)


def test_box_at__size_unknown__asks_for_it() -> None:
    with pytest.raises(DatasetError, match=r"row 1: .*how large the squares"):
        box_at((10, 20), None, Path("a.csv"), "row 1")


def test_turned__quarter_around_the_corner__lies_to_its_left() -> None:
    corners = [(10.0, 10.0), (14.0, 10.0), (14.0, 12.0), (10.0, 12.0)]
    box, _ = box_around(turned(corners, 90, (10, 10)))
    assert box == pytest.approx((8, 10, 10, 14))
