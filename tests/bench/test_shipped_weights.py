"""Tests for `bench.shipped_weights`."""

from bench.shipped_weights import GOING_ON, SALIENCE, Amount

from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.shipped import SHIPPED_MODEL


def test_salience__weights_that_ship__have_it() -> None:
    assert load_checkpoint(SHIPPED_MODEL).config.salience == SALIENCE


def test_amount__what_is_asked__is_taken_and_the_rest_as_usual() -> None:
    assert Amount(max_epochs=3).of(GOING_ON) == GOING_ON.but(max_epochs=3)
