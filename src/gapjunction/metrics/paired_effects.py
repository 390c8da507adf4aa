"""The ratio of two groups within blocks, such as litters, or the two sides of an animal."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from gapjunction.metrics.group_effects import Estimate, TwoGroups
from gapjunction.metrics.interval import CONFIDENCE, Interval

MIN_BLOCKS = 2  # one block says nothing about others


def paired_ratio(blocks: Sequence[TwoGroups]) -> Estimate | None:
    """Return the geometric mean of the blocks' ratios, second / first, and the paired t interval.

    Every block counts the same, whatever the number of its assets: the blocks are what varies.
    None where a mean is not above zero; without an interval for one block, or equal ratios.
    """
    means = np.array([(each.first.mean(), each.second.mean()) for each in blocks])
    if means.min() <= 0:
        return None
    logs = np.log(means[:, 1] / means[:, 0])
    ratio, freedom = float(np.exp(logs.mean())), len(logs) - 1
    error = float(logs.std(ddof=1) / np.sqrt(len(logs))) if len(logs) >= MIN_BLOCKS else 0.0
    if error <= 0:
        return Estimate(ratio, None)
    factor = float(np.exp(stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error))
    return Estimate(ratio, Interval(ratio / factor, ratio * factor))
