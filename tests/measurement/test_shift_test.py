"""Tests for `gapjunction.measurement.shift_test`."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.measurement import shift_test
from gapjunction.measurement.shift_test import MIN_OVERLAP, Shifts, centered

SIDE = 48


def texture(rng: np.random.Generator) -> NDArray[np.float64]:
    smooth: NDArray[np.float64] = ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 1.5)
    return smooth


def ring() -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    region: NDArray[np.bool_] = np.abs(np.hypot(rows, columns) - 15) < 8
    return region


def plain_p(
    first: NDArray[np.float64], second: NDArray[np.float64], region: NDArray[np.bool_]
) -> float:
    """Return the p by shifting the second plane, shift by shift."""
    one, other = centered(first, region), centered(second, region)
    values, unshifted = [], 0.0
    for y in range(1 - SIDE, SIDE):
        for x in range(1 - SIDE, SIDE):
            to_rows, from_rows = (
                slice(max(-y, 0), SIDE - max(y, 0)),
                slice(max(y, 0), SIDE + min(y, 0)),
            )
            to_cols, from_cols = (
                slice(max(-x, 0), SIDE - max(x, 0)),
                slice(max(x, 0), SIDE + min(x, 0)),
            )
            both = region[to_rows, to_cols] & region[from_rows, from_cols]
            if both.sum() >= MIN_OVERLAP * region.sum():
                products = one[to_rows, to_cols] * other[from_rows, from_cols]
                values.append(products.sum() / np.sqrt(both.sum()))
                unshifted = values[-1] if (y, x) == (0, 0) else unshifted
    above = np.mean([value >= unshifted for value in values])
    below = np.mean([value <= unshifted for value in values])
    return float(min(2 * min(above, below), 1))


@pytest.mark.parametrize("region", [np.ones((SIDE, SIDE), bool), ring()], ids=["all", "ring"])
def test_p__independent_planes__is_that_of_shifting_one_by_one(region: NDArray[np.bool_]) -> None:
    rng = np.random.default_rng(3)
    first, second = texture(rng), texture(rng)
    assert Shifts.of(region).p(first, second) == pytest.approx(plain_p(first, second, region))


def test_p__independent_planes__is_low_as_often_as_it_says() -> None:
    rng, shifts = np.random.default_rng(0), Shifts.of(ring())
    p = np.array([shifts.p(texture(rng), texture(rng)) for _ in range(400)])
    assert 0.03 < (p <= 0.05).mean() < 0.08
    assert 0.44 < (p <= 0.5).mean() < 0.56


@pytest.mark.parametrize("sign", [1, -1])
def test_p__planes_that_go_together_or_apart__is_low(sign: int) -> None:
    rng = np.random.default_rng(1)
    first = texture(rng)
    assert Shifts.of(ring()).p(first, sign * first + 0.3 * texture(rng)) < 0.01


def test_p__even_plane_or_empty_region__is_one() -> None:
    rng = np.random.default_rng(2)
    assert Shifts.of(ring()).p(texture(rng), np.full((SIDE, SIDE), 7.0)) == 1
    assert Shifts.of(np.zeros((SIDE, SIDE), bool)).p(texture(rng), texture(rng)) == 1


def test_p__region_of_many_pixels__is_about_that_of_each_pixel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    first, second = texture(rng), texture(rng)
    exact = Shifts.of(ring()).p(first, second)
    monkeypatch.setattr(shift_test, "MOST_SHIFTED", SIDE // 2 - 1)
    in_blocks = Shifts.of(ring())
    assert in_blocks.block_px == 3
    assert in_blocks.p(first, second) == pytest.approx(exact, abs=0.1)


def test_centered__outside_of_the_region__is_zero() -> None:
    plane = np.array([[1.0, 3.0, 50.0]])
    assert centered(plane, np.array([[True, True, False]])).tolist() == [[-1, 1, 0]]
