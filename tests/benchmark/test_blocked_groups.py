"""Tests for `gapjunction.benchmark.blocked_groups`."""

import numpy as np
import pytest

from gapjunction.benchmark.blocked_groups import blocks_of, compare_in_blocks
from gapjunction.benchmark.groups import Comparison
from group_cases import asset, littermates, study, two_groups

LITTERS = [(10.0, 20.0), (100.0, 190.0), (30.0, 66.0), (5.0, 11.0), (70.0, 130.0), (20.0, 41.0)]


def compare(*pairs: tuple[float, float]) -> Comparison | None:
    blocks = blocks_of(littermates(*pairs), "litter")
    rng = np.random.default_rng(0)
    groups = ("healthy", "epilepsy")
    return compare_in_blocks(blocks, "diagnosis", "plaques_per_image", groups, 1000, rng)


def test_blocks_of__assets_without_a_block__are_left_out() -> None:
    blocks = blocks_of([*littermates((1, 2), (3, 4)), asset(5)], "litter")
    assert [(name, len(members)) for name, members in blocks.items()] == [
        (("rats", "L0"), 2),
        (("rats", "L1"), 2),
    ]


def test_compare_in_blocks__litters_of_very_different_level__shows_the_ratio_within_them() -> None:
    comparison = compare(*LITTERS)
    assert comparison is not None
    assert comparison.num_blocks == 6
    assert comparison.effect.ratio is not None
    assert comparison.effect.ratio.interval is not None
    assert comparison.effect.ratio.value == pytest.approx(
        (2 * 1.9 * 2.2 * 2.2 * (13 / 7) * 2.05) ** (1 / 6)
    )
    assert 1.8 < comparison.effect.ratio.interval.low < comparison.effect.ratio.interval.high < 2.2
    assert comparison.test.p_value == pytest.approx(2 / 64)


def test_compare_in_blocks__one_litter__is_none() -> None:
    assert compare((1, 2)) is None


def test_study_groups__blocks__compare_what_is_unclear_without_them() -> None:
    within, without = (
        study(littermates(*LITTERS), "diagnosis", block=block).comparisons[0].test.p_value
        for block in ("litter", None)
    )
    assert within < 0.05 < without


def test_study_groups__no_block_with_both_groups__is_said() -> None:
    found = study(two_groups([1, 2], [3, 4]), "diagnosis", block="sex")
    assert found.comparisons == ()
    assert "fewer than 2 blocks (sex) have both" in found.not_compared[0]
