"""Tests for `gapjunction.metrics.jackknife`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.counts import count_metrics
from gapjunction.metrics.interval import Interval
from gapjunction.metrics.jackknife import (
    boundary_interval,
    jackknife_interval,
    standard_error,
    weights_without_each,
    without_each,
)
from gapjunction.metrics.scales import ScaleName

# Peak expiratory flow of 17 people by two meters, l/min: Bland & Altman 1986, table 1.
LARGE_METER = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
SMALL_METER = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def interval(value: float, without: list[float], scale: ScaleName) -> Interval:
    found = jackknife_interval(value, np.array(without), scale)
    assert found is not None
    return found


def peak_flow(metric: str, scale: ScaleName) -> Interval:
    """Return the interval of a metric of the two meters, with each person as an asset."""
    truth, found = np.array(SMALL_METER), np.array(LARGE_METER)

    def of_people(rows: np.ndarray) -> dict[str, float | None]:
        return {metric: getattr(count_metrics(truth[rows], found[rows]), metric)}

    without = without_each(np.arange(17), of_people, [metric])[metric]
    return interval(getattr(count_metrics(truth, found), metric), without.tolist(), scale)


def test_jackknife_interval__mean_difference_of_bland_and_altman__is_that_of_r() -> None:
    """The paper has -22.0 to 17.8, R's `t.test` -22.05 to 17.81."""
    found = peak_flow("bias", "plain")
    assert (round(found.low, 2), round(found.high, 2)) == (-22.05, 17.81)


def test_jackknife_interval__correlation_of_17__is_near_fishers() -> None:
    """R's `cor.test` has 0.846 to 0.980, which supposes that both flows are normal."""
    found = peak_flow("pearson_r", "fisher_z")
    assert (found.low, found.high) == pytest.approx((0.846, 0.980), abs=0.04)


def test_jackknife_interval__concordance_of_17__is_near_lins() -> None:
    """R's `epi.ccc` has 0.8505 to 0.9787, which supposes that both flows are normal."""
    found = peak_flow("concordance", "fisher_z")
    assert (found.low, found.high) == pytest.approx((0.8505, 0.9787), abs=0.03)


def test_jackknife_interval__mean_of_assets__is_students() -> None:
    values = np.array([3.0, 5.0, 4.0, 9.0])
    without = [float(np.delete(values, asset).mean()) for asset in range(4)]
    reference = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = interval(values.mean(), without, "plain")
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))


def test_jackknife_interval__ratio__worked_by_hand() -> None:
    """Logarithms of the ratios 1, 2 and 4 have a mean of log 2 and differ by log 2."""
    error = np.sqrt(2 * 2 / 3) * np.log(2)
    half = stats.t.ppf(0.975, 2) * error
    found = interval(2.0, [1.0, 2.0, 4.0], "log")
    assert (found.low, found.high) == pytest.approx((2 / np.exp(half), 2 * np.exp(half)))


def test_jackknife_interval__size_of_an_error__reaches_farther_than_a_ratio() -> None:
    """The root of 4 / (4 - 2) farther, with four assets."""
    ratio, error = (interval(2.0, [1.5, 2.0, 2.0, 2.5], scale) for scale in ("log", "log_error"))
    assert np.log(error.high / 2) == pytest.approx(np.sqrt(2) * np.log(ratio.high / 2))
    assert np.log(error.low / 2) == pytest.approx(np.sqrt(2) * np.log(ratio.low / 2))


def test_jackknife_interval__all_right_without_one_asset__takes_the_error_by_the_slope() -> None:
    """Of 18, 18, 18 and 17 objects found all but one of the last."""
    without = [52 / 53, 52 / 53, 53 / 54, 1.0]
    error = standard_error(np.array(without)) / (70 / 71 * 1 / 71)
    low, high = (np.log(70) + sign * stats.t.ppf(0.975, 3) * error for sign in (-1, 1))
    found = interval(70 / 71, without, "logit")
    assert (found.low, found.high) == pytest.approx(
        (1 / (1 + np.exp(-low)), 1 / (1 + np.exp(-high)))
    )
    assert found.high < 1


@pytest.mark.parametrize(
    ("value", "without", "scale"),
    [
        (0.5, [0.5], "plain"),
        (0.5, [0.4, 0.6], "log_error"),
        (0.5, [0.4, np.nan], "plain"),
        (np.nan, [0.4, 0.6], "plain"),
        (0.5, [0.5, 0.5, 0.5], "logit"),
        (1.0, [1.0, 1.0, 1.0], "fisher_z"),
        (0.0, [0.0, 0.0, 0.0], "log"),
    ],
    ids=[
        "one asset",
        "two of a skewed one",
        "no value without one",
        "no value",
        "no spread",
        "perfect r",
        "no error",
    ],
)
def test_jackknife_interval__nothing_to_tell_it_from__is_none(
    value: float, without: list[float], scale: ScaleName
) -> None:
    assert jackknife_interval(value, np.array(without), scale) is None


def test_boundary_interval__one_object_an_asset__is_that_of_scipy() -> None:
    reference = stats.binomtest(71, 71).proportion_ci(0.95, "exact")
    found = boundary_interval(1.0, num_objects=71, num_assets=71)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))
    none = boundary_interval(0.0, num_objects=71, num_assets=71)
    assert (none.low, none.high) == pytest.approx((0, 1 - reference.low))


def test_boundary_interval__objects_of_few_assets__tell_less() -> None:
    """71 objects of 4 assets, 17.75 each, are worth 71 / (1 + 16.75 * 0.1) = 26.5."""
    found = boundary_interval(1.0, num_objects=71, num_assets=4)
    assert found.low == pytest.approx(0.025 ** (2.675 / 71))
    assert found.high == 1


def test_without_each__images_of_an_asset__are_left_out_together() -> None:
    truth = np.array([1.0, 2.0, 4.0])
    found = without_each(
        np.array([0, 1, 0]), lambda rows: {"sum": float(truth[rows].sum()), "b": None}, ["sum", "b"]
    )
    assert found["sum"].tolist() == [2, 5]
    assert np.isnan(found["b"]).all()


def test_weights_without_each__images_of_the_asset__count_nothing() -> None:
    assert weights_without_each(np.array([0, 1, 0])).tolist() == [[0, 1, 0], [1, 0, 1]]
