"""Tests for `gapjunction.images.pixel_size`."""

import pytest

from gapjunction.images.pixel_size import reason_for_doubt


@pytest.mark.parametrize("um_per_px", [0.02, 0.103, 0.5, 0.8, 1.01, 2.0])
def test_reason_for_doubt__size_of_a_microscope__is_none(um_per_px: float) -> None:
    assert reason_for_doubt(um_per_px) is None


def test_reason_for_doubt__one_um__is_a_placeholder() -> None:
    reason = reason_for_doubt(1.0)
    assert reason is not None
    assert "where they know none" in reason


@pytest.mark.parametrize("um_per_px", [25400.0, 25400 / 72, 25400 / 96, 25400 / 300, 1e-6])
def test_reason_for_doubt__inches_and_other_units__are_no_microscopes(um_per_px: float) -> None:
    assert reason_for_doubt(um_per_px) == "no light microscope has such pixels"
