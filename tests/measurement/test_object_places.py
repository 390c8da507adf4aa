"""Tests for `gapjunction.measurement.object_places`."""

import numpy as np
import pytest

from gapjunction.measurement.object_places import NOWHERE, ObjectPlace, object_places
from gapjunction.measurement.regions import Region, whole_image

SIZE = (40, 60)
POINTS = np.array([[15.5, 12.5], [50.5, 30.5]], np.float32)


def test_object_places__region__tells_the_distance_to_its_side() -> None:
    """The region reaches from x 10 to 30 and from y 10 to 20: its upper side is 2.5 px away."""
    region = Region("cortex", 10, 10, np.ones((10, 20), bool))
    inside, outside = object_places(POINTS, SIZE, [region], None)
    assert inside == ObjectPlace("cortex", 2.5)
    assert outside == NOWHERE


def test_object_places__several_regions__are_the_first() -> None:
    regions = [Region("small", 10, 10, np.ones((10, 20), bool)), whole_image("all", *SIZE)]
    inside, outside = object_places(POINTS, SIZE, regions, None)
    assert inside.region == "small"
    assert outside == ObjectPlace("all", None)  # the border of the image is none


def test_object_places__cells__tell_their_number_and_border() -> None:
    labels = np.zeros(SIZE, np.int64)
    labels[:, 5:20], labels[:, 20:40] = 7, 9
    inside, outside = object_places(POINTS, SIZE, [], labels)
    assert inside.cell == 7
    assert inside.cell_border == pytest.approx(4.5)
    assert outside == NOWHERE


def test_object_places__no_objects__are_none() -> None:
    none = np.zeros((0, 2), np.float32)
    assert object_places(none, SIZE, [whole_image("all", *SIZE)], np.ones(SIZE, np.int64)) == ()
