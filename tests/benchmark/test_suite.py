"""Tests for `gapjunction.benchmark.suite`."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
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


def each_its_own(num_images: int) -> AssetGroups:
    names = tuple(AssetName("", str(number)) for number in range(num_images))
    return AssetGroups(np.arange(num_images), names, UNKNOWN_SOURCE)


def suite_of(paired: PairedCounts, groups: AssetGroups = TWO_ASSETS) -> dict[str, Any]:
    return count_suite(paired, groups, num_resamples=100, seed=0)


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
    suite = suite_of(paired, each_its_own(2))
    assert (suite["datasets"], suite["assets"]) == ({}, {})
    assert suite["all"]["mae_low"] is not None


def test_count_suite__one_asset__has_no_intervals(paired: PairedCounts) -> None:
    groups = AssetGroups(np.array([0, 0]), (AssetName("rats", "1"),), "groups.csv")
    assert not [name for name in suite_of(paired, groups)["all"] if name == "mae_low"]


def random_counts(num_images: int) -> PairedCounts:
    rng = np.random.default_rng(1)
    truth = rng.poisson(30, (num_images, 1))
    predicted = np.maximum(truth + rng.normal(1, 4, truth.shape).round().astype(np.int64), 0)
    stems = tuple(str(number) for number in range(num_images))
    return PairedCounts(stems, ("puncta",), truth, predicted)


def pearson(first: NDArray[np.int64], second: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
    one, other = (each - each.mean(axis, keepdims=True) for each in (first, second))
    r: NDArray[np.float64] = (one * other).sum(axis) / np.sqrt(
        (one**2).sum(axis) * (other**2).sum(axis)
    )
    return r


def test_count_suite__images_as_assets__have_the_intervals_of_scipy() -> None:
    paired = random_counts(40)
    values = count_suite(paired, each_its_own(40), num_resamples=10_000, seed=0)["all"]
    truth, predicted = paired.truth[:, 0], paired.predicted[:, 0]
    references = {
        "bias": (lambda i, axis: (predicted[i] - truth[i]).mean(axis), 0.05),
        "mae": (lambda i, axis: np.abs(predicted[i] - truth[i]).mean(axis), 0.05),
        "pearson_r": (lambda i, axis: pearson(predicted[i], truth[i], axis), 0.01),
        "total_ratio": (lambda i, axis: predicted[i].sum(axis) / truth[i].sum(axis), 0.002),
    }
    for name, (statistic, tolerance) in references.items():
        expected = stats.bootstrap(
            (np.arange(40),),
            statistic,
            vectorized=True,
            n_resamples=10_000,
            method="percentile",
            rng=1,
        ).confidence_interval
        ours = (values[f"{name}_low"], values[f"{name}_high"])
        assert ours == pytest.approx((expected.low, expected.high), abs=tolerance)
    for name in names_with_interval(CountMetrics):
        assert values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]


def test_count_suite__images_of_one_asset__are_drawn_together() -> None:
    """Assets of unlike bias make the interval wider than images by themselves would."""
    truth = np.full((20, 1), 50)
    predicted = truth + np.repeat([-5, 0, 2, 9], 5)[:, None]
    paired = PairedCounts(tuple("abcdefghijklmnopqrst"), ("puncta",), truth, predicted)
    names = tuple(AssetName("", str(number)) for number in range(4))
    of_assets = AssetGroups(np.repeat(np.arange(4), 5), names, "groups.csv")
    wide, narrow = (
        count_suite(paired, groups, num_resamples=1000, seed=0)["all"]
        for groups in (of_assets, each_its_own(20))
    )
    assert wide["bias_high"] - wide["bias_low"] > 1.8 * (narrow["bias_high"] - narrow["bias_low"])


def test_segmentation_suite__headlines__lie_in_their_intervals() -> None:
    matrices = np.random.default_rng(2).integers(1, 50, (12, 3, 3))
    pixels = PixelCounts(tuple("abcdefghijkl"), ("round", "oval"), matrices)
    suite = segmentation_suite(pixels, each_its_own(12), num_resamples=200, seed=0)
    for name in names_with_interval(SegmentationMetrics):
        assert suite["all"][f"{name}_low"] <= suite["all"][name] <= suite["all"][f"{name}_high"]
    oval = suite["classes"]["oval"]
    assert oval["iou_low"] < oval["iou"] < oval["iou_high"]


def test_segmentation_suite__mean_of_images__has_the_interval_of_scipy() -> None:
    matrices = np.random.default_rng(3).integers(1, 50, (30, 2, 2))
    pixels = PixelCounts(tuple(map(str, range(30))), ("round",), matrices)
    values = segmentation_suite(pixels, each_its_own(30), num_resamples=3000, seed=0)["all"]
    each = matrices[:, 1, 1] / (matrices.sum(axis=(1, 2)) - matrices[:, 0, 0])
    expected = stats.bootstrap(
        (each,), np.mean, n_resamples=3000, method="percentile", rng=1
    ).confidence_interval
    ours = (values["mean_iou_per_image_low"], values["mean_iou_per_image_high"])
    assert ours == pytest.approx((expected.low, expected.high), abs=0.004)
