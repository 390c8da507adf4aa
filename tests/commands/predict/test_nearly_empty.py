"""Tests for `gapjunction.commands.predict.nearly_empty`."""

import logging

import numpy as np
import pytest

from gapjunction.commands.predict.nearly_empty import NearlyEmpty

DARK = np.zeros((1, 64, 64), np.uint8)
DARK[0, 20:24, 20:24] = 12


def test_tell__dark_images__are_named_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    empty = NearlyEmpty()
    for number in range(4):
        empty.look_at(f"slice_{number}", DARK, 0, 0.0)
    empty.tell()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("4 images are nearly empty (slice_0, slice_1, slice_2, ...)")


def test_tell__bright_image_or_one_with_many_objects__is_not_empty(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    empty = NearlyEmpty()
    empty.look_at("bright", DARK * np.uint8(10), 0, 0.0)
    empty.look_at("full", DARK, 6, 0.0)
    empty.tell()
    assert not caplog.records


def test_look_at__dim_image_of_16_bits__is_empty_beside_bright_ones_only() -> None:
    image = DARK.astype(np.uint16)
    alone, beside = NearlyEmpty(), NearlyEmpty()
    alone.look_at("a", image, 0, 0.0)
    beside.look_at("a", image, 0, 600.0)
    assert (alone.names, beside.names) == ([], ["a"])
