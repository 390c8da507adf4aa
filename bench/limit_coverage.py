"""Measure how often intervals of limits of agreement hold the limits, on each scale.

Run it with `python -m bench.limit_coverage` (`--studies 100` for a glance): the simulated studies
of `bench.coverage`, of which only the counts are looked at. The truth is the limits of 20,000
animals, mean -+ 1.96 standard deviations. Some minutes of one core.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.coverage import (
    DESIGNS,
    NUM_ANIMALS,
    NUM_IN_ALL,
    SEED,
    THRESHOLD,
    generators,
    monte_carlo_error,
    percent,
)
from bench.coverage_designs import Design, FloatArray, IntArray, detect, draw_fields
from bench.tables import markdown_table
from gapjunction.metrics.limits_of_agreement import AgreementLimits, limits_of_agreement
from gapjunction.metrics.suited_limits import (
    LimitScale,
    SuitedLimits,
    differences_on,
    suited_limits,
)

SCALES: tuple[LimitScale, ...] = ("objects", "root", "percent")
SUITED = "suited"
ENDS = ("low", "high")
HEADER = (
    *("design", "assets"),
    *(f"{scale}, {end}" for scale in (*SCALES, SUITED) for end in ENDS),
    "objects / root / percent suits",
)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """True and found counts of fields, and the animal of each, all (N,)."""

    true: FloatArray
    found: FloatArray
    animals: IntArray

    @classmethod
    def of(cls, design: Design, num_animals: int, rng: np.random.Generator) -> Self:
        """Simulate a study."""
        fields = draw_fields(design, num_animals, rng)
        found = detect(design, fields, rng).found
        true = fields.num_truth.astype(np.float64)
        is_counted = (found.scores >= THRESHOLD).astype(np.float64)
        counted = np.bincount(found.images, is_counted, len(true)).astype(np.float64)
        return cls(true, counted, fields.animals)

    def limits(self, scale: LimitScale, *, has_animals: bool = True) -> AgreementLimits:
        """Return the limits on a scale; without animals they are plain."""
        difference = differences_on(scale, self.true, self.found)
        known = ~np.isnan(difference)
        limits = limits_of_agreement(
            difference[known], self.animals[known] if has_animals else None
        )
        if limits is None:
            raise RuntimeError(f"no limits of {known.sum()} images")
        return limits

    def suited(self) -> SuitedLimits:
        """Return the limits on the scale that suits."""
        suited = suited_limits(self.true, self.found, self.animals)
        if suited is None:
            raise RuntimeError(f"no limits of {len(self.true)} images")
        return suited


@dataclass(frozen=True, slots=True)
class Held:
    """How often intervals held the limits, of how many that there were; and the scales that suit.

    Attributes:
        held, given: by scale and end, those on the scale that suits under "suited".
        chosen: how often each scale suited.
    """

    held: Counter[tuple[str, str]]
    given: Counter[tuple[str, str]]
    chosen: Counter[str]

    def percent(self, scale: str, end: str) -> str:
        """Return how often intervals of an end held it."""
        place = (scale, end)
        return percent([self.held[place], self.given[place]])


def main() -> None:
    """Print a line for each design and number of animals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=400, help="of each design and number")
    num_studies: int = parser.parse_args().studies
    rows = []
    for design in DESIGNS:
        truth = true_limits(design)
        for num_animals in NUM_ANIMALS:
            found = count_held(design, truth, num_animals, num_studies)
            places = [(scale, end) for scale in (*SCALES, SUITED) for end in ENDS]
            chosen = " / ".join(percent([found.chosen[scale], num_studies]) for scale in SCALES)
            shares = [found.percent(*place) for place in places]
            rows.append((design.name, str(num_animals), *shares, chosen))
    sys.stdout.write(f"{markdown_table(HEADER, rows)}\n\n{monte_carlo_error(num_studies)}\n")


def true_limits(design: Design) -> Mapping[LimitScale, AgreementLimits]:
    """Return the limits of a great many animals, by scale."""
    many = Counts.of(design, NUM_IN_ALL, np.random.default_rng(SEED))
    return {scale: many.limits(scale, has_animals=False) for scale in SCALES}


def count_held(
    design: Design, truth: Mapping[LimitScale, AgreementLimits], num_animals: int, num_studies: int
) -> Held:
    """Simulate studies and look which intervals hold the true limits."""
    held, given, chosen = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[str]()
    for rng in generators(design, num_animals, num_studies):
        study = Counts.of(design, num_animals, rng)
        suited = study.suited()
        chosen[suited.scale] += 1
        found = [(str(scale), SuitedLimits(scale, study.limits(scale))) for scale in SCALES]
        for name, own in (*found, (SUITED, suited)):
            intervals = own.limits.interval_of_low, own.limits.interval_of_high
            ends = truth[own.scale].low, truth[own.scale].high
            for end, interval, true_end in zip(ENDS, intervals, ends, strict=True):
                if interval is not None:
                    given[name, end] += 1
                    held[name, end] += interval.low <= true_end <= interval.high
    return Held(held, given, chosen)


if __name__ == "__main__":
    main()
