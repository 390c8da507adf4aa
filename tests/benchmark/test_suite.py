"""Tests for `gapjunction.benchmark.suite`."""

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE, AssetGroups, AssetName
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import (
    count_suite,
    flat_metrics,
    segmentation_suite,
)
from gapjunction.metrics.counts import CountMetrics
from gapjunction.metrics.metric_field import names_with_interval
from gapjunction.metrics.segmentation import PixelCounts, SegmentationMetrics

TWO_ASSETS = AssetGroups(
    np.array([0, 1]), (AssetName("rats", "1"), AssetName("mice", "1")), "groups.csv"
)


def each_its_own(num_images: int, source: str = "groups.csv") -> AssetGroups:
    names = tuple(AssetName("", str(number)) for number in range(num_images))
    return AssetGroups(np.arange(num_images), names, source)


def suite_of(paired: PairedCounts, groups: AssetGroups = TWO_ASSETS) -> dict[str, Any]:
    return count_suite(paired, groups)


@pytest.fixture
def paired() -> PairedCounts:
    truth, predicted = np.array([[1, 5], [2, 4]]), np.array([[2, 4], [2, 7]])
    return PairedCounts(("a", "b"), ("oval", "round"), truth, predicted)


def test_count_suite__all__compares_the_sums_of_an_image(paired: PairedCounts) -> None:
    assert suite_of(paired)["all"]["mae"] == 1.5  # 6 and 6, 6 and 9


def test_count_suite__classes__are_compared_one_by_one(paired: PairedCounts) -> None:
    classes = suite_of(paired)["classes"]
    assert (classes["oval"]["mae"], classes["round"]["mae"]) == (0.5, 2.0)


def test_count_suite__undefined_metrics__are_null_in_json(paired: PairedCounts) -> None:
    text = json.dumps(suite_of(paired), allow_nan=False)
    assert json.loads(text)["all"]["pearson_r"] is None


def test_flat_metrics__undefined_metrics__are_left_out(paired: PairedCounts) -> None:
    flat = flat_metrics(suite_of(paired))
    assert (flat["mae"], flat["oval.mae"], flat["round.mae"]) == (1.5, 0.5, 2.0)
    assert "pearson_r" not in flat


def test_count_suite__datasets_and_assets__are_compared_by_themselves(
    paired: PairedCounts,
) -> None:
    suite = suite_of(paired)
    assert list(suite["datasets"]) == ["mice", "rats"]
    assert suite["datasets"]["mice"]["bias"] == suite["assets"]["mice/1"]["bias"] == 3
    assert suite["assets"]["rats/1"]["num_truth"] == 6


def test_count_suite__nothing_tells_assets__has_none_by_name(paired: PairedCounts) -> None:
    suite = suite_of(paired, each_its_own(2, UNKNOWN_SOURCE))
    assert (suite["datasets"], suite["assets"]) == ({}, {})
    assert suite["all"]["num_assets"] is None
    assert not [name for name in suite["all"] if name == "mae_low"]


def test_count_suite__one_asset__has_no_intervals(paired: PairedCounts) -> None:
    groups = AssetGroups(np.array([0, 0]), (AssetName("rats", "1"),), "groups.csv")
    assert not [name for name in suite_of(paired, groups)["all"] if name == "mae_low"]


def random_counts(num_images: int) -> PairedCounts:
    rng = np.random.default_rng(1)
    truth = rng.poisson(30, (num_images, 1))
    predicted = np.maximum(truth + rng.normal(1, 4, truth.shape).round().astype(np.int64), 0)
    stems = tuple(str(number) for number in range(num_images))
    return PairedCounts(stems, ("puncta",), truth, predicted)


def test_count_suite__images_as_assets__have_the_interval_of_students_t() -> None:
    paired = random_counts(40)
    values = count_suite(paired, each_its_own(40))["all"]
    difference = (paired.predicted - paired.truth)[:, 0]
    expected = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
    assert (values["bias_low"], values["bias_high"]) == pytest.approx((expected.low, expected.high))


def test_count_suite__other_scales__are_jackknifed_by_the_formula() -> None:
    """Efron and Tibshirani's formula, on log and Fisher's z, which are skewed."""
    paired = random_counts(12)
    values = count_suite(paired, each_its_own(12))["all"]
    truth, found = paired.truth[:, 0], paired.predicted[:, 0]
    mae = [np.log(np.abs(np.delete(found - truth, i)).mean()) for i in range(12)]
    z = [np.arctanh(np.corrcoef(np.delete(truth, i), np.delete(found, i))[0, 1]) for i in range(12)]
    for name, without, to, back in (
        ("mae", np.array(mae), np.log, np.exp),
        ("pearson_r", np.array(z), np.arctanh, np.tanh),
    ):
        error = np.sqrt(11 / 12 * np.sum((without - without.mean()) ** 2))
        half = np.sqrt(12 / 10) * stats.t.ppf(0.975, 11) * error
        expected = back(to(values[name]) - half), back(to(values[name]) + half)
        assert (values[f"{name}_low"], values[f"{name}_high"]) == pytest.approx(expected)


