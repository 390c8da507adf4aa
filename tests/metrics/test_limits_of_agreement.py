"""Tests for `gapjunction.metrics.limits_of_agreement`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.limits_of_agreement import AgreementLimits, limits_of_agreement

# Peak expiratory flow of 17 people by two meters, l/min: Bland & Altman 1986, table 1.
LARGE_METER = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
SMALL_METER = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
FLOW_RATES = np.array(LARGE_METER, np.float64) - np.array(SMALL_METER)


def of_flow_rates() -> AgreementLimits:
    limits = limits_of_agreement(FLOW_RATES, np.arange(17))
    assert limits is not None
    return limits


def test_limits_of_agreement__flow_rates__are_those_of_r() -> None:
    limits = of_flow_rates()
    assert (limits.low, limits.high) == pytest.approx((-78.0973, 73.8620), abs=5e-5)


def test_limits_of_agreement__flow_rates__have_the_intervals_of_the_paper() -> None:
    """The paper has its limits at 2 standard deviations, 0.04 further out."""
    limits, shift = of_flow_rates(), 0.04 * FLOW_RATES.std(ddof=1)
    low, high = limits.interval_of_low, limits.interval_of_high
    assert low is not None
    assert high is not None
    assert (low.low - shift, low.high - shift) == pytest.approx((-114.2, -45.1), abs=0.05)
    assert (high.low + shift, high.high + shift) == pytest.approx((40.9, 109.9), abs=0.05)


@pytest.mark.parametrize("assets", [None, np.zeros(17, np.int64)], ids=["unknown", "one"])
def test_limits_of_agreement__nothing_tells_assets_apart__are_plain_without_interval(
    assets: np.ndarray | None,
) -> None:
    limits = limits_of_agreement(FLOW_RATES, assets)
    assert limits == AgreementLimits(of_flow_rates().low, of_flow_rates().high)


def test_limits_of_agreement__two_images_each__are_prediction_limits_done_by_hand() -> None:
    # Means 0, 4 and 8, each -+ 1: mean squares 32 between (2 df) and 2 within (3 df).
    limits = limits_of_agreement(np.array([-1.0, 1, 3, 5, 7, 9]), np.array([0, 0, 1, 1, 2, 2]))
    assert limits is not None
    between, within = 32 / 2, 2 / 2  # parts of the variance of a new image
    freedom = (between + within) ** 2 / (between**2 / 2 + within**2 / 3)
    half = stats.t.ppf(0.975, freedom) * np.sqrt(between + within + 32 / 6)
    assert (limits.low, limits.high) == pytest.approx((4 - half, 4 + half))


def test_limits_of_agreement__two_images_each__have_mover_intervals_done_by_hand() -> None:
    """With two assets there is no jackknife. Means 0 and 8, each -+ 1: mean squares 64 and 2."""
    limits = limits_of_agreement(np.array([-1.0, 1, 7, 9]), np.array([0, 0, 1, 1]))
    assert limits is not None
    assert limits.interval_of_low is not None
    assert limits.interval_of_high is not None
    parts, freedom = np.array([32, 1]), np.array([1, 2])
    smaller = 33 - np.hypot(*(parts * (1 - freedom / stats.chi2.ppf(0.975, freedom))))
    larger = 33 + np.hypot(*(parts * (freedom / stats.chi2.ppf(0.025, freedom) - 1)))
    reach, of_mean = 1.96 * np.sqrt(33), stats.t.ppf(0.975, 1) * np.sqrt(64 / 4)
    outward = np.hypot(of_mean, 1.96 * np.sqrt(larger) - reach)
    inward = np.hypot(of_mean, reach - 1.96 * np.sqrt(smaller))
    high, low = limits.interval_of_high, limits.interval_of_low
    assert (high.low, high.high) == pytest.approx((4 + reach - inward, 4 + reach + outward))
    assert (low.low, low.high) == pytest.approx((4 - reach - outward, 4 - reach + inward))


def test_limits_of_agreement__one_asset_apart__has_the_jackknife_where_it_reaches_further() -> None:
    """Thirty assets of two images each, balanced: of one of them much is missed."""
    by_asset = np.random.default_rng(0).normal(0, 1, (30, 2))
    by_asset[0] -= 12
    limits = limits_of_agreement(by_asset.ravel(), np.repeat(np.arange(30), 2))
    assert limits is not None
    assert limits.interval_of_low is not None

    def reach_of(differences: np.ndarray) -> float:
        between = 2 * differences.mean(axis=1).var(ddof=1)
        within = differences.var(axis=1, ddof=1).mean()
        return float(1.96 * np.sqrt((between + within) / 2))

    reach = reach_of(by_asset)
    without = np.log([reach_of(np.delete(by_asset, asset, axis=0)) for asset in range(30)])
    error = np.sqrt(29 / 30 * np.sum((without - without.mean()) ** 2))
    of_reach = reach * np.exp(np.array([-1, 1]) * stats.t.ppf(0.975, 29) * error)
    means = by_asset.mean(axis=1)
    of_mean = stats.t.ppf(0.975, 29) * means.std(ddof=1) / np.sqrt(30)
    low = means.mean() - reach
    assert limits.interval_of_low.low == pytest.approx(low - np.hypot(of_mean, of_reach[1] - reach))
    assert limits.interval_of_low.high == pytest.approx(
        low + np.hypot(of_mean, reach - of_reach[0])
    )


@pytest.mark.long
def test_limits_of_agreement__simulated_studies_of_six_assets__hold_new_images() -> None:
    """94.3 % with unlimited studies; limits that ignore assets hold 89.4 %."""
    rng, held = np.random.default_rng(0), []
    for _ in range(400):
        assets = np.repeat(np.arange(6), rng.integers(2, 9, 6))
        difference = rng.normal(0, np.sqrt(0.6), 6)[assets] + rng.normal(
            0, np.sqrt(0.4), len(assets)
        )
        limits = limits_of_agreement(difference, assets)
        assert limits is not None
        held.append(stats.norm.cdf(limits.high) - stats.norm.cdf(limits.low))
    assert 0.93 < np.mean(held) < 0.96


@pytest.mark.long
def test_limits_of_agreement__simulated_studies_of_six_assets__lie_in_their_intervals() -> None:
    rng, held = np.random.default_rng(1), []
    assets = np.repeat(np.arange(6), 4)
    for _ in range(400):
        difference = rng.normal(0, np.sqrt(0.6), 6)[assets] + rng.normal(0, np.sqrt(0.4), 24)
        limits = limits_of_agreement(difference, assets)
        assert limits is not None
        for end, interval in (
            (-1.96, limits.interval_of_low),
            (1.96, limits.interval_of_high),
        ):
            assert interval is not None
            held.append(interval.low <= end <= interval.high)
    assert 0.94 < np.mean(held) < 0.995


@pytest.mark.parametrize("assets", [[0, 1, 2, 3], [0, 0, 1, 1]])
def test_limits_of_agreement__equal_differences__lie_there_without_interval(
    assets: list[int],
) -> None:
    limits = limits_of_agreement(np.full(4, 2.0), np.array(assets))
    assert limits == AgreementLimits(2, 2)


def test_limits_of_agreement__nothing_varies_within_assets__count_assets_alone() -> None:
    limits = limits_of_agreement(np.array([0.0, 0, 2, 2]), np.array([0, 0, 1, 1]))
    assert limits is not None
    half = stats.t.ppf(0.975, 1) * np.sqrt(2 + 2 / 2)
    assert (limits.low, limits.high) == pytest.approx((1 - half, 1 + half))


@pytest.mark.parametrize("difference", [[], [1.0]])
def test_limits_of_agreement__fewer_than_two_images__are_none(difference: list[float]) -> None:
    assets = np.arange(len(difference))
    assert limits_of_agreement(np.array(difference), assets) is None
