"""Tests for `gapjunction.overlays.bar_length`."""

import pytest

from gapjunction.overlays.bar_length import length_text, round_length


@pytest.mark.parametrize(("longest", "length"), [(27, 20), (0.6, 0.5), (1, 1), (9.9, 5)])
def test_round_length__longest__is_not_exceeded(longest: float, length: float) -> None:
    assert round_length(longest) == length


@pytest.mark.parametrize(("um", "text"), [(0.2, "200 nm"), (5, "5 \u00b5m"), (5000, "5 mm")])
def test_length_text__length__has_its_unit(um: float, text: str) -> None:
    assert length_text(um) == text
