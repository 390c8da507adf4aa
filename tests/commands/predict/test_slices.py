"""Tests for `gapjunction.commands.predict.slices`."""

import logging
from pathlib import Path

import pytest

from gapjunction.commands.predict.slices import tell_of_slices
from gapjunction.dataset.names import ImageOrigin
from gapjunction.prediction.listed_image import ListedImage


def listed(asset: str, *stems: str) -> list[ListedImage]:
    return [ListedImage(ImageOrigin("RAT", asset, Path(f"{stem}.webp")), stem) for stem in stems]


def test_tell_of_slices__stacks_beside_other_images__are_named_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    others = listed("c", "field1", "field2")
    tell_of_slices([*listed("a", "1_Z3_", "2_Z2_"), *listed("b", "3_z1", "4_z2", "5_z3"), *others])
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("5 images of 2 stacks (RAT/a, RAT/b) are slices")


def test_tell_of_slices__no_stack__says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    tell_of_slices(listed("a", "field1", "field2"))
    assert not caplog.text
