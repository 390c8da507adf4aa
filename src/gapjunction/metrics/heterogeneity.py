"""Whether the ratios of several strata, such as datasets, differ by more than chance (Cochran)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from gapjunction.metrics.group_effects import TwoGroups
from gapjunction.metrics.interval import MIN_ASSETS


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Cochran's Q of log ratios and I^2 (Higgins & Thompson 2002).

    Attributes:
        p_value: of Q by chi-squared, as if the variances were known: rather too small where
            groups have few assets.
        i_squared: the share, 0 to 1, of the ratios' variance that is not chance.
    """

    q: float
    num_strata: int
    p_value: float
    i_squared: float


def heterogeneity(strata: Sequence[TwoGroups]) -> Heterogeneity | None:
    """Return how far the ratios differ; None for one stratum, a mean of 0, or no spread."""
    groups = [values for each in strata for values in (each.first, each.second)]
    is_known = all(len(values) >= MIN_ASSETS and values.mean() > 0 for values in groups)
    if len(strata) < 2 or not is_known:  # noqa: PLR2004 - one ratio differs from no other
        return None
    ratios = np.array([np.log(each.second.mean() / each.first.mean()) for each in strata])
    variances = np.array(
        [
            sum(v.var(ddof=1) / len(v) / v.mean() ** 2 for v in (each.first, each.second))
            for each in strata
        ]
    )
    if variances.min() <= 0:
        return None
    middle = np.average(ratios, weights=1 / variances)
    q, freedom = float(np.sum((ratios - middle) ** 2 / variances)), len(strata) - 1
    return Heterogeneity(
        q,
        len(strata),
        float(stats.chi2.sf(q, freedom)),
        max(0.0, (q - freedom) / q) if q > 0 else 0.0,
    )
