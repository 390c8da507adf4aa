"""Tests for `gapjunction.measurement.filled_rings`."""

import numpy as np
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from gapjunction.measurement.filled_rings import fill_rings

HEIGHT, WIDTH = 30, 40


def ring(*corners: tuple[float, float]) -> NDArray[np.float64]:
    return np.array(corners, np.float64)


def square(x0: float, y0: float, side: float) -> NDArray[np.float64]:
    return ring((x0, y0), (x0 + side, y0), (x0 + side, y0 + side), (x0, y0 + side))


def test_fill_rings__square_on_pixel_corners__holds_exactly_its_pixels() -> None:
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[3:8, 2:7] = True
    np.testing.assert_array_equal(fill_rings([square(2, 3, 5)], HEIGHT, WIDTH), expected)


def test_fill_rings__ring_within_a_ring__is_a_hole() -> None:
    filled = fill_rings([square(0, 0, 10), square(2, 2, 4)], HEIGHT, WIDTH)
    assert filled.sum() == 100 - 16
    assert not filled[3, 3]


def test_fill_rings__beyond_the_picture__is_cut_off() -> None:
    assert fill_rings([square(-50, -50, 200)], HEIGHT, WIDTH).all()
    assert fill_rings([square(35, 25, 100)], HEIGHT, WIDTH).sum() == 5 * 5


def test_fill_rings__thinner_than_a_pixel__holds_none() -> None:
    assert not fill_rings([ring((1.6, 0), (2.4, 0), (2.4, 20), (1.6, 20))], HEIGHT, WIDTH).any()


def test_fill_rings__random_polygons__hold_the_centers_that_matplotlib_finds_inside() -> None:
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    middles = np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5
    for _ in range(20):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        radii = rng.uniform(3, 25, 9)
        corners = np.stack([20 + radii * np.cos(angles), 15 + radii * np.sin(angles)], axis=1)
        inside = Outline(np.vstack([corners, corners[:1]]), closed=True).contains_points(middles)
        filled = fill_rings([corners], HEIGHT, WIDTH)
        np.testing.assert_array_equal(filled, inside.reshape(HEIGHT, WIDTH))


def test_fill_rings__two_polygons_side_by_side__share_no_pixel_and_leave_none_out() -> None:
    rng = np.random.default_rng(1)
    seam = [
        (float(x), float(y)) for x, y in zip(rng.uniform(5, 35, 6), range(0, 36, 6), strict=True)
    ]
    left = ring((0, 0), *seam, (0, 30))
    right = ring((40, 0), *seam, (40, 30))
    both = fill_rings([left], HEIGHT, WIDTH).astype(int) + fill_rings([right], HEIGHT, WIDTH)
    assert (both == 1).all()
