"""How sure plaques are, by all slices that should show them.

The evidence of a box is how far the logit of its probability lies above that of the lowest
probability that is linked; a slice without a box has none. A plaque has the mean evidence of its
slices, from its first to its last one, and of one more on either side, as far as the stack has
them: a box that stands alone, where its neighbors show nothing, is less likely a plaque than one
that goes on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gapjunction.calibration import logits
from gapjunction.stacks.linking import Plaque

LOWEST_LINKED = 0.1  # boxes with this probability or more are linked
MARGIN = 1  # slices on either side


def plaque_scores(plaques: Sequence[Plaque], numbers: Sequence[int]) -> NDArray[np.float32]:
    """Return the score (N,) of each plaque of a stack: the sigmoid of its mean evidence.

    The scores of the plaques' boxes are probabilities, `LOWEST_LINKED` or more, so that those of
    plaques are 0.5 or more. `numbers` are those of the stack's slices.
    """
    every = np.sort(np.array(numbers, np.int64))
    (lowest,) = logits(np.array([LOWEST_LINKED], np.float32))
    evidence: NDArray[np.float64] = np.array(
        [(logits(plaque.scores) - lowest).sum() / _num_slices(plaque, every) for plaque in plaques]
    )
    scores: NDArray[np.float64] = 1 / (1 + np.exp(-evidence))
    return scores.astype(np.float32)


def _num_slices(plaque: Plaque, every: NDArray[np.int64]) -> int:
    """Return how many slices should show a plaque, of all of a stack's in their order.

    The one on either side is the next in the stack, whatever its number.
    """
    first, last = np.searchsorted(every, plaque.numbers[[0, -1]])
    return int(min(last + MARGIN, len(every) - 1) - max(first - MARGIN, 0)) + 1
