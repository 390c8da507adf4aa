"""The ratio of two groups of assets that are alike in covariates, such as age and sex.

Least squares on the logarithm of the values: strata, covariates, group. Each asset's variance comes
from its own residual by its leverage, so that one group may vary more than the other, and the
degrees of freedom are Satterthwaite's (HC2; Bell & McCaffrey 2002). Without covariates that is
Welch's standard error. docs/metrics.md says how often it errs.
"""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from gapjunction.metrics.group_effects import Estimate, FloatArray
from gapjunction.metrics.interval import CONFIDENCE, Interval

MIN_FREEDOM = 2  # assets beyond what the model fits; with one, intervals span orders of magnitude
ROUNDING = 1e-9  # shares of 1 that are smaller are zero but for rounding

# Why there is no ratio: too few assets, a covariate that nothing tells from the strata or from
# other covariates, groups that nothing tells from the covariates, or no spread.
Obstacle = Literal["few", "redundant", "inseparable", "no spread"]


@dataclass(frozen=True, slots=True, eq=False)
class AdjustedRows:
    """One row for each asset of two groups.

    Attributes:
        values: what is compared, above zero (N,).
        in_second: which assets are in the second group (N,).
        strata: the stratum of each, numbered from 0 (N,).
        covariates: numbers, a column for each covariate, or for each but one of its categories
            (N, K).
    """

    values: FloatArray
    in_second: NDArray[np.bool_]
    strata: NDArray[np.int64]
    covariates: FloatArray

    @property
    def known(self) -> FloatArray:
        """The columns of strata and covariates, these standardized (N, S + K)."""
        strata = np.unique(self.strata)
        varies = self.covariates.max(axis=0) > self.covariates.min(axis=0)
        centered = self.covariates - self.covariates.mean(axis=0)
        spread = np.where(varies, self.covariates.std(axis=0), 1)
        return np.hstack([self.strata[:, None] == strata, centered / spread])


@dataclass(frozen=True, slots=True)
class AdjustedRatio:
    """Geometric mean of the second group / that of the first, covariates being equal.

    Attributes:
        interval: the 95 % interval of `ratio`.
        p_value: two-sided, of the t that the interval is made of.
        freedom: Satterthwaite's degrees of freedom.
    """

    ratio: float
    interval: Interval
    p_value: float
    freedom: float

    @property
    def estimate(self) -> Estimate:
        """The ratio with its interval."""
        return Estimate(self.ratio, self.interval)


@dataclass(frozen=True, slots=True, eq=False)
class _LastCoefficient:
    """What the last column (the group) of a full-rank design does, by least squares.

    Attributes:
        weights: of each value in the coefficient (N,).
        residual_maker: what makes residuals of values (N, N).
    """

    weights: FloatArray
    residual_maker: FloatArray

    @classmethod
    def of(cls, design: FloatArray) -> Self:
        inverse = np.linalg.pinv(design)
        return cls(inverse[-1], np.eye(len(design)) - design @ inverse)

    @property
    def free(self) -> FloatArray:
        """How much of each asset's own error is left in its residual: 1 - leverage (N,)."""
        return np.diag(self.residual_maker)

    @property
    def is_spread_known(self) -> bool:
        """Whether each asset that matters has a residual: else it is fitted whatever it is."""
        return bool(np.all((self.free > ROUNDING) | (np.abs(self.weights) < ROUNDING)))

    @property
    def factors(self) -> FloatArray:
        """By what the squares of residuals add up to the coefficient's variance (N,)."""
        is_free = self.free > ROUNDING
        return np.divide(self.weights**2, self.free, out=np.zeros(len(is_free)), where=is_free)

    def freedom(self) -> float:
        """Return Satterthwaite's degrees of freedom of that variance, if all vary alike."""
        products = np.outer(self.factors, self.factors) * self.residual_maker**2
        return float((self.factors @ self.free) ** 2 / products.sum())


def adjusted_ratio(rows: AdjustedRows) -> AdjustedRatio | Obstacle:
    """Return the ratio with its 95 % interval and p, or why there is none."""
    known = rows.known
    design = np.column_stack([known, rows.in_second])
    if len(design) - design.shape[1] < MIN_FREEDOM:
        return "few"
    if np.linalg.matrix_rank(known) < known.shape[1]:
        return "redundant"
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return "inseparable"
    group, logs = _LastCoefficient.of(design), np.log(rows.values)
    if not group.is_spread_known:
        return "few"
    error = float(np.sqrt(group.factors @ (group.residual_maker @ logs) ** 2))
    if error < ROUNDING:
        return "no spread"
    return _by_student(float(group.weights @ logs), error, group.freedom())


def _by_student(effect: float, error: float, freedom: float) -> AdjustedRatio:
    half = float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error
    return AdjustedRatio(
        ratio=float(np.exp(effect)),
        interval=Interval(float(np.exp(effect - half)), float(np.exp(effect + half))),
        p_value=2 * float(special.stdtr(freedom, -abs(effect) / error)),
        freedom=freedom,
    )
