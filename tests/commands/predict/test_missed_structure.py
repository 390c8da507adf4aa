"""Tests for `gapjunction.commands.predict.missed_structure`."""

import logging

import numpy as np
import pytest
from numpy.typing import NDArray

from builders import simulated_blobs
from gapjunction.commands.predict.missed_structure import MissedStructure
from gapjunction.models.checkpoint import DetectorConfig

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), overlap=64)


def told(
    log: pytest.LogCaptureFixture,
    *images: NDArray[np.uint8],
    num_counted: int = 0,
    um_per_px: float | None = None,
    scale: float = 1.0,
) -> list[str]:
    missed = MissedStructure(CONFIG)
    for number, image in enumerate(images):
        missed.look_at(f"image_{number}", image, num_counted, scale, um_per_px)
    with log.at_level(logging.INFO):
        missed.tell()
    return log.messages


def test_tell__bright_blobs__says_what_was_looked_for_and_what_to_try(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (line,) = told(caplog, simulated_blobs(), um_per_px=0.5)
    assert line.startswith("image_0: next to nothing was counted among bright things of about 19")
    assert "px (9.5 um); the model looks for objects of 3 px (1.5 um) to 56 px (28 um)" in line
    assert "try --scale 0.5 or a lower --threshold" in line


def test_tell__shown_in_a_familiar_size_already__names_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (line,) = told(caplog, simulated_blobs(), scale=0.5)
    assert "--scale" not in line
    assert "try a lower --threshold, or train" in line


def test_tell__shown_enlarged__names_sizes_in_px_of_the_image(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (line,) = told(caplog, simulated_blobs(), scale=2.0)
    assert "of about 19 px;" in line
    assert "of 2 px to 28 px that" in line


def test_tell__many_images__is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    (line,) = told(caplog, *[simulated_blobs()] * 3)
    assert line.startswith("3 images: next to nothing")


def test_tell__dark_blobs__says_to_invert(caplog: pytest.LogCaptureFixture) -> None:
    (line,) = told(caplog, simulated_blobs(are_dark=True))
    assert "darker than their ground" in line
    assert "invert the images" in line


@pytest.mark.parametrize("num_counted", [6, 100])
def test_tell__enough_counted__is_silent(
    caplog: pytest.LogCaptureFixture, num_counted: int
) -> None:
    assert not told(caplog, simulated_blobs(), num_counted=num_counted)


def test_tell__no_blobs__is_silent(caplog: pytest.LogCaptureFixture) -> None:
    assert not told(caplog, np.zeros((1, 64, 64), np.uint8))
