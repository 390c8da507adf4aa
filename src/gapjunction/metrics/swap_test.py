"""Tell whether two sets of results of the same assets differ, by exchanging them within assets.

If it makes no difference which of two models looked at an asset, then their results of each asset
could as well have been exchanged. The test counts in how many of all exchanges the two differ as
much as they do. Nothing is supposed of distributions, and no two assets need to be alike.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special

from gapjunction.metrics.jackknife import ROUNDING, standard_error
from gapjunction.metrics.scales import FloatArray

MAX_ALL = 12  # assets; of more, some of the 2^n exchanges are drawn at random


def draw_swaps(num_assets: int, num_drawn: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return in which assets the two are exchanged (S, num_assets); in the first row in none.

    All ways are looked at up to MAX_ALL assets. The first asset then stays as it is: exchanging
    all others instead only turns the sign. Of more assets `num_drawn` are drawn beside the first.
    """
    if num_assets > MAX_ALL:
        drawn = rng.random((num_drawn, num_assets)) < 0.5  # noqa: PLR2004 - a coin
        return np.vstack([np.zeros((1, num_assets), np.bool_), drawn])
    others = list(product([False, True], repeat=num_assets - 1))
    return np.array([(False, *each) for each in others], np.bool_)


def swap_p(differences: FloatArray) -> float:
    """Return the two-sided p of the first difference (S,) among those of all exchanges.

    The observed one counts as one of them, so that p is never 0 (Davison & Hinkley 1997).
    """
    sizes = np.abs(differences)
    return float(np.mean(sizes >= sizes[0] - ROUNDING * max(1.0, float(sizes.max()))))


def smallest_p(num_assets: int) -> float:
    """Return the least p of all exchanges of so many assets: one and its mirror image of 2^n."""
    return min(2.0 ** (1 - num_assets), 1.0)


def equivalence_p(difference: float, without: FloatArray, margin: float) -> float | None:
    """Return the larger p of two one-sided t tests that a difference is within ∓ margin.

    At 0.05 they agree with a 90 % interval inside the margin (Schuirmann 1987). None for fewer
    than two assets, or where leaving one out changes nothing.

    Args:
        difference: of all assets.
        without: without each of the assets (A,).
        margin: the smallest difference that matters, above 0.
    """
    error = standard_error(without) if len(without) > 1 else 0.0
    if not error > ROUNDING:
        return None
    return float(special.stdtr(len(without) - 1, (abs(difference) - margin) / error))
