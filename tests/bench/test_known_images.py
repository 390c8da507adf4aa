"""Tests for `bench.known_images`."""

from bench.known_images import FIRST
from bench.shipped_weights import NUM_GOING_ON, NUM_TRAIN, NUM_VAL


def test_first__images__are_none_that_the_weights_saw() -> None:
    assert NUM_VAL + max(NUM_TRAIN, NUM_GOING_ON) < FIRST
