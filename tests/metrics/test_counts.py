"""Tests for `gapjunction.metrics.counts`."""

from dataclasses import asdict

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sklearn_metrics  # type: ignore[import-untyped]

from gapjunction.metrics.counts import CountArray, count_metrics

# Peak expiratory flow of 17 people by two meters, l/min: Bland & Altman 1986, table 1.
LARGE_METER = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
SMALL_METER = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

# The same people and meters once more.
LARGE_AGAIN = [490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421]
SMALL_AGAIN = [525, 415, 508, 444, 500, 625, 460, 390, 642, 432, 420, 605, 227, 467, 268, 370, 443]


def counts(*values: int) -> CountArray:
    return np.array(values, np.int64)


@pytest.fixture(params=range(5))
def random_counts(request: pytest.FixtureRequest) -> tuple[CountArray, CountArray]:
    rng = np.random.default_rng(request.param)
    truth = rng.poisson(20, 30)
    truth[:3] = 0
    return truth, rng.poisson(truth + 1)


def test_count_metrics__worked_example__gives_the_numbers_done_by_hand() -> None:
    found = count_metrics(counts(0, 10, 20), counts(3, 8, 20))
    assert (found.num_images, found.num_truth, found.num_predicted) == (3, 30, 31)
    assert found.mae == pytest.approx(5 / 3)
    assert found.rmse == pytest.approx(np.sqrt(13 / 3))
    assert found.mape_percent == pytest.approx(10.0)
    assert found.wape_percent == pytest.approx(100 * 5 / 30)
    assert (found.num_images_without_truth, found.mean_predicted_without_truth) == (1, 3.0)
    assert found.bias == pytest.approx(1 / 3)
    assert found.total_ratio == pytest.approx(31 / 30)


def test_count_metrics__errors__agree_with_scikit_learn(
    random_counts: tuple[CountArray, CountArray],
) -> None:
    truth, predicted = random_counts
    found = count_metrics(truth, predicted)
    assert found.mae == pytest.approx(sklearn_metrics.mean_absolute_error(truth, predicted))
    assert found.rmse == pytest.approx(sklearn_metrics.root_mean_squared_error(truth, predicted))
    assert found.r_squared == pytest.approx(sklearn_metrics.r2_score(truth, predicted))
    mape = sklearn_metrics.mean_absolute_percentage_error(truth[truth > 0], predicted[truth > 0])
    assert found.mape_percent == pytest.approx(100 * mape)


def test_count_metrics__pearson_r__agrees_with_scipy(
    random_counts: tuple[CountArray, CountArray],
) -> None:
    expected = stats.pearsonr(*random_counts).statistic
    assert count_metrics(*random_counts).pearson_r == pytest.approx(expected)


def test_count_metrics__concordance__is_pearson_r_times_bias_correction(
    random_counts: tuple[CountArray, CountArray],
) -> None:
    # Lin 1989: rho_c = r C_b with C_b = 2 / (v + 1/v + u^2), scale shift v, location shift u.
    truth, predicted = random_counts
    v = truth.std() / predicted.std()
    u = (truth.mean() - predicted.mean()) / np.sqrt(truth.std() * predicted.std())
    expected = stats.pearsonr(truth, predicted).statistic * 2 / (v + 1 / v + u**2)
    assert count_metrics(truth, predicted).concordance == pytest.approx(expected)


def test_count_metrics__limits_of_agreement__hold_95_percent_of_normal_differences() -> None:
    truth = np.full(20_000, 1000)
    difference = np.random.default_rng(0).normal(5, 20, 20_000).round().astype(np.int64)
    found = count_metrics(truth, truth + difference)
    low, high = stats.norm.interval(0.95, loc=difference.mean(), scale=difference.std(ddof=1))
    assert found.limits_of_agreement_low == pytest.approx(low, abs=0.01)
    assert found.limits_of_agreement_high == pytest.approx(high, abs=0.01)


def test_count_metrics__limits_of_two_images__use_the_sample_deviation() -> None:
    found = count_metrics(counts(10, 10), counts(10, 12))  # differences 0, 2: SD is sqrt(2)
    assert found.limits_of_agreement_high == pytest.approx(1 + 1.96 * np.sqrt(2))


def test_count_metrics__icc_of_flow_rates__is_that_of_other_programs() -> None:
    """Bland & Altman 1986, table 1; pingouin has 0.9459."""
    metrics = count_metrics(counts(*SMALL_METER), counts(*LARGE_METER))
    assert metrics.icc_agreement == pytest.approx(0.9459, abs=5e-5)


def test_count_metrics__flow_rates__have_the_numbers_of_r() -> None:
    """Concordance by epiR::epi.ccc, correlation by cor, mean difference by t.test."""
    found = count_metrics(counts(*SMALL_METER), counts(*LARGE_METER))
    assert found.concordance == pytest.approx(0.9427424, abs=5e-8)
    assert found.pearson_r == pytest.approx(0.9432794, abs=5e-8)
    assert found.bias == pytest.approx(-2.1176470588, abs=5e-11)


def test_count_metrics__icc__agrees_with_an_analysis_of_variance(
    random_counts: tuple[CountArray, CountArray],
) -> None:
    """McGraw & Wong 1996, case 2A: mean squares of rows, of columns and of what is left."""
    table = np.stack(random_counts, axis=1).astype(float)
    num_images, middle = len(table), table.mean()
    of_rows, of_columns = table.mean(axis=1, keepdims=True), table.mean(axis=0)
    rows = 2 * np.sum((of_rows - middle) ** 2) / (num_images - 1)
    columns = num_images * np.sum((of_columns - middle) ** 2)
    error = np.sum((table - of_rows - of_columns + middle) ** 2) / (num_images - 1)
    expected = (rows - error) / (rows + error + 2 / num_images * (columns - error))
    assert count_metrics(*random_counts).icc_agreement == pytest.approx(expected)


