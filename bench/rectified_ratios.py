"""How often `gapjunction report --rectify` holds the true ratio, in simulated studies.

python -m bench.rectified_ratios [STUDIES]

Animals differ by a log-normal factor, fields of an animal by a gamma factor, and what is there in a
field is Poisson. The detector finds a share that differs between animals (logit, standard deviation
0.5) and by group, and a tenth as many false objects as the first group has true ones. A few fields
of each animal, drawn at random, are annotated. Prints how often the interval of the bare counts,
the rectified one and that of found / annotated in the second group hold the truth, and how wide the
intervals are. 2,000 studies a design, the default, take about five minutes.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from bench.simulated_studies import percent, print_designs
from gapjunction.metrics.group_effects import Estimate, FloatArray, TwoGroups, ratio_of_means
from gapjunction.metrics.rectified_ratio import DoublySampled, rectified_ratio, share_found

FIELDS = (2, 8)  # of an animal
CV_OF_ANIMALS, CV_OF_FIELDS = 0.3, 0.3
SPREAD_OF_RECALL = 0.5  # between animals, on the logit
FALSE_SHARE = 0.1
FIRST_RECALL, TRUE_RATIO = 0.9, 1.6
NUM_IN_ALL = 200_000  # animals that tell what is found on average


@dataclass(frozen=True, slots=True)
class Design:
    """Two groups of animals that are counted by a detector.

    Attributes:
        recall: of the second group's median animal.
        num_annotated: fields of an animal that a person annotates, if it has as many.
        num_animals_annotated: of each group; None: all.
        mean: objects in a field of the first group.
    """

    sizes: tuple[int, int]
    recall: float = 0.7
    num_annotated: int = 1
    num_animals_annotated: int | None = None
    mean: float = 40.0

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What the row of this design says of it."""
        some = self.num_animals_annotated
        of_animals = "" if some is None else f" of {some} animals a group"
        return (
            f"{self.sizes[0]} v {self.sizes[1]}",
            str(self.recall),
            f"{self.mean:g}",
            f"{self.num_annotated}{of_animals}",
        )


DESIGNS = (
    *(Design((6, 6), recall) for recall in (0.9, 0.85, 0.8, 0.7)),
    *(Design((12, 12), recall) for recall in (0.9, 0.85, 0.8, 0.7)),
    Design((3, 3)),
    Design((4, 4)),
    Design((4, 12)),
    Design((12, 4)),
    Design((6, 6), num_annotated=2),
    Design((6, 6), num_annotated=8),
    Design((6, 6), mean=5),
    Design((6, 6), mean=5, num_annotated=4),
    Design((6, 6), mean=5, num_annotated=8),
    Design((12, 12), num_animals_annotated=6),
    Design((12, 12), num_animals_annotated=3),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the studies of a design; shares are from 0 to 1.

    Attributes:
        ratio, rectified: medians.
        holds, rectified_holds, share_holds: how often intervals hold the truth: of the ratio of
            the counts, of the rectified ratio, and of found / annotated in the second group.
        width, rectified_width: median of high / low.
    """

    ratio: float
    holds: float
    width: float
    rectified: float
    rectified_holds: float
    rectified_width: float
    share_holds: float


def outcome_of(design: Design, num_studies: int, rng: np.random.Generator) -> Outcome:
    """Simulate studies, and compare their groups with and without what was annotated."""
    true_share = _true_share(design, rng)
    bare, rectified, shares = [], [], []
    for _ in range(num_studies):
        first = _group(design, 0, design.sizes[0], rng)
        second = _group(design, 1, design.sizes[1], rng)
        bare.append(_told(ratio_of_means([TwoGroups(first.counted, second.counted)]), TRUE_RATIO))
        rectified.append(_told(rectified_ratio([(first, second)]), TRUE_RATIO))
        known = second.is_annotated
        share = share_found(second.found[known], second.annotated[known])
        shares.append(_told(share, true_share))
    of_bare, of_rectified = np.array(bare), np.array(rectified)
    return Outcome(
        float(np.median(of_bare[:, 0])),
        float(of_bare[:, 1].mean()),
        float(np.median(of_bare[:, 2])),
        float(np.median(of_rectified[:, 0])),
        float(of_rectified[:, 1].mean()),
        float(np.median(of_rectified[:, 2])),
        float(np.array(shares)[:, 1].mean()),
    )


def main() -> None:
    """Print a row for each design; the true ratio is 1.6."""
    columns = (
        *("animals", "recall", "mean count", "images annotated"),
        "ratio, holds, high / low",
        "rectified ratio, holds, high / low",
        "found / annotated holds",
    )
    print_designs(DESIGNS, columns, _cells, "95 %")


def _cells(design: Design, num_studies: int, rng: np.random.Generator) -> tuple[str, ...]:
    found = outcome_of(design, num_studies, rng)
    return (
        *design.cells,
        f"{found.ratio:.2f}, {percent(found.holds)}, {found.width:.2f}",
        f"{found.rectified:.2f}, {percent(found.rectified_holds)}, {found.rectified_width:.2f}",
        percent(found.share_holds),
    )


def _told(estimate: Estimate | None, truth: float) -> tuple[float, bool, float]:
    """Return the estimate, whether its interval holds the truth, and high / low.

    Raises:
        ValueError: if there is none, as a design with so few objects tells nothing.
    """
    if estimate is None or estimate.interval is None:
        raise ValueError("expected an interval in every study, got a study without")
    low, high = estimate.interval.low, estimate.interval.high
    return estimate.value, low <= truth <= high, high / low


def _true_share(design: Design, rng: np.random.Generator) -> float:
    """Return found / there in all animals of the second group."""
    sampled = _group(design, 1, NUM_IN_ALL, rng)
    known = sampled.is_annotated
    return float(sampled.found[known].sum() / sampled.annotated[known].sum())


def _group(design: Design, group: int, num_animals: int, rng: np.random.Generator) -> DoublySampled:
    """Return what a detector counts in a group of animals, and what is there in some fields."""
    sigma = np.sqrt(np.log1p(CV_OF_ANIMALS**2))
    mean = design.mean * TRUE_RATIO**group
    own = mean * np.exp(rng.normal(-(sigma**2) / 2, sigma, num_animals))
    shape = (num_animals, FIELDS[1])
    gamma = CV_OF_FIELDS**-2
    there = rng.poisson(own[:, None] * rng.gamma(gamma, 1 / gamma, shape))
    recall = (FIRST_RECALL, design.recall)[group]
    finds = special.expit(special.logit(recall) + rng.normal(0, SPREAD_OF_RECALL, num_animals))
    false = rng.poisson(FALSE_SHARE * design.mean, shape)
    found = rng.binomial(there, finds[:, None]) + false
    num_fields = rng.integers(FIELDS[0], FIELDS[1], num_animals, endpoint=True)
    num_annotated = np.minimum(num_fields, design.num_annotated)
    annotated, found_there = (_means(each, num_annotated) for each in (there, found))
    some = design.num_animals_annotated
    is_annotated = np.arange(num_animals) < (num_animals if some is None else some)
    return DoublySampled(
        _means(found, num_fields),
        np.where(is_annotated, annotated, np.nan),
        np.where(is_annotated, found_there, np.nan),
    )


def _means(counts: np.ndarray, num_fields: np.ndarray) -> FloatArray:
    """Return the mean of the first fields of each animal (N,), so many of each."""
    is_taken = np.arange(counts.shape[1]) < num_fields[:, None]
    means: FloatArray = (counts * is_taken).sum(axis=1) / num_fields
    return means


if __name__ == "__main__":
    main()
