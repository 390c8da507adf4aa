"""Tests for `gapjunction.measurement.sizes`."""

import numpy as np
import pytest

from gapjunction.measurement.blur import Blur
from gapjunction.measurement.shapes import Shape
from gapjunction.measurement.sizes import Size, size_as_seen, sizes_without_blur


def ellipse(major: float, minor: float) -> Shape:
    area = np.pi / 4 * major * minor
    return Shape((0, 0), 4, area, 1.0, major, minor, major + 0.25, 1.0, 1.0, 0.0)


def test_size_as_seen__outline__has_its_own_size() -> None:
    told = size_as_seen(ellipse(8, 4))
    assert told.resolved is None
    assert told.size is not None
    assert (told.size.length, told.size.major, told.size.minor) == (8, 8, 4)


@pytest.mark.parametrize(
    ("axes", "resolved"), [((2.4, 2.4), "none"), ((9, 2.4), "length"), ((9, 6), "both")]
)
def test_sizes_without_blur__resolution__decides_what_is_told(
    axes: tuple[float, float], resolved: str
) -> None:
    (told,) = sizes_without_blur([ellipse(*axes)], Blur(1.0), 3.0)
    assert told.resolved == resolved
    assert (told.size is None) == (resolved == "none")


def test_diameter__area_of_a_circle__is_its_own() -> None:
    assert Size(np.pi, 1, 1, 1).diameter == pytest.approx(2)
