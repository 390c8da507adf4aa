"""Tests for `gapjunction.prediction.scale`."""

import pytest

from gapjunction.models.checkpoint import PixelSizes
from gapjunction.prediction.scale import scale_for

LEARNT = PixelSizes(finest_um=0.1, coarsest_um=0.2)


@pytest.mark.parametrize(
    ("um_per_px", "expected"),
    [(0.1, 1.0), (0.15, 1.0), (0.08, 1.0), (0.25, 1.0), (0.05, 0.5), (0.4, 2.0)],
)
def test_scale_for__pixels_beyond_those_learnt__are_shown_as_the_nearest_of_them(
    um_per_px: float, expected: float
) -> None:
    assert scale_for(um_per_px, LEARNT) == pytest.approx(expected)


def test_scale_for__unknown_on_either_side__leaves_images_as_they_are() -> None:
    assert scale_for(None, LEARNT) == 1.0
    assert scale_for(0.01, None) == 1.0
