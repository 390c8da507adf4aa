"""From which probability on objects are counted and boxes written, and what a count then means."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.text import counted
from gapjunction.unlikeness import USUAL, Signs

# Spots so near to each other that they hardly part are counted as few as one in three.
MOST_PER_SPOT = 3
# Whether a model was calibrated on images like one; None where it does not know.
CalibratedOn = Literal["yes", "simulated", "no"] | None


@dataclass(frozen=True, slots=True)
class CountingRule:
    """What is counted and written of all that a detector sees.

    Attributes:
        config: the detector's; its `score_threshold` is the one that was fitted.
        threshold: objects count from this probability on.
        lowest_score: boxes are written from this probability on; not above the threshold.
        plaque_threshold: plaques of stacks count from this probability on.
    """

    config: DetectorConfig
    threshold: float
    lowest_score: float
    plaque_threshold: float

    @classmethod
    def of(cls, config: DetectorConfig, threshold: float | None, min_score: float | None) -> Self:
        """Return the rule for what a user asked for; None is what the detector was fitted to."""
        counted_from = config.score_threshold if threshold is None else threshold
        written_from = counted_from if min_score is None else min(min_score, counted_from)
        plaques_from = counted_from
        if threshold is None and config.plaques is not None:
            plaques_from = config.plaques.threshold
        return cls(config, counted_from, written_from, plaques_from)

    def counted(self, seen: Detections) -> Detections:
        """Return what is counted of everything seen."""
        return seen.scored_at_least(self.threshold)

    def written(self, seen: Detections) -> Detections:
        """Return what is written of everything seen."""
        return seen.scored_at_least(self.lowest_score)

    def unlikeness(self, seen: Detections, num_spots: int) -> float | None:
        """Return how unlike the calibration images one is, above 1 for few of these.

        `seen` is everything, with probabilities; `num_spots` stand out from their ground. None
        where the model does not know.
        """
        known = self.config.known
        return None if known is None else known.unlikeness(Signs.of(seen.scores, num_spots))

    def widening(self, seen: Detections, num_spots: int) -> float:
        """Return by what factor intervals are wider in an image: its unlikeness, but 1 or more."""
        return max(self.unlikeness(seen, num_spots) or 0.0, 1.0)

    def estimates(
        self, seen: Detections, num_spots: int = 0, within: NDArray[np.bool_] | None = None
    ) -> dict[str, CountEstimate]:
        """Return the count of each class in an image, and how far it may be off.

        `within` (N,) tells which of what was seen lies in the part of the image that is meant;
        without it, all of the image is.

        `seen` is everything, with probabilities. That of an image unlike those of the calibration
        may be as much further off as it is more unlike; where unusually many of its spots were
        passed by (`num_spots`), it may be that of all of them, and of as many more as are hard to
        tell apart.
        """
        widened = self.widening(seen, num_spots)
        most = MOST_PER_SPOT * num_spots if self._has_passed_by(seen, num_spots) else 0
        meant = seen if within is None else seen[within]
        return {
            name: self._estimate(meant.scores[meant.labels == label], widened, most)
            for label, name in enumerate(self.config.class_names)
        }

    def intervals(
        self, seen: Detections, num_spots: int = 0, within: NDArray[np.bool_] | None = None
    ) -> dict[str, tuple[int, int]]:
        """Return for each class the interval of `estimates`, which its true count lies in."""
        estimates = self.estimates(seen, num_spots, within)
        return {name: own.interval for name, own in estimates.items()}

    def calibrated_on(self, seen: Detections, num_spots: int) -> CalibratedOn:
        """Tell whether the model was calibrated on images like one.

        "no": the image is unlike them, or there was none; "simulated": none of them was real.
        """
        calibration = self.config.calibration
        if not calibration.num_images:
            return "no"
        unlikeness = self.unlikeness(seen, num_spots)
        if unlikeness is None:
            return None
        if unlikeness > USUAL:
            return "no"
        return "simulated" if calibration.known_reach.is_simulated else "yes"

    def sentence(self, *, is_shipped: bool) -> str:
        """Return in words what is counted, and what that was fitted to."""
        fitted = f"{self.config.score_threshold:.3g}"
        num_images = self.config.calibration.num_images
        noun = "simulated image" if is_shipped else "image"
        source = (
            f"fitted to {counted(num_images, noun)}, so that as many are counted as are "
            "annotated there"
            if num_images
            else "fitted to no image"
        )
        if self.threshold == self.config.score_threshold:
            return (
                f"objects count from a probability of {fitted} on ({source}); --threshold "
                "changes that"
            )
        return (
            f"objects count from a probability of {self.threshold:.3g} on, as asked for; the "
            f"model's own threshold is {fitted} ({source})"
        )

    def plaque_sentence(self, *, is_shipped: bool) -> str:
        """Return in words which plaques of stacks count; "" where what counts in slices does."""
        if self.config.plaques is None:
            return ""
        fitted = f"{self.config.plaques.threshold:.3g}"
        noun = "simulated stack" if is_shipped else "stack"
        source = f"fitted to {counted(self.config.plaques.calibration.num_images, noun)}"
        if self.plaque_threshold == self.config.plaques.threshold:
            return f"plaques of stacks count from a probability of {fitted} on ({source})"
        return (
            f"plaques of stacks count from a probability of {self.plaque_threshold:.3g} on, as "
            f"asked for; the model's own threshold for them is {fitted} ({source})"
        )

    def _estimate(
        self, probabilities: NDArray[np.float32], widened: float, most: int
    ) -> CountEstimate:
        count = int((probabilities >= self.threshold).sum())
        return CountEstimate(
            count=count,
            fitted_count=int((probabilities >= self.config.score_threshold).sum()),
            half_width=self.config.calibration.half_width(probabilities, widened),
            passed_by=max(most - count, 0),
        )

    def _has_passed_by(self, seen: Detections, num_spots: int) -> bool:
        known = self.config.known
        return known is not None and known.has_passed_by(Signs.of(seen.scores, num_spots))
