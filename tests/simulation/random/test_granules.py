"""Tests for `gapjunction.simulation.random.granules`."""

import numpy as np
import pytest
from scipy.ndimage import label

from gapjunction.simulation.random import granules
from gapjunction.simulation.random.granules import strew_granules, telling_channels
from gapjunction.simulation.random.yardstick import Yardstick
from gapjunction.simulation.tissue import FloatArray

YARDSTICK = Yardstick(
    0.2, width_px=5.0, length_px=9.0, sigma_px=0.9, peak_photons=100.0, headroom_photons=200.0
)
RED, GREEN, BLACK = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0)
CYAN, WHITE = (0.3, 1.0, 1.0), (1.0, 1.0, 1.0)


def strewn(*colors: tuple[float, ...]) -> list[FloatArray]:
    return [
        strew_granules(YARDSTICK, np.array(colors), 256, np.random.default_rng(seed))
        for seed in range(12)
    ]


@pytest.mark.parametrize(
    ("colors", "expected"),
    [
        ([RED], []),
        ([RED, RED], []),
        ([WHITE, GREEN], []),
        ([RED, GREEN], [1]),
        ([RED, BLACK, GREEN], [2]),
        ([CYAN, RED], []),
        ([GREEN, CYAN, WHITE], [1, 2]),
    ],
)
def test_telling_channels__show_what_the_color_of_connexin_lacks(
    colors: list[tuple[float, ...]], expected: list[int]
) -> None:
    assert telling_channels(np.array(colors)) == expected


def test_strew_granules__no_channel_tells__there_are_none() -> None:
    assert not any(field.any() for field in strewn(GREEN, GREEN))


def test_strew_granules__a_channel_tells__it_shows_every_granule() -> None:
    fields = [field for field in strewn(RED, GREEN) if field.any()]
    assert 3 <= len(fields) < 12
    for connexin, telling, _ in fields:
        lit = connexin > 0
        assert (telling[lit] >= 0.49 * connexin[lit]).all()


def test_strew_granules__several_channels_tell__one_or_more_of_them_show_each_field() -> None:
    shares = []
    for connexin, *others in strewn(RED, GREEN, (0.0, 0.0, 1.0)):
        if connexin.any():
            row, column = np.unravel_index(int(connexin.argmax()), connexin.shape)
            shares.append([float(other[row, column] / connexin[row, column]) for other in others])
    assert min(map(max, shares)) > 0.45
    assert min(map(min, shares)) < 0.4


def test_strew_granules__alone__are_as_small_as_plaques(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granules, "NUM_IN_GROUP", (1.0, 1.0))
    sizes: list[int] = []
    for connexin, *_ in strewn(RED, GREEN):
        regions, _ = label(connexin > 0.5 * connexin.max(initial=1))
        sizes += np.bincount(regions.ravel())[1:].tolist()
    assert len(sizes) > 5
    # They are 1.2 plaques wide at most; few touch.
    assert np.median(sizes) <= np.pi / 4 * (1.3 * YARDSTICK.width_px) ** 2


def test_strew_granules__same_seed__same_light() -> None:
    for first, second in zip(strewn(RED, GREEN), strewn(RED, GREEN), strict=True):
        assert np.array_equal(first, second)
