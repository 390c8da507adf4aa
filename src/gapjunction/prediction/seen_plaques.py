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
from gapjunction.models.checkpoint import PlaqueScoring
from gapjunction.prediction.counting_rule import CountingRule, widest_interval
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
        """Return for each class the interval of the number of plaques in the stack.

        `slices` are what they were linked from.
        """
        scoring = rule.config.plaques
        if scoring is None:
            return self._as_unsure_as_slices(slices, rule)
        return self._from_probabilities(scoring, rule)

    def _from_probabilities(
        self, scoring: PlaqueScoring, rule: CountingRule
    ) -> dict[str, Interval]:
        """Return intervals as those of images: under another threshold they hold both counts'."""
        labels = self._labels()
        thresholds = (rule.plaque_threshold, scoring.threshold)
        return {
            name: widest_interval(
                scoring.calibration, thresholds, self.probabilities[labels == label]
            )
            for label, name in enumerate(rule.config.class_names)
        }

    def _as_unsure_as_slices(
        self, slices: Mapping[int, Detections], rule: CountingRule
    ) -> dict[str, Interval]:
        """Return intervals as wide, relative to the number, as that of the sum of all slices.

        Slices of a stack err alike, in the same direction.
        """
        of_slices = [rule.intervals(seen) for seen in slices.values()]
        counted = [rule.counted(seen).labels for seen in slices.values()]
        intervals = {}
        for label, name in enumerate(rule.config.class_names):
            num_boxes = sum(int((labels == label).sum()) for labels in counted)
            lows, highs = zip(*(each[name] for each in of_slices), strict=True)
            share = int((self._labels() == label).sum()) / num_boxes if num_boxes else 0
            intervals[name] = (
                (math.floor(share * sum(lows)), math.ceil(share * sum(highs)))
                if num_boxes
                else (0, max(highs))
            )
        return intervals

    def _labels(self) -> NDArray[np.int64]:
        return np.array([plaque.label for plaque in self.plaques], np.int64)
