"""What a study of two groups can find, and how many animals the next one needs.

All is for the t-test of log ratios, two-sided at 0.05, with a power of 80 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from gapjunction.metrics.group_effects import TwoGroups, stratum_weights
from gapjunction.metrics.interval import CONFIDENCE

POWER = 0.8
RATIOS = (1.25, 1.5, 2.0)
SAFETY = 0.8  # how sure to be that the animals vary no more than is planned for
FEWEST = 4  # a group: of three and three, no permutation has p below 0.1
MOST = 1000


@dataclass(frozen=True, slots=True)
class NextStudy:
    """Animals in each of two groups to find a ratio; None: more than MOST.

    Attributes:
        num_animals: if animals vary as they do here.
        num_to_be_safe: if they vary as much as these few cannot exclude (upper 80 % limit).
    """

    ratio: float
    num_animals: int | None
    num_to_be_safe: int | None


@dataclass(frozen=True, slots=True)
class Planning:
    """What these animals tell of their spread, and what follows.

    Attributes:
        spread: standard deviation of animals by the mean of their group, pooled.
        detectable_ratio: the smallest ratio above 1 that a study of this size finds in 80 %.
    """

    spread: float
    detectable_ratio: float
    next_studies: tuple[NextStudy, ...]


def plan(strata: Sequence[TwoGroups]) -> Planning | None:
    """Return it from the groups of one comparison; None where nothing varies, or a mean is 0."""
    groups = [values for each in strata for values in (each.first, each.second)]
    freedom = sum(len(values) - 1 for values in groups)
    if freedom < 1 or min(values.mean() for values in groups) <= 0:
        return None
    squares = sum(float(np.sum((values / values.mean() - 1) ** 2)) for values in groups)
    spread = float(np.sqrt(squares / freedom))
    if spread <= 0:
        return None
    largest = spread * float(np.sqrt(freedom / stats.chi2.ppf(1 - SAFETY, freedom)))
    weights = stratum_weights(strata)
    sizes = np.array([1 / len(each.first) + 1 / len(each.second) for each in strata])
    error = spread * float(np.sqrt(np.sum(weights**2 * sizes)))
    return Planning(
        spread,
        float(np.exp(error * _distance(freedom))),
        tuple(
            NextStudy(ratio, animals_needed(ratio, spread), animals_needed(ratio, largest))
            for ratio in RATIOS
        ),
    )


def animals_needed(ratio: float, spread: float) -> int | None:
    """Return how many animals each of two groups needs to find a ratio; None: above MOST."""
    for number in range(FEWEST, MOST + 1):
        if np.log(ratio) >= spread * np.sqrt(2 / number) * _distance(2 * number - 2):
            return number
    return None


def _distance(freedom: int) -> float:
    """Return how many standard errors an effect must have to be found with the power."""
    critical = stats.t.ppf((1 + CONFIDENCE) / 2, freedom)
    return float(special.nctdtrinc(freedom, 1 - POWER, critical))