def test_count_suite__root_mean_squared_error__has_an_interval_from_30_assets_on() -> None:
    of_29, of_30 = (count_suite(random_counts(n), each_its_own(n))["all"] for n in (29, 30))
    assert of_29["rmse_low"] is None
    assert of_30["rmse_low"] < of_30["rmse"] < of_30["rmse_high"]


def test_count_suite__every_interval__holds_its_metric() -> None:
    values = count_suite(random_counts(40), each_its_own(40))["all"]
    for name in names_with_interval(CountMetrics):
        assert values[f"{name}_low"] < values[name] < values[f"{name}_high"]


def test_count_suite__images_of_one_asset__are_left_out_together() -> None:
    """Assets of unlike bias make the interval wider than images by themselves would."""
    truth = np.full((20, 1), 50)
    predicted = truth + np.repeat([-5, 0, 2, 9], 5)[:, None]
    paired = PairedCounts(tuple("abcdefghijklmnopqrst"), ("puncta",), truth, predicted)
    names = tuple(AssetName("", str(number)) for number in range(4))
    of_assets = AssetGroups(np.repeat(np.arange(4), 5), names, "groups.csv")
    wide, narrow = (count_suite(paired, groups)["all"] for groups in (of_assets, each_its_own(20)))
    assert wide["bias_high"] - wide["bias_low"] > 1.8 * (narrow["bias_high"] - narrow["bias_low"])


def test_count_suite__limits_of_agreement__lie_in_intervals_of_their_own() -> None:
    values = count_suite(random_counts(12), each_its_own(12))["all"]
    for name in ("limits_of_agreement_low", "limits_of_agreement_high"):
        assert values[f"{name}_low"] < values[name] < values[f"{name}_high"]


def test_count_suite__limits_of_several_images_of_assets__are_further_apart() -> None:
    """With two assets, what differs between these says little of others."""
    paired = random_counts(12)
    names = (AssetName("", "0"), AssetName("", "1"))
    of_assets = count_suite(paired, AssetGroups(np.repeat([0, 1], 6), names, "groups.csv"))
    of_images = count_suite(paired, each_its_own(12, UNKNOWN_SOURCE))
    high = "limits_of_agreement_high"
    assert of_assets["all"][high] > of_images["all"][high]
    assert f"{high}_low" not in of_images["all"]


def test_segmentation_suite__headlines__lie_in_their_intervals() -> None:
    matrices = np.random.default_rng(2).integers(1, 50, (12, 3, 3))
    pixels = PixelCounts(tuple("abcdefghijkl"), ("round", "oval"), matrices)
    suite = segmentation_suite(pixels, each_its_own(12))
    for name in names_with_interval(SegmentationMetrics):
        assert suite["all"][f"{name}_low"] <= suite["all"][name] <= suite["all"][f"{name}_high"]
    oval = suite["classes"]["oval"]
    assert oval["iou_low"] < oval["iou"] < oval["iou_high"]


def test_segmentation_suite__mean_of_images__is_jackknifed_on_the_logit_scale() -> None:
    matrices = np.random.default_rng(3).integers(1, 50, (30, 2, 2))
    pixels = PixelCounts(tuple(map(str, range(30))), ("round",), matrices)
    values = segmentation_suite(pixels, each_its_own(30))["all"]
    each = matrices[:, 1, 1] / (matrices.sum(axis=(1, 2)) - matrices[:, 0, 0])
    # The slope of the logit takes Student's interval of the mean onto its scale.
    error = stats.sem(each) / (each.mean() * (1 - each.mean()))
    middle, half = np.log(each.mean() / (1 - each.mean())), stats.t.ppf(0.975, 29) * error
    low, high = (1 / (1 + np.exp(-middle - sign * half)) for sign in (-1, 1))
    ours = (values["mean_iou_per_image_low"], values["mean_iou_per_image_high"])
    assert ours == pytest.approx((low, high), abs=0.001)


def test_segmentation_suite__masks_that_agree__are_as_sure_as_there_are_assets() -> None:
    """Four of four that agree: 0.025 ** (1 / 4)."""
    matrices = np.tile(np.diag([90, 10]), (4, 1, 1))
    pixels = PixelCounts(("a", "b", "c", "d"), ("round",), matrices)
    values = segmentation_suite(pixels, each_its_own(4))["all"]
    assert values["mean_iou"] == values["mean_iou_high"] == 1
    assert values["mean_iou_low"] == pytest.approx(0.025**0.25)
