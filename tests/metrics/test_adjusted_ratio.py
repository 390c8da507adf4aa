"""Tests for `gapjunction.metrics.adjusted_ratio`."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.adjusted_ratio import AdjustedRatio, AdjustedRows, adjusted_ratio

# Leprosy bacilli of ten patients each before and after drug A, drug D and a placebo, F: Snedecor &
# Cochran 1967, p. 422, in SAS/STAT's documentation of PROC GLM ("Analysis of covariance").
BEFORE = np.array(
    [
        *(11, 8, 5, 14, 19, 6, 10, 6, 11, 3),
        *(6, 6, 7, 8, 18, 8, 19, 8, 5, 15),
        *(16, 13, 11, 9, 21, 16, 12, 12, 7, 12),
    ]
)
AFTER = np.array(
    [
        *(6, 0, 2, 8, 11, 4, 13, 1, 8, 0),
        *(0, 2, 3, 1, 18, 4, 14, 9, 1, 9),
        *(13, 10, 18, 5, 23, 12, 5, 16, 1, 20),
    ]
)
DRUG = np.repeat(["A", "D", "F"], 10)


def rows(
    values: Sequence[float],
    in_second: Sequence[int],
    *covariates: Sequence[float],
    strata: Sequence[int] | None = None,
) -> AdjustedRows:
    return AdjustedRows(
        np.array(values, np.float64),
        np.array(in_second, np.bool_),
        np.zeros(len(values), np.int64) if strata is None else np.array(strata),
        np.array(covariates, np.float64).reshape(-1, len(values)).T,
    )


def ratio_of(
    values: Sequence[float],
    in_second: Sequence[int],
    *covariates: Sequence[float],
    strata: Sequence[int] | None = None,
) -> AdjustedRatio:
    found = adjusted_ratio(rows(values, in_second, *covariates, strata=strata))
    assert isinstance(found, AdjustedRatio)
    return found


def of_leprosy(drug: str) -> AdjustedRatio:
    """Compare a drug with the placebo; the bacilli are taken for logarithms."""
    other = {"A": "D", "D": "A"}[drug]
    covariates = np.stack([BEFORE, other == DRUG], axis=1).astype(np.float64)
    strata = np.zeros(30, np.int64)
    found = adjusted_ratio(AdjustedRows(np.exp(AFTER), np.isin(DRUG, drug), strata, covariates))
    assert isinstance(found, AdjustedRatio)
    return found


@pytest.mark.parametrize(("drug", "estimate"), [("A", -3.446138280), ("D", -3.337166948)])
def test_adjusted_ratio__leprosy_trial__is_the_estimate_of_sas(drug: str, estimate: float) -> None:
    assert np.log(of_leprosy(drug).ratio) == pytest.approx(estimate, abs=1e-8)


@pytest.mark.parametrize(("drug", "error"), [("A", 2.2419607493), ("D", 2.0784702780)])
def test_adjusted_ratio__leprosy_trial__has_the_hc2_error_of_statsmodels(
    drug: str, error: float
) -> None:
    """statsmodels 0.15, OLS(...).fit(cov_type="HC2").bse."""
    found = of_leprosy(drug)
    reach = np.log(found.interval.high / found.ratio)
    assert reach / stats.t.ppf(0.975, found.freedom) == pytest.approx(error, abs=1e-8)


def test_adjusted_ratio__no_covariate__has_welchs_error_and_the_freedom_of_a_paper() -> None:
    """Imbens & Kolesar 2016: 27 and 3 have 2.5 degrees of freedom by Bell & McCaffrey."""
    values = np.exp(np.random.default_rng(0).normal(0, 1, 30))
    in_second = np.arange(30) >= 27
    found = ratio_of(values.tolist(), in_second.tolist())
    logs = np.log(values)
    error = np.hypot(stats.sem(logs[~in_second]), stats.sem(logs[in_second]))
    assert found.freedom == pytest.approx(2.5, abs=0.05)
    assert np.log(found.ratio) == pytest.approx(logs[27:].mean() - logs[:27].mean())
    reach = stats.t.ppf(0.975, found.freedom) * error
    assert np.log(found.ratio / found.interval.low) == pytest.approx(reach)


def test_adjusted_ratio__older_group_with_plaques_by_age__is_that_at_one_age() -> None:
    """A tenth more a month, and the second group has twice as many and is 3 months older."""
    age = [1.0, 2, 3, 4, 4, 5, 6, 7]
    values = [1.1**own * (2 if place > 3 else 1) for place, own in enumerate(age)]
    values[0], values[1] = 1.01 * values[0], values[1] / 1.01
    found = ratio_of(values, [0] * 4 + [1] * 4, age)
    assert found.ratio == pytest.approx(2, rel=0.02)


def test_adjusted_ratio__p__is_5_percent_where_the_interval_ends_at_1() -> None:
    logs = np.array([0.0, 0.3, -0.2, 0.1, 0.4, 0.6])
    first = ratio_of(np.exp(logs).tolist(), [0, 0, 0, 1, 1, 1], [3, 1, 2, 2, 3, 1])
    moved = logs - np.log(first.interval.low) * (np.arange(6) > 2)
    found = ratio_of(np.exp(moved).tolist(), [0, 0, 0, 1, 1, 1], [3, 1, 2, 2, 3, 1])
    assert found.interval.low == pytest.approx(1)
    assert found.p_value == pytest.approx(0.05)


def test_adjusted_ratio__covariate_in_other_units__is_the_same() -> None:
    values, groups = [3.0, 5, 4, 7, 9, 8], [0, 0, 0, 1, 1, 1]
    months = [2.0, 9, 5, 3, 8, 4]
    first = ratio_of(values, groups, months)
    second = ratio_of(values, groups, [1e9 + 30 * each for each in months])
    assert second.ratio == pytest.approx(first.ratio)
    assert second.p_value == pytest.approx(first.p_value)


def test_adjusted_ratio__levels_of_strata__play_no_part() -> None:
    values, groups, strata = [3.0, 5, 4, 7, 30, 50, 40, 90], [0, 0, 1, 1] * 2, [0] * 4 + [1] * 4
    near = ratio_of(values, groups, strata=strata)
    far = ratio_of([*values[:4], *(1000 * each for each in values[4:])], groups, strata=strata)
    assert far.ratio == pytest.approx(near.ratio)
    assert far.interval.high == pytest.approx(near.interval.high)


def test_adjusted_ratio__only_one_of_a_category__is_as_without_that_asset() -> None:
    values, groups = [3.0, 5, 4, 7, 9, 8, 10], [0, 0, 0, 1, 1, 1, 1]
    found = ratio_of(values, groups, [0, 0, 0, 0, 0, 0, 1])
    without = ratio_of(values[:6], groups[:6])
    assert found.ratio == pytest.approx(without.ratio)
    assert found.interval.high == pytest.approx(without.interval.high)


@pytest.mark.parametrize(
    ("own", "obstacle"),
    [
        (rows([1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 2, 1]), "few"),
        (rows([1, 2, 3, 4, 5], [0, 1, 1, 1, 1]), "few"),
        (rows([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], [0.1] * 6), "redundant"),
        (rows([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1], [2, 2, 2, 5, 5, 5]), "inseparable"),
        (rows([1, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1], [1, 2, 3, 1, 2, 3]), "no spread"),
    ],
)
def test_adjusted_ratio__nothing_to_tell__says_why(own: AdjustedRows, obstacle: str) -> None:
    assert adjusted_ratio(own) == obstacle
