"""Tests for `gapjunction.measurement.channel_shift`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.measurement.channel_shift import ChannelShift

BEADS = np.random.default_rng(0).uniform(15, 85, (12, 2))


def beads_at(x: float, y: float, seed: int = 1) -> NDArray[np.uint16]:
    """Return a picture of the beads, shifted by (x, y) px, with noise."""
    rows, columns = np.mgrid[:100, :100]
    light = sum(
        np.exp(-((columns - a - x) ** 2 + (rows - b - y) ** 2) / 8) for a, b in BEADS.tolist()
    )
    noise = np.random.default_rng(seed).normal(100, 5, (100, 100))
    return np.clip(1000 * np.asarray(light) + noise, 0, None).astype(np.uint16)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1.5, -0.3), (-4.2, 3)])
def test_between__shifted_beads__is_told_within_a_tenth_of_a_pixel(x: float, y: float) -> None:
    shift = ChannelShift.between(beads_at(0, 0), beads_at(x, y, seed=2))
    assert shift is not None
    assert (shift.x, shift.y) == pytest.approx((x, y), abs=0.1)


def test_between__noise__is_none() -> None:
    noise = np.random.default_rng(3).normal(100, 5, (100, 100))
    assert ChannelShift.between(beads_at(0, 0), noise) is None
    assert ChannelShift.between(beads_at(0, 0), np.ones((100, 100))) is None


def test_undone__shifted_beads__are_where_the_first_are() -> None:
    moved = ChannelShift(2, -3).undone(beads_at(2, -3))
    assert moved.dtype == np.uint16
    inner = (slice(5, -5), slice(5, -5))
    assert moved[inner] == pytest.approx(beads_at(0, 0)[inner].astype(float), abs=60)


@pytest.mark.parametrize("text", ["1", "1,2,3", "1,nan", "beads.tif", "a,b", ""])
def test_stated__no_shift__is_none(text: str) -> None:
    assert ChannelShift.stated(text) is None


def test_stated__two_numbers__are_x_and_y() -> None:
    assert ChannelShift.stated("1.5, -0.3") == ChannelShift(1.5, -0.3)
