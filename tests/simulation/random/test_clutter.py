"""Tests for `gapjunction.simulation.random.clutter`."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.simulation.random.clutter import KINDS, Kind, strew_clutter
from gapjunction.simulation.random.yardstick import Yardstick
from gapjunction.simulation.tissue import FloatArray

HEADROOM = 200.0
SMALL = Yardstick(
    0.2, width_px=2.5, length_px=8.0, sigma_px=0.7, peak_photons=100.0, headroom_photons=HEADROOM
)
LARGE = Yardstick(
    0.05, width_px=14.0, length_px=34.0, sigma_px=2.5, peak_photons=100.0, headroom_photons=HEADROOM
)
COARSE = Yardstick(
    0.3, width_px=8.0, length_px=38.0, sigma_px=0.6, peak_photons=100.0, headroom_photons=HEADROOM
)
NAMES = [kind.draw.__name__ for kind in KINDS]


def extents_px(patch: FloatArray) -> tuple[int, int]:
    """Return the shorter and the longer side of the box around the brighter half of a patch."""
    rows, columns = np.nonzero(patch > 0.5)
    sides = sorted((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1))
    return sides[0], sides[1]


@pytest.mark.parametrize("yardstick", [SMALL, LARGE, COARSE], ids=["small", "large", "coarse"])
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_kinds__none_has_the_size_of_a_plaque(kind: Kind, yardstick: Yardstick) -> None:
    for seed in range(10):
        shorter, longer = extents_px(kind.draw(yardstick, np.random.default_rng(seed)))
        is_wider = shorter > 1.4 * yardstick.width_px and shorter >= 9
        is_longer = longer > 1.2 * yardstick.length_px
        assert is_wider or is_longer


def test_kinds__streaks__are_long_in_coarse_pixels_too() -> None:
    (streak,) = (kind for kind in KINDS if kind.draw.__name__ == "_streak")
    patches = [streak.draw(COARSE, np.random.default_rng(seed)) for seed in range(40)]
    # They may be bent, and their ends are dim.
    assert min(extents_px(patch)[1] for patch in patches) > 0.8 * COARSE.length_px


def test_strew_clutter__what_must_not_saturate__stays_within_the_headroom() -> None:
    dark = replace(SMALL, headroom_photons=0.0)
    saturating = [kind.draw.__name__ for kind in KINDS if kind.can_saturate]
    fields = [strew_clutter(dark, 128, np.random.default_rng(seed)) for seed in range(60)]
    lit_share = np.mean([field.max() > 0 for field in fields])
    assert saturating == ["_large_clump", "_glare", "_streak"]
    assert 0 < lit_share < 0.3


def test_strew_clutter__same_seed__same_light() -> None:
    first, second = (strew_clutter(SMALL, 128, np.random.default_rng(1)) for _ in range(2))
    assert (first == second).all()


def test_strew_clutter__fields__hold_none_few_or_many() -> None:
    fields = [strew_clutter(SMALL, 256, np.random.default_rng(seed)) for seed in range(30)]
    covered = [float((field[0] > 1).mean()) for field in fields]
    assert 0.05 < np.mean([share == 0 for share in covered]) < 0.4
    assert max(covered) > 0.15
    assert min(float(field.min()) for field in fields) == 0


def test_strew_clutter__light__grows_with_that_of_the_plaques() -> None:
    bright = Yardstick(
        0.2,
        width_px=2.5,
        length_px=8.0,
        sigma_px=0.7,
        peak_photons=300.0,
        headroom_photons=3 * HEADROOM,
    )
    once, thrice = (strew_clutter(y, 128, np.random.default_rng(6)) for y in (SMALL, bright))
    assert once.max() > 10
    assert thrice == pytest.approx(3 * once)


def test_strew_clutter__some_shine_in_connexin_alone_and_some_in_all_channels() -> None:
    ratios = []
    for seed in range(40):
        connexin, gfap, _ = strew_clutter(SMALL, 96, np.random.default_rng(seed))
        if connexin.max() > 1:
            ratios.append(float(gfap.max() / connexin.max()))
    assert min(ratios) < 0.1
    assert max(ratios) > 0.5
