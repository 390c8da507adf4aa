"""Scales on which metrics of few assets are near enough to normal for an interval of Student's t.

A share cannot leave 0 to 1, nor an error size fall below 0, and neither can an interval that is
made on their scale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]
Function = Callable[[FloatArray], FloatArray]

ScaleName = Literal["plain", "log", "log_error", "logit", "fisher_z", "log_of_rest"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How a metric gets onto a scale and back, and how steep the scale is at a value.

    The ends of a scale, such as a share of 0 or of 1, are infinitely far away.

    Attributes:
        is_skewed: whether metrics are not near enough to normal on it, so that where they come out
            too low, their standard error does as well: intervals have to be wider.
    """

    to: Function
    back: Function
    slope: Function
    is_skewed: bool = False


def _as_it_is(values: FloatArray) -> FloatArray:
    return values


SCALES: Mapping[ScaleName, Scale] = {
    # Differences, on either side of 0.
    "plain": Scale(_as_it_is, _as_it_is, np.ones_like),
    # Ratios, above 0.
    "log": Scale(np.log, np.exp, np.reciprocal),
    # Sizes of errors, above 0.
    "log_error": Scale(np.log, np.exp, np.reciprocal, is_skewed=True),
    # Shares, from 0 to 1.
    "logit": Scale(special.logit, special.expit, lambda share: 1 / (share * (1 - share))),
    # Correlations, from -1 to 1 (Fisher 1921).
    "fisher_z": Scale(np.arctanh, np.tanh, lambda r: 1 / (1 - r**2), is_skewed=True),
    # What is at most 1 and may be far below 0; high values stay high.
    "log_of_rest": Scale(
        lambda value: -np.log1p(-value),
        lambda x: -np.expm1(-x),
        lambda value: 1 / (1 - value),
        is_skewed=True,
    ),
}