@pytest.mark.parametrize("truth", [counts(4, 6), counts(4, 5, 6)])
def test_count_metrics__raters_who_differ_as_much_as_they_can__have_an_icc_of_minus_one(
    truth: CountArray,
) -> None:
    assert count_metrics(truth, truth[::-1]).icc_agreement == -1


def test_count_metrics__slope_of_difference_on_mean__agrees_with_scipy(
    random_counts: tuple[CountArray, CountArray],
) -> None:
    truth, predicted = random_counts
    expected = stats.linregress((truth + predicted) / 2, predicted - truth).slope
    assert count_metrics(truth, predicted).difference_slope == pytest.approx(expected)


def test_count_metrics__half_of_the_objects__differ_by_two_thirds_of_the_mean() -> None:
    found = count_metrics(counts(0, 10, 40), counts(0, 5, 20))
    assert found.difference_slope == pytest.approx(-2 / 3)


def test_count_metrics__equal_counts__is_perfect() -> None:
    found = count_metrics(counts(3, 1, 7), counts(3, 1, 7))
    assert (found.mae, found.rmse, found.mape_percent, found.bias) == (0, 0, 0, 0)
    assert found.pearson_r == pytest.approx(1)
    assert (found.concordance, found.r_squared, found.total_ratio) == (1, 1, 1)
    assert (found.icc_agreement, found.wape_percent, found.difference_slope) == (1, 0, 0)


def test_count_metrics__twice_the_truth__pearson_r_is_blind_where_concordance_sees() -> None:
    found = count_metrics(counts(5, 10, 15), counts(10, 20, 30))
    assert found.pearson_r == pytest.approx(1)
    assert found.concordance is not None
    assert found.concordance < 0.5


NEED_TWO_IMAGES = [
    "limits_of_agreement_low",
    "limits_of_agreement_high",
    "difference_slope",
    "pearson_r",
    "concordance",
    "icc_agreement",
    "r_squared",
]
UNDEFINED_WITHOUT_IMAGES = [
    "mae",
    "rmse",
    "mape_percent",
    "wape_percent",
    "mean_predicted_without_truth",
    "bias",
    "total_ratio",
    "repeatability",
    *NEED_TWO_IMAGES,
]
NEED_ASSETS = ["limits_of_asset_means_low", "limits_of_asset_means_high"]


@pytest.mark.parametrize(
    ("truth", "predicted", "undefined"),
    [
        (counts(), counts(), UNDEFINED_WITHOUT_IMAGES),
        (counts(4), counts(5), [*NEED_TWO_IMAGES, "mean_predicted_without_truth"]),
        (counts(4, 4), counts(3, 5), ["pearson_r", "r_squared", "mean_predicted_without_truth"]),
        (counts(4, 6), counts(5, 5), ["pearson_r", "mean_predicted_without_truth"]),
        (counts(4, 5, 6), counts(6, 5, 4), ["difference_slope", "mean_predicted_without_truth"]),
        (
            counts(4, 4),
            counts(4, 4),
            [
                "difference_slope",
                "pearson_r",
                "concordance",
                "icc_agreement",
                "r_squared",
                "mean_predicted_without_truth",
            ],
        ),
        (
            counts(0, 0),
            counts(1, 3),
            ["mape_percent", "wape_percent", "pearson_r", "r_squared", "total_ratio"],
        ),
    ],
    ids=[
        "no images",
        "one image",
        "constant truth",
        "constant found",
        "constant mean",
        "same constant",
        "all zero",
    ],
)
def test_count_metrics__undefined_cases__are_none_and_all_others_are_numbers(
    truth: CountArray, predicted: CountArray, undefined: list[str]
) -> None:
    values = asdict(count_metrics(truth, predicted))
    names = sorted(name for name, value in values.items() if value is None)
    assert names == sorted([*undefined, *NEED_ASSETS])
    assert all(np.isfinite(value) for value in values.values() if value is not None)


def test_count_metrics__one_side_constant__has_no_concordance() -> None:
    assert count_metrics(counts(4, 6), counts(5, 5)).concordance == 0


def test_count_metrics__unequal_lengths__is_refused() -> None:
    with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
        count_metrics(counts(1, 2), counts(1))


def test_count_metrics__two_readings_of_flow_rates__repeat_as_in_the_paper() -> None:
    """Both readings of both meters, l/min: Bland & Altman 1986, table 1; 1.96 root 2 times 15.3."""
    deviations = [
        count_metrics(counts(*first), counts(*second)).repeatability
        for first, second in ((LARGE_METER, LARGE_AGAIN), (SMALL_METER, SMALL_AGAIN))
    ]
    expected = [1.96 * np.sqrt(2) * deviation for deviation in (15.3, 19.9)]
    assert deviations == pytest.approx(expected, abs=0.15)


def test_count_metrics__assets__have_limits_of_their_means() -> None:
    """The means of the differences are 0, 2 and 4."""
    truth, found = counts(5, 5, 5, 5, 5, 5), counts(4, 6, 6, 8, 8, 10)
    measured = count_metrics(truth, found, np.array([0, 0, 1, 1, 2, 2]))
    half = stats.t.ppf(0.975, 2) * 2 * np.sqrt(1 + 1 / 3)
    limits = (measured.limits_of_asset_means_low, measured.limits_of_asset_means_high)
    assert limits == pytest.approx((2 - half, 2 + half))
