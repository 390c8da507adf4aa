"""The plaques that are seen in a stack: linked from what is seen in its slices, with probabilities.

A model whose plaques were calibrated links from a low probability on, so that a plaque that is
bright in one slice is followed into those where it is faint; its plaques then count by a
probability of their own. Any other model links what counts in the slices: each of its plaques
counts, with the probability of its best box.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.stacks.linking import Plaque, Slice, link_slices
from gapjunction.stacks.plaque_scores import LOWEST_LINKED, plaque_scores

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SeenPlaques:
    """The plaques of a stack, in the order of their first slices, and their probabilities (N,)."""

    plaques: Sequence[Plaque]
    probabilities: NDArray[np.float32]

    @classmethod
    def of(cls, slices: Mapping[int, Detections], rule: CountingRule) -> Self:
        """Link everything seen in the slices of a stack, given by their numbers."""
        scoring = rule.config.plaques
        lowest = rule.threshold if scoring is None else LOWEST_LINKED
        plaques = link_slices(
            [Slice(number, seen.scored_at_least(lowest)) for number, seen in slices.items()]
        )
        if scoring is None:
            best = [plaque.scores[plaque.best] for plaque in plaques]
            return cls(plaques, np.array(best, np.float32))
        scores = plaque_scores(plaques, list(slices))
        return cls(plaques, scoring.calibration.to_probabilities(scores))

    def counted(self, rule: CountingRule) -> "SeenPlaques":
        """Return those that count."""
        is_counted = self.probabilities >= rule.plaque_threshold
        pairs = zip(self.plaques, is_counted.tolist(), strict=True)
        return SeenPlaques([each for each, is_in in pairs if is_in], self.probabilities[is_counted])

    def intervals(
        self, slices: Mapping[int, Detections], rule: CountingRule
    ) -> dict[str, Interval]:
        """Return for each class the interval of the number of plaques, if these are what counts.

        `slices` are what they were linked from. Slices of a stack err alike, so the number is as
        unsure, relative to its size, as the sum of their counts if all of them err in the same
        direction.
        """
        of_slices = [rule.intervals(seen) for seen in slices.values()]
        counted = [rule.counted(seen).labels for seen in slices.values()]
        labels = np.array([plaque.label for plaque in self.plaques], np.int64)
        intervals = {}
        for label, name in enumerate(rule.config.class_names):
            num_plaques = int((labels == label).sum())
            num_boxes = sum(int((own == label).sum()) for own in counted)
            lows, highs = zip(*(each[name] for each in of_slices), strict=True)
            if num_boxes and num_plaques:
                low, high = (num_plaques * sum(ends) / num_boxes for ends in (lows, highs))
                intervals[name] = math.floor(low), math.ceil(high)
            else:
                intervals[name] = 0, max(*highs, num_plaques)
        return intervals
