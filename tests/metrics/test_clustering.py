"""Tests for `gapjunction.metrics.clustering`."""

import numpy as np
import pytest

from gapjunction.metrics.clustering import clustering
from gapjunction.metrics.group_effects import FloatArray

# Shrout & Fleiss 1979, six targets by four judges: ICC(1) 0.17, F 1.79 with 5 and 18 degrees.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def assets(*values: list[float]) -> list[FloatArray]:
    return [np.array(each, np.float64) for each in values]


def test_clustering__shrout_and_fleiss__has_their_icc_and_interval() -> None:
    """The interval is that of psych::ICC and of pingouin: -0.133 to 0.723."""
    found = clustering([[np.array(row, np.float64) for row in SHROUT_FLEISS]])
    assert found is not None
    assert found.icc.value == pytest.approx(0.1657, abs=5e-5)
    assert found.icc.interval is not None
    assert found.icc.interval.low == 0  # -0.133 before it is cut at 0
    assert found.icc.interval.high == pytest.approx(0.7226, abs=5e-5)
    assert found.design_effect == pytest.approx(1 + 3 * found.icc.value)


def test_clustering__levels_of_groups__play_no_part() -> None:
    one = assets([1, 2], [3, 4], [5, 7])
    tenfold = [10 * each for each in one]
    alone, both = clustering([one]), clustering([one, tenfold])
    assert alone is not None
    assert both is not None
    assert both.icc.value == pytest.approx(alone.icc.value)


@pytest.mark.long
def test_clustering__simulated_assets_of_unequal_size__finds_the_icc_that_was_put_in() -> None:
    rng = np.random.default_rng(0)
    group = [100 + rng.normal(0, 3) + rng.normal(0, 4, rng.integers(2, 9)) for _ in range(4000)]
    found = clustering([group])
    assert found is not None
    assert found.icc.value == pytest.approx(9 / 25, abs=0.02)


@pytest.mark.parametrize(
    "group", [assets([1], [2], [3]), assets([1, 2, 3]), assets([1, 1], [1, 1]), assets([0, 0], [0])]
)
def test_clustering__nothing_to_compare__is_not_known(group: list[FloatArray]) -> None:
    assert clustering([group]) is None
