import numpy as np
import pytest
from scipy.spatial import KDTree

from gapjunction.simulation.random.crowds import (
    MOST_IN_FIELD,
    TIGHT,
    USUAL,
    Crowding,
    draw_crowds,
)

WIDTH_PX, SIZE_PX = 4.0, 256


@pytest.mark.long
@pytest.mark.parametrize("crowding", [USUAL, TIGHT], ids=["usual", "tight"])
@pytest.mark.parametrize("seed", range(6))
def test_draw_crowds__spots_of_one_crowd__are_a_spacing_apart(
    crowding: Crowding, seed: int
) -> None:
    for crowd in draw_crowds(WIDTH_PX, SIZE_PX, crowding, np.random.default_rng(seed)):
        is_scattered = not crowd.center_px.any()  # over the field, as they fall
        if is_scattered or len(crowd.places_px) < 2:
            continue
        nearer_than = 0.8 * crowding.spacing[0] * WIDTH_PX
        assert not KDTree(crowd.places_px).query_pairs(nearer_than)


@pytest.mark.long
def test_draw_crowds__many_fields__from_nearly_empty_to_packed_but_never_more() -> None:
    numbers = [
        sum(
            len(crowd.places_px)
            for crowd in draw_crowds(3.0, 512, USUAL, np.random.default_rng(seed))
        )
        for seed in range(30)
    ]
    assert min(numbers) < 40
    assert max(numbers) > 400
    assert np.median([num for num in numbers if num <= MOST_IN_FIELD]) > 40


@pytest.mark.long
def test_draw_crowds__glow__has_a_brightness_and_a_middle() -> None:
    fields = [
        draw_crowds(WIDTH_PX, SIZE_PX, USUAL, np.random.default_rng(seed)) for seed in range(8)
    ]
    glows = [crowd.glow for field in fields for crowd in field if crowd.glow is not None]
    assert len(glows) > 10
    assert all(0 < glow.max() <= 1.3 for glow in glows)
