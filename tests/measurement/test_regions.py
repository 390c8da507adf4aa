"""Tests for `gapjunction.measurement.regions`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.dataset.formats.area_outlines import AreaOutline
from gapjunction.measurement.filled_rings import fill_rings
from gapjunction.measurement.regions import (
    Region,
    by_name,
    joined,
    region_of_outline,
    regions_of_labels,
    whole_image,
)


def block(name: str, x0: int, y0: int, height: int, width: int) -> Region:
    return Region(name, x0, y0, np.ones((height, width), bool))


def on_image(region: Region, height: int = 10, width: int = 12) -> NDArray[np.bool_]:
    return region.window(0, 0, height, width)


def outline(x0: float, y0: float, x1: float, y1: float) -> AreaOutline:
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
    return AreaOutline("cortex", "", "object 0", ((ring,),))


def test_window__partly_beyond_the_region__is_false_there() -> None:
    seen = block("a", x0=4, y0=2, height=3, width=3).window(x0=5, y0=0, height=4, width=9)
    assert np.argwhere(seen).tolist() == [[2, 0], [2, 1], [3, 0], [3, 1]]


def test_holds__points__are_held_by_the_pixel_that_they_lie_in() -> None:
    points = np.array([(2.0, 1.0), (4.99, 1.5), (5.0, 1.5), (1.99, 1.5), (-1, -1)], np.float32)
    assert block("a", 2, 1, 1, 3).holds(points).tolist() == [True, True, False, False, False]


def test_without__overlapping_region__takes_what_both_hold() -> None:
    left = block("a", 0, 0, 4, 6).without(block("b", 4, 2, 8, 8))
    assert left.num_px == 4 * 6 - 2 * 2
    assert not on_image(left)[3, 5]


def test_within__another_region__keeps_what_both_hold() -> None:
    assert block("a", 0, 0, 4, 6).within(block("b", 4, 2, 8, 8)).num_px == 2 * 2


@pytest.mark.parametrize(("um_per_px", "expected"), [(0.5, 24 * 0.25e-6), (None, None)])
def test_area_mm2__pixel_size__scales_it(um_per_px: float | None, expected: float | None) -> None:
    assert block("a", 0, 0, 4, 6).area_mm2(um_per_px) == pytest.approx(expected)


def test_region_of_outline__over_the_border__is_cut_there() -> None:
    region = region_of_outline(outline(-5, -5, 3, 2), height=10, width=12)
    assert region is not None
    assert (region.num_px, region.name) == (3 * 2, "cortex")


@pytest.mark.parametrize("box", [(-5, 0, 0, 5), (12, 0, 20, 5), (0, -5, 5, 0), (0, 10, 5, 20)])
def test_region_of_outline__outside_of_the_image__is_none(box: tuple[int, int, int, int]) -> None:
    assert region_of_outline(outline(*box), height=10, width=12) is None


def test_region_of_outline__between_pixel_centers__is_empty() -> None:
    region = region_of_outline(outline(1.6, 1.6, 2.4, 2.4), height=10, width=12)
    assert region is not None
    assert region.num_px == 0


def test_region_of_outline__parts_anywhere__are_those_filled_one_by_one() -> None:
    rng = np.random.default_rng(4)
    parts = tuple((rng.uniform(-4, 16, (5, 2)),) for _ in range(12))
    region = region_of_outline(AreaOutline("cortex", "", "object 0", parts), 10, 12)
    assert region is not None
    expected = np.any([fill_rings(part, 10, 12) for part in parts], axis=0)
    np.testing.assert_array_equal(on_image(region), expected)


def test_region_of_outline__overlapping_parts__count_once() -> None:
    parts = (outline(0, 0, 4, 4).parts[0], outline(2, 0, 6, 4).parts[0])
    region = region_of_outline(AreaOutline("a", "", "", parts), height=10, width=12)
    assert region is not None
    assert region.num_px == 6 * 4


def test_regions_of_labels__values__are_regions_called_so() -> None:
    labels = np.zeros((10, 12), np.int64)
    labels[0, :3], labels[5:7, 4], labels[9, 11] = 2**40, 7, 7
    found = {region.name: region for region in regions_of_labels(labels)}
    assert list(found) == ["7", str(2**40)]
    for name, region in found.items():
        np.testing.assert_array_equal(on_image(region), labels == int(name))


def test_regions_of_labels__no_labels__gives_none() -> None:
    assert regions_of_labels(np.zeros((3, 3), np.int64)) == []


def test_joined__regions_far_apart__holds_both() -> None:
    both = joined("a", [block("a", 0, 0, 2, 2), block("a", 8, 7, 3, 3), block("a", 9, 8, 1, 1)])
    assert (both.num_px, on_image(both)[9, 10], on_image(both)[5, 5]) == (13, True, False)


def test_by_name__two_of_one_name__are_one() -> None:
    regions = [block("b", 0, 0, 1, 1), block("a", 0, 0, 2, 2), block("b", 4, 4, 1, 1)]
    assert [(each.name, each.num_px) for each in by_name(regions)] == [("b", 2), ("a", 4)]


def test_whole_image__any_size__has_all_pixels() -> None:
    assert whole_image("image", 3, 5).num_px == 15
