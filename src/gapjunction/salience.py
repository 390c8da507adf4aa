"""What people would mark where a detector doubts: what stands out most from its surroundings.

A network trained on other images may find much and be sure of little. In color, it is right to:
lipofuscin shines in several channels, and is as bright as plaques, also where one channel of a
picture is looked at. Without color, nothing but brightness is left to tell by, and people mark what
is bright beside the brightest of the image. So the odds of what was found there grow with its
brightness, the more so the more is doubted, and not at all where the doubts are as few as in images
like those that the detector learnt from. That changes what is counted, but makes nobody surer: as
much is doubted afterwards as before. And it tells what counts, not that there is much: no more than
twice the objects that probabilities expect.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import expit

from gapjunction.brightness import rises_in_octaves
from gapjunction.calibration import logits
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.unlikeness import Signs

PROBABLE = 0.5
USUAL_PROBABLE_SHARE = 0.15  # of all that is found; where less is probable, there may be no object
HALVINGS = 20  # of the range in which a factor is searched for
FEW = 2.0  # so few probable objects say little of how bright objects are
MOST_PER_EXPECTED = 2.0  # so many count at most; those with a probability of 0.5 are no more


class Salience(StrictConfig):
    """How far brightness decides where a detector doubts.

    Attributes:
        usual_doubt: where no more is doubted (`Signs.doubt`), brightness changes nothing.
        odds_per_doubt: by how much the logarithm of the odds grows for each doubling of
            brightness, per doubt beyond the usual.
        even_octaves: log2 of the brightness at which odds stay, in that of the brightest.
    """

    usual_doubt: float = Field(ge=0)
    odds_per_doubt: float = Field(ge=0)
    even_octaves: float

    def has_say(self, probabilities: NDArray[np.float32]) -> bool:
        """Tell whether brightness changes anything where this was seen."""
        return self._weight(probabilities) > 0

    def weighed(
        self, seen: Detections, measured: Callable[[], NDArray[np.float64]], threshold: float
    ) -> Detections:
        """Return what was seen in an image of one channel, with what its brightness tells.

        Scores are probabilities, of all that was seen whether it counts or not; objects count from
        `threshold` on. `measured` returns how far each object (N,) rises, as `measure_rises` does;
        it is called where that matters. Order and boxes stay. Where more than twice as many would
        count as are expected, the odds of all are lowered until that is no longer so.
        """
        weight = self._weight(seen.scores)
        if not weight:
            return seen
        octaves = rises_in_octaves(measured(), seen.scores) - self.even_octaves
        log_odds = _counting_at_most(
            round(MOST_PER_EXPECTED * float(seen.scores.sum(dtype=np.float64))),
            logits(seen.scores) + weight * octaves,
            threshold,
        )
        scores = _as_doubtful(log_odds, seen.scores, threshold)
        return Detections(seen.boxes, scores, seen.labels)

    def _weight(self, probabilities: NDArray[np.float32]) -> float:
        """Return by how much the log odds grow per octave, 0 or more."""
        num_probable = int((probabilities >= PROBABLE).sum())
        doubt = Signs.of(probabilities, 0).doubt - self.usual_doubt
        if doubt <= 0 or not num_probable:
            return 0.0
        share = min(num_probable / len(probabilities) / USUAL_PROBABLE_SHARE, 1.0)
        return self.odds_per_doubt * doubt * share * num_probable / (num_probable + FEW)


def _counting_at_most(
    most: int, log_odds: NDArray[np.float64], threshold: float
) -> NDArray[np.float64]:
    """Return log odds (N,) by which no more than the first `most` reach the threshold.

    All of them are lowered by as much: they keep their order. `most` is 1 or more.
    """
    if len(log_odds) <= most:
        return log_odds
    (middle,) = logits(np.array([threshold], np.float32))
    last, first_left_out = np.sort(log_odds)[::-1][most - 1 : most + 1]
    lowered: NDArray[np.float64] = log_odds - max((last + first_left_out) / 2 - middle, 0.0)
    return lowered


def _as_doubtful(
    log_odds: NDArray[np.float64], before: NDArray[np.float32], threshold: float
) -> NDArray[np.float32]:
    """Return probabilities (N,) that are doubted as much as those before.

    Log odds are drawn toward those of the threshold by one factor; what counts stays the same.
    """
    (middle,) = logits(np.array([threshold], np.float32))
    doubt = Signs.of(before, 0).doubt

    def drawn(factor: float) -> NDArray[np.float32]:
        probabilities: NDArray[np.float64] = expit(middle + factor * (log_odds - middle))
        return probabilities.astype(np.float32)

    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        factor = (low + high) / 2
        if Signs.of(drawn(factor), 0).doubt < doubt:
            high = factor
        else:
            low = factor
    return drawn(high)
