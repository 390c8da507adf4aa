"""Tests for `gapjunction.images.microscope_scene`."""

import numpy as np
import pytest

from gapjunction.images.microscope_scene import MicroscopeScene, square_side


@pytest.mark.parametrize(
    ("width_um", "height_um", "side"),
    [
        (0.1, 0.1, 0.1),
        (0.1, 0.1005, 0.1),
        (0.1, 0.2, None),
        (0.0, 0.0, None),
        (None, 0.1, None),
        (-0.1, -0.1, None),
        (float("inf"), float("inf"), None),
        (0.1, float("nan"), None),
    ],
)
def test_square_side__only_a_square_has_one(
    width_um: float | None, height_um: float | None, side: float | None
) -> None:
    assert square_side(width_um, height_um) == side


def test_str__names_every_axis() -> None:
    scene = MicroscopeScene(
        name="",
        channel_names=("DAPI", "Cx43"),
        num_slices=3,
        num_times=1,
        height=5,
        width=7,
        dtype=np.dtype(np.uint16),
        um_per_px=0.103,
        is_color=False,
        read_plane=lambda *_: np.zeros((5, 7)),
    )
    assert str(scene) == (
        "2 channels (1 DAPI, 2 Cx43), 3 slices, 1 time, 7 x 5 px of uint16, 0.103 um/px"
    )
