"""How often group comparisons that are adjusted for covariates err, in simulated studies.

python -m bench.adjusted_groups [STUDIES]

Animals, their fields and counts are those of `bench.group_tests`; older animals have more objects,
8 % a month, and the second group is two months older, of 4 to 12 months; of either sex (drawn) the
one has 1.3 times the objects. Prints, for each design, how many studies could be adjusted, and of
these how often p is at most 0.05, how often the interval holds the true ratio, how wide it is, and
how often p of the plain comparison is at most 0.05. 2,000 studies a design take two minutes.
"""

from dataclasses import dataclass

import numpy as np

from bench.group_tests import animal_mean
from bench.simulated_studies import LEVEL, percent, print_designs
from gapjunction.metrics.adjusted_ratio import AdjustedRatio, AdjustedRows, adjusted_ratio
from gapjunction.metrics.group_effects import FloatArray, TwoGroups
from gapjunction.metrics.group_permutation import permutation_test

NUM_DRAWN = 500
YOUNGEST, OLDEST, MONTHS_OLDER = 4.0, 12.0, 2.0  # the second group
BY_MONTH, BY_SEX = 1.08, 1.3


@dataclass(frozen=True, slots=True)
class Design:
    """Animals of both groups, in one dataset.

    Attributes:
        sizes: animals of the first group and of the second.
        has_sex: adjusted for it beside age.
        spreads: coefficients of variation of animals, first group and second.
        mean: objects in a field of the first group.
    """

    title: str
    sizes: tuple[int, int]
    has_sex: bool = True
    spreads: tuple[float, float] = (0.3, 0.3)
    ratio: float = 1.0
    mean: float = 40.0


DESIGNS = (
    Design("3 v 3, age", (3, 3), has_sex=False),
    Design("3 v 3, age and sex", (3, 3)),
    Design("4 v 4, age", (4, 4), has_sex=False),
    Design("4 v 4, age and sex", (4, 4)),
    Design("6 v 6, age and sex", (6, 6)),
    Design("3 v 6, age and sex", (3, 6)),
    Design("4 v 12, age and sex", (4, 12)),
    Design("4 v 4, animals vary more", (4, 4), spreads=(0.5, 0.5)),
    Design("4 v 4, three objects a field", (4, 4), mean=3.0),
    Design("6 v 6, spread 0.4 and 0.2", (6, 6), spreads=(0.4, 0.2)),
    Design("4 v 12, spread 0.4 and 0.2", (4, 12), spreads=(0.4, 0.2)),
    Design("4 v 12, spread 0.6 and 0.2", (4, 12), spreads=(0.6, 0.2)),
    Design("12 v 4, spread 0.6 and 0.2", (12, 4), spreads=(0.6, 0.2)),
    Design("3 v 3, age, ratio 1.6", (3, 3), has_sex=False, ratio=1.6),
    Design("4 v 4, age and sex, ratio 1.6", (4, 4), ratio=1.6),
    Design("6 v 6, age and sex, ratio 1.6", (6, 6), ratio=1.6),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of studies, 0 to 1: the first of all, the others of those that could be adjusted.

    Attributes:
        median_width: high / low of the interval.
        plain_significant: p of the comparison that is not adjusted is at most 0.05.
    """

    adjusted: float
    significant: float
    holds: float
    median_width: float
    plain_significant: float


def outcome_of(design: Design, num_studies: int, rng: np.random.Generator) -> Outcome:
    """Simulate studies and compare their groups as the report does."""
    told = [told for _ in range(num_studies) if (told := _told(design, rng)) is not None]
    significant, holds, widths, plain = np.array(told, np.float64).reshape(-1, 4).T
    return Outcome(
        len(told) / num_studies,
        float(significant.mean()),
        float(holds.mean()),
        float(np.median(widths)),
        float(plain.mean()),
    )


def main() -> None:
    """Print a row for each design."""
    columns = ("adjusted", "p <= 0.05", "interval holds", "width", "plain p <= 0.05")
    print_designs(DESIGNS, ("design", *columns), _cells, "5 and 95 %")


def _cells(design: Design, num_studies: int, rng: np.random.Generator) -> tuple[str, ...]:
    found = outcome_of(design, num_studies, rng)
    shares = (found.adjusted, found.significant, found.holds)
    width, plain = f"{found.median_width:.2f}", percent(found.plain_significant)
    return (design.title, *map(percent, shares), width, plain)


def _told(design: Design, rng: np.random.Generator) -> tuple[bool, bool, float, bool] | None:
    """Return what a study says, None where it could not be adjusted."""
    in_second = np.repeat([False, True], design.sizes)
    age = rng.uniform(YOUNGEST, OLDEST, len(in_second)) + MONTHS_OLDER * in_second
    sex = rng.integers(0, 2, len(in_second))
    values = _values(design, in_second, age, sex, rng)
    covariates = np.stack([age, sex] if design.has_sex else [age], axis=1)
    strata = np.zeros(len(in_second), np.int64)
    if values.min() <= 0:
        return None
    found = adjusted_ratio(AdjustedRows(values, in_second, strata, covariates))
    if not isinstance(found, AdjustedRatio):
        return None
    low, high = found.interval.low, found.interval.high
    plain = permutation_test([TwoGroups(values[~in_second], values[in_second])], NUM_DRAWN, rng)
    holds = low <= design.ratio <= high
    return found.p_value <= LEVEL, holds, high / low, plain.p_value <= LEVEL


def _values(
    design: Design,
    in_second: np.ndarray,
    age: FloatArray,
    sex: np.ndarray,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the mean count of each animal's fields (N,)."""
    by_group = np.where(in_second, design.ratio, 1.0)
    by_sex = np.where(sex, BY_SEX, 1.0) if design.has_sex else 1.0
    means = design.mean * by_group * by_sex * BY_MONTH ** (age - (YOUNGEST + OLDEST) / 2)
    spreads = np.where(in_second, design.spreads[1], design.spreads[0])
    return np.array(
        [animal_mean(mean, spread, rng) for mean, spread in zip(means, spreads, strict=True)]
    )


if __name__ == "__main__":
    main()
