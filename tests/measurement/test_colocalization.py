"""Tests for `gapjunction.measurement.colocalization`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.measurement.colocalization import UNKNOWN, Colocalization, otsu

HEIGHT, WIDTH = 40, 60
EVERYWHERE = np.ones((HEIGHT, WIDTH), bool)


def squares(*corners: tuple[int, int], light: int = 100) -> NDArray[np.uint16]:
    """Return a dark plane with bright squares of 4 px at x, y."""
    plane = np.full((HEIGHT, WIDTH), 10, np.uint16)
    for x, y in corners:
        plane[y : y + 4, x : x + 4] = light
    return plane


def points(*xy: tuple[float, float]) -> NDArray[np.float32]:
    return np.array(xy, np.float32).reshape(-1, 2)


def test_of__plaques__are_on_the_second_channel_where_their_centers_are() -> None:
    second = squares((4, 4), (30, 20), (50, 30))
    found = Colocalization.of(
        squares((4, 4)), second, points((5, 5), (7.9, 4), (20, 20)), EVERYWHERE
    )
    assert (found.num_plaques, found.num_on) == (3, 2)
    assert (found.num_objects, found.num_with_plaques) == (3, 1)
    assert found.share_on.value == pytest.approx(2 / 3)
    assert found.share_on.by_chance == pytest.approx(48 / (HEIGHT * WIDTH))


def test_of__distance__is_from_the_nearest_pixel_of_the_second_channel() -> None:
    found = Colocalization.of(
        squares((4, 4)), squares((4, 4)), points((5, 5), (17.5, 5.5)), EVERYWHERE
    )
    assert found.distance_px.value == pytest.approx((0 + 10) / 2)


def test_of__light__is_shared_as_manders_says() -> None:
    first, second = squares((4, 4), (20, 20)), squares((6, 4), (50, 30))
    first[20:24, 20:24] = 120
    found = Colocalization.of(first, second, points(), EVERYWHERE)
    assert found.manders_first.value == pytest.approx(8 * 100 / (16 * 100 + 16 * 120))
    assert found.manders_second.value == pytest.approx(8 / 32)


def test_of__pearson__is_the_correlation_in_the_region() -> None:
    rng = np.random.default_rng(0)
    first = rng.poisson(50, (HEIGHT, WIDTH)).astype(np.uint16)
    second = (first + rng.poisson(20, (HEIGHT, WIDTH))).astype(np.uint16)
    region = np.arange(WIDTH)[None] + np.zeros((HEIGHT, 1)) < 25
    found = Colocalization.of(first, second, points(), region)
    expected = np.corrcoef(first[region].astype(float), second[region].astype(float))[0, 1]
    assert found.pearson.value == pytest.approx(expected)
    assert found.pearson.p is not None
    assert found.pearson.p < 0.01


def test_of__plaques_outside_of_the_region__are_left_out() -> None:
    region = EVERYWHERE.copy()
    region[:, 30:] = False
    found = Colocalization.of(squares((4, 4)), squares((4, 4)), points((5, 5), (45, 5)), region)
    assert (found.num_plaques, found.num_on) == (1, 1)


def test_of__no_plaques__has_no_share() -> None:
    found = Colocalization.of(squares((4, 4)), squares((4, 4)), points(), EVERYWHERE)
    assert found.share_on == found.distance_px == UNKNOWN


def test_of__even_second_channel__has_no_objects() -> None:
    even = np.full((HEIGHT, WIDTH), 10, np.uint16)
    found = Colocalization.of(squares((4, 4)), even, points((5, 5)), EVERYWHERE)
    assert (found.num_objects, found.num_on, found.pearson) == (0, 0, UNKNOWN)
    assert found.distance_px == UNKNOWN


def test_of__empty_region__knows_nothing() -> None:
    found = Colocalization.of(squares(), squares(), points((5, 5)), ~EVERYWHERE)
    assert (found.num_plaques, found.share_on, found.pearson) == (0, UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([1, 1, 2, 9, 10, 10], 2, 9), ([5, 5], 5, 5), ([], 0, 0), ([0, 1], 0, 1)],
)
def test_otsu__two_groups__lies_between(values: list[float], low: float, high: float) -> None:
    assert low <= otsu(np.array(values, float)) <= high
