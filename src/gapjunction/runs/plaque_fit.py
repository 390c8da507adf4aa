"""Fit what the plaques of a model are worth to stacks whose plaques are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gapjunction.benchmark.paired_stacks import stacked_plaques
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.metrics.calibration_fit import fit_calibration, unbiased_threshold
from gapjunction.metrics.judged_scores import JudgedScores, judged_plaques
from gapjunction.metrics.stacked_plaques import StackedPlaques
from gapjunction.models.checkpoint import PlaqueScoring
from gapjunction.stacks.linking import Slice, link_slices
from gapjunction.stacks.plaque_scores import LOWEST_LINKED, plaque_scores


@dataclass(frozen=True, slots=True, eq=False)
class KnownStack:
    """A stack whose plaques are known.

    Attributes:
        found: what a model finds in each slice, by its number, with probabilities; no less than
            what is linked.
        truth: its plaques; the slices of `found`, in the order of their numbers, from 0 on.
    """

    found: Mapping[int, Detections]
    truth: StackedPlaques


def fit_plaque_scoring(
    stacks: Sequence[KnownStack], start: PlaqueScoring | None = None
) -> PlaqueScoring:
    """Return the probabilities of plaques, and the threshold, that are right in these stacks.

    Every stack weighs the same in the threshold, whatever it holds. `start` is what is likely
    before any stack is seen: few plaques move it little.
    """
    first = Calibration() if start is None else start.calibration
    judged = [_judged(stack).calibrated(first) for stack in stacks]
    groups = [[row] for row in range(len(judged))]
    own = fit_calibration(judged, groups)
    threshold = unbiased_threshold([each.calibrated(own) for each in judged], groups)
    return PlaqueScoring(calibration=own.after(first), threshold=threshold)


def _judged(stack: KnownStack) -> JudgedScores:
    numbers = sorted(stack.found)
    plaques = link_slices(
        [Slice(each, stack.found[each].scored_at_least(LOWEST_LINKED)) for each in numbers]
    )
    found = stacked_plaques(plaques, numbers)
    return judged_plaques(stack.truth, found, plaque_scores(plaques, numbers))
