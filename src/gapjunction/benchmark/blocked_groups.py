"""Compare two groups within blocks: littermates, or the two sides of an animal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from gapjunction.benchmark.asset_measures import AssetMeasures, Measure
from gapjunction.benchmark.groups import Comparison, Effect, two_groups_of, value_of
from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.group_permutation import paired_permutation_test
from gapjunction.metrics.paired_effects import MIN_BLOCKS, paired_ratio

Blocks = Mapping[tuple[str, str], Sequence[AssetMeasures]]


def blocks_of(assets: Sequence[AssetMeasures], column: str) -> Blocks:
    """Return the assets of each block by dataset and block; those that tell none are left out."""
    blocks: dict[tuple[str, str], list[AssetMeasures]] = defaultdict(list)
    for asset in assets:
        if block := value_of(asset.metadata, column):
            blocks[asset.dataset, block].append(asset)
    return blocks


def compare_in_blocks(
    blocks: Blocks,
    factor: str,
    measure: Measure,
    groups: tuple[str, str],
    num_drawn: int,
    rng: np.random.Generator,
) -> Comparison | None:
    """Compare two groups within the blocks that have both; None where there are fewer than two."""
    pairs = [two_groups_of(members, factor, measure, groups) for members in blocks.values()]
    used = [each for each in pairs if min(len(each.first), len(each.second)) > 0]
    if len(used) < MIN_BLOCKS:
        return None
    return Comparison(
        factor,
        measure,
        *groups,
        is_between_datasets=False,
        effect=_effect(used),
        by_dataset=(),
        test=paired_permutation_test(used, num_drawn, rng),
        num_blocks=len(used),
    )


def _effect(blocks: Sequence[TwoGroups]) -> Effect:
    first = np.concatenate([each.first for each in blocks])
    second = np.concatenate([each.second for each in blocks])
    return Effect(
        "",
        len(first),
        len(second),
        float(first.mean()),
        float(second.mean()),
        ratio=paired_ratio(blocks),
        hedges_g=None,
    )
