"""Tests for `gapjunction.prediction.structure`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import simulated_blobs
from gapjunction.prediction.structure import find_blobs


@pytest.mark.parametrize("are_dark", [False, True])
def test_find_blobs__like_those_of_a_sample_image__are_found(*, are_dark: bool) -> None:
    found = find_blobs(simulated_blobs(are_dark=are_dark))
    assert found is not None
    assert found.are_dark == are_dark
    assert found.num == 30
    assert found.side_px == pytest.approx(20, abs=2)


def test_find_blobs__16_bits_and_color__are_found_as_well() -> None:
    deep = simulated_blobs().astype(np.uint16) * 200
    found = find_blobs(np.concatenate([deep * 0, deep, deep * 0]))
    assert found is not None
    assert found.num == 30


def noise() -> NDArray[np.uint8]:
    return np.random.default_rng(0).poisson(30, (1, 200, 300)).astype(np.uint8)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((1, 64, 64), np.uint8),
        np.full((3, 64, 64), 255, np.uint8),
        noise(),
        noise() + np.arange(200, dtype=np.uint8)[:, None],
        simulated_blobs()[:, :40, :40],
        np.zeros((1, 1, 1), np.uint16),
    ],
    ids=["black", "white", "noise", "slope", "a few blobs", "one pixel"],
)
def test_find_blobs__hardly_any__is_none(image: NDArray[np.uint8]) -> None:
    assert find_blobs(image) is None
