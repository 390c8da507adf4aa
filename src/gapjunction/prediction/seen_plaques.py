"""The plaques that are seen in a stack: linked from what is seen in its slices, with probabilities.

A model whose plaques were calibrated links from a low probability on, so that a plaque that is
bright in one slice is followed into those where it is faint; its plaques then count by a
probability of their own. Any other model links what counts in the slices: each of its plaques
counts, with the probability of its best box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.stacks.linking import Plaque, Slice, link_slices
from gapjunction.stacks.plaque_scores import LOWEST_LINKED, plaque_scores

SeenSlice = tuple[Detections, int]  # everything seen, and how many spots stand out


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

    def estimates(
        self,
        slices: Mapping[int, SeenSlice],
        rule: CountingRule,
        widened: float | None = None,
    ) -> dict[str, CountEstimate]:
        """Return the number of plaques of each class that count, and how far it may be off.

        `slices` are what these, all that are seen, were linked from. What a slice is wider by
        for its unlikeness, the mean of that is a stack; where slices are parts of images, that of
        the whole ones is given (`widened`). A model that knows nothing of plaques takes their
        number to be as unsure, relative to its size, as the sum of the slices' counts if all of
        them err in the same direction.
        """
        scoring = rule.config.plaques
        if scoring is None or scoring.calibration.reach is None:
            return self._as_unsure_as_slices(slices, rule)
        if widened is None:
            widened = float(np.mean([rule.widening(*each) for each in slices.values()]))
        labels = np.array([plaque.label for plaque in self.plaques], np.int64)
        estimates = {}
        for label, name in enumerate(rule.config.class_names):
            probabilities = self.probabilities[labels == label]
            estimates[name] = CountEstimate(
                count=int((probabilities >= rule.plaque_threshold).sum()),
                fitted_count=int((probabilities >= scoring.threshold).sum()),
                half_width=scoring.calibration.half_width(probabilities, widened),
            )
        return estimates

    def _as_unsure_as_slices(
        self, slices: Mapping[int, SeenSlice], rule: CountingRule
    ) -> dict[str, CountEstimate]:
        of_slices = [rule.estimates(*each) for each in slices.values()]
        labels = np.array([plaque.label for plaque in self.counted(rule).plaques], np.int64)
        estimates = {}
        for label, name in enumerate(rule.config.class_names):
            num_plaques = int((labels == label).sum())
            boxes = CountEstimate.sum_of([each[name] for each in of_slices], correlation=1.0)
            if boxes.count and num_plaques:
                estimates[name] = boxes.scaled(num_plaques)
            else:
                most = max(each[name].interval[1] for each in of_slices)
                estimates[name] = CountEstimate(
                    count=num_plaques,
                    fitted_count=num_plaques,
                    half_width=max(num_plaques, most),
                )
        return estimates
