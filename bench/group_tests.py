"""How often the group comparison of `gapjunction report` errs, in simulated studies.

python -m bench.group_tests [STUDIES]

Animals differ by a log-normal factor, fields of an animal by a gamma factor, and what is counted
in a field is Poisson. A study has one value for each animal, the mean of its fields, as the report
has. Prints, for each design, how often p is at most 0.05, how often the interval holds the true
ratio, how often it leaves out 1, and how often p and interval disagree on that. 2,000 studies a
design, the default, take two minutes.
"""

from dataclasses import dataclass

import numpy as np

from bench.simulated_studies import LEVEL, percent, print_designs
from gapjunction.metrics.group_effects import FloatArray, TwoGroups, ratio_of_means
from gapjunction.metrics.group_permutation import paired_permutation_test, permutation_test
from gapjunction.metrics.paired_effects import paired_ratio

NUM_DRAWN = 2000
FIELDS = (2, 8)  # of an animal
CV_OF_FIELDS = 0.3


@dataclass(frozen=True, slots=True)
class Design:
    """Animals of both groups, in each of some datasets.

    Attributes:
        sizes: animals of the first group and of the second in each dataset, or in each block.
        spreads: coefficients of variation of animals, first group and second.
        mean: objects in a field of the first group.
        num_blocks: litters, within which groups are compared; 0: compared within datasets.
    """

    title: str
    sizes: tuple[int, int]
    spreads: tuple[float, float] = (0.3, 0.3)
    ratio: float = 1.0
    mean: float = 40.0
    num_datasets: int = 1
    num_blocks: int = 0


DESIGNS = (
    Design("3 v 3", (3, 3)),
    Design("4 v 4", (4, 4)),
    Design("6 v 6", (6, 6)),
    Design("3 v 6", (3, 6)),
    Design("4 v 12", (4, 12)),
    Design("4 v 12, animals vary more", (4, 12), (0.5, 0.5)),
    Design("6 v 6, one object a field", (6, 6), mean=1.0),
    Design("two datasets of 3 v 3", (3, 3), num_datasets=2),
    Design("4 v 12, spread 0.4 and 0.2", (4, 12), (0.4, 0.2)),
    Design("4 v 12, spread 0.6 and 0.2", (4, 12), (0.6, 0.2)),
    Design("12 v 4, spread 0.6 and 0.2", (12, 4), (0.6, 0.2)),
    Design("6 litters of 1 v 1", (1, 1), num_blocks=6),
    Design("4 litters of 2 v 2", (2, 2), num_blocks=4),
    Design("8 litters of 1 v 2, spread 0.6 and 0.2", (1, 2), (0.6, 0.2), num_blocks=8),
    Design("3 v 3, ratio 1.6", (3, 3), ratio=1.6),
    Design("4 v 4, ratio 1.6", (4, 4), ratio=1.6),
    Design("6 v 6, ratio 1.6", (6, 6), ratio=1.6),
    Design("3 v 6, ratio 1.6", (3, 6), ratio=1.6),
    Design("4 v 12, ratio 1.6", (4, 12), ratio=1.6),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of studies, 0 to 1."""

    significant: float
    holds: float
    leaves_out_1: float
    disagree: float


def outcome_of(design: Design, num_studies: int, rng: np.random.Generator) -> Outcome:
    """Simulate studies and compare their groups as the report does."""
    told = np.array([_told(_study(design, rng), design, rng) for _ in range(num_studies)])
    significant, holds, leaves_out_1 = told.T
    return Outcome(
        float(significant.mean()),
        float(holds.mean()),
        float(leaves_out_1.mean()),
        float((significant != leaves_out_1).mean()),
    )


def main() -> None:
    """Print a row for each design."""
    columns = ("p <= 0.05", "interval holds", "leaves out 1", "p and interval disagree")
    print_designs(DESIGNS, ("design", *columns), _cells, "5 and 95 %")


def _cells(design: Design, num_studies: int, rng: np.random.Generator) -> tuple[str, ...]:
    found = outcome_of(design, num_studies, rng)
    shares = (found.significant, found.holds, found.leaves_out_1, found.disagree)
    return (design.title, *map(percent, shares))


def _study(design: Design, rng: np.random.Generator) -> list[TwoGroups]:
    means = (design.mean, design.mean * design.ratio)
    return [
        TwoGroups(
            *(
                np.array([animal_mean(mean, spread, rng) for _ in range(size)])
                for mean, spread, size in zip(means, design.spreads, design.sizes, strict=True)
            )
        )
        for _ in range(design.num_blocks or design.num_datasets)
    ]


def animal_mean(mean: float, spread: float, rng: np.random.Generator) -> float:
    """Return the mean count of an animal's fields."""
    sigma = np.sqrt(np.log1p(spread**2))
    own = mean * np.exp(rng.normal(-(sigma**2) / 2, sigma))
    num_fields = rng.integers(FIELDS[0], FIELDS[1], endpoint=True)
    shape = CV_OF_FIELDS**-2
    expected: FloatArray = own * rng.gamma(shape, 1 / shape, num_fields)
    return float(rng.poisson(expected).mean())


def _told(
    strata: list[TwoGroups], design: Design, rng: np.random.Generator
) -> tuple[bool, bool, bool]:
    """Return whether p is small, the interval holds the true ratio, and leaves out 1."""
    test, ratio_of = (
        (paired_permutation_test, paired_ratio)
        if design.num_blocks
        else (permutation_test, ratio_of_means)
    )
    p_value, ratio = test(strata, NUM_DRAWN, rng).p_value, ratio_of(strata)
    if ratio is None or ratio.interval is None:
        return p_value <= LEVEL, True, False
    low, high = ratio.interval.low, ratio.interval.high
    return p_value <= LEVEL, low <= design.ratio <= high, not low <= 1 <= high


if __name__ == "__main__":
    main()
