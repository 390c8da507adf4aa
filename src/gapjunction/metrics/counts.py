"""How far predicted object counts agree with the counts of a person, image by image.

docs/metrics.md explains each number in words. A number that cannot be computed is None, never
NaN: it becomes `null` in JSON, and is left out where only numbers are allowed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.limits_of_agreement import (
    LIMITS_IN_SD,
    MIN_IMAGES_FOR_SPREAD,
    AssetNumbers,
    FloatArray,
    limits_of_agreement,
    limits_of_asset_means,
)
from gapjunction.metrics.metric_field import metric
from gapjunction.metrics.raters import icc_agreement

CountArray = NDArray[np.int64]

# Squared, the worst images decide: of fewer assets intervals held the truth in 82 to 91 % of
# simulated studies.
MIN_ASSETS_FOR_RMSE = 30


@dataclass(frozen=True, slots=True)
class CountMetrics:
    """The agreement of predicted with true counts; every difference is predicted - true.

    Attributes:
        num_images: images compared; without any, all that is not a number of things is None.
        num_truth, num_predicted: objects in all images together.
        total_ratio: all objects predicted / all objects there; None where there are none.
        bias: mean difference, objects an image; above zero: too many are predicted.
        limits_of_agreement_low, limits_of_agreement_high: those of `limits_of_agreement`; None
            for less than two images.
        limits_of_asset_means_low, limits_of_asset_means_high: the same for the mean of the images
            of an asset; None where fewer than two assets are known.
        repeatability: 1.96 root 2 times the standard deviation within an image (Bland & Altman
            1999): two counts of one image differ by less in 95 %, if neither side counts more.
        mae: mean absolute difference, objects an image.
        rmse: root of the mean squared difference, objects an image.
        mape_percent: mean absolute difference in percent of the truth, over the images whose
            truth is not zero; None without such an image.
        wape_percent: sum of the absolute differences in percent of all objects there; None where
            there are none.
        num_images_without_truth: images with a true count of zero, which MAPE leaves out.
        mean_predicted_without_truth: mean predicted count of those images; None without any.
        difference_slope: by how much the difference grows with each object, of the mean of both
            counts (least squares); None for less than two images, or where all have one mean.
        pearson_r: None for less than two images, or where either count is constant.
        concordance: Lin's concordance correlation coefficient (Lin 1989), with his population
            variances (ddof 0); None for less than two images, or where both counts are one
            and the same constant; 0 where just one of them is constant.
        icc_agreement: ICC(A,1) of the two counts, as in `icc_agreement`; None for less than two
            images, or where all counts are the same.
        r_squared: coefficient of determination, 1 - SSres / SStot; below zero it is worse than
            always saying the mean; None for less than two images or a constant truth.
    """

    num_images: int = metric("images", "d", column="images")
    num_truth: int = metric("objects, true", "d", column="true")
    num_predicted: int = metric("objects, predicted", "d", column="predicted")
    total_ratio: float | None = metric(
        "predicted / true", ".3f", scale="log", column="predicted / true"
    )
    bias: float | None = metric("bias (predicted - true)", "+.2f", scale="plain", column="bias")
    limits_of_agreement_low: float | None = metric("95 % limits, low", "+.2f")
    limits_of_agreement_high: float | None = metric("95 % limits, high", "+.2f")
    limits_of_asset_means_low: float | None = metric("95 % limits of asset means, low", "+.2f")
    limits_of_asset_means_high: float | None = metric("95 % limits of asset means, high", "+.2f")
    repeatability: float | None = metric("repeatability coefficient", ".2f")
    difference_slope: float | None = metric("slope of difference on mean", "+.3f", scale="plain")
    mae: float | None = metric(
        "mean absolute error", ".2f", scale="log_error", column="mean abs. error"
    )
    rmse: float | None = metric(
        "root mean squared error", ".2f", scale="log_error", min_assets=MIN_ASSETS_FOR_RMSE
    )
    mape_percent: float | None = metric("mean absolute error, %", ".1f", scale="log_error")
    wape_percent: float | None = metric("errors / true (WAPE), %", ".1f", scale="log_error")
    num_images_without_truth: int = metric("images without objects", "d")
    mean_predicted_without_truth: float | None = metric("  predicted there, mean", ".2f")
    pearson_r: float | None = metric("Pearson's r", ".3f", scale="fisher_z")
    concordance: float | None = metric("concordance (Lin)", ".3f", scale="fisher_z")
    icc_agreement: float | None = metric("agreement, ICC(A,1)", ".3f", scale="fisher_z")
    r_squared: float | None = metric("R squared", ".3f", scale="log_of_rest")


def count_metrics(
    truth: CountArray, predicted: CountArray, asset_of_image: AssetNumbers | None = None
) -> CountMetrics:
    """Compare the true and the predicted count of each image, shapes (N,).

    The limits of agreement take account of the assets, (N,), where these are known.

    Raises:
        ValueError: if the two are not one-dimensional and of one length.
    """
    if truth.ndim != 1 or truth.shape != predicted.shape:
        raise ValueError(f"expected two arrays (N,), got {truth.shape} and {predicted.shape}")
    true, found = truth.astype(np.float64), predicted.astype(np.float64)
    difference = found - true
    limits = limits_of_agreement(difference, asset_of_image)
    of_means = None if asset_of_image is None else limits_of_asset_means(difference, asset_of_image)
    rmse = _root(_mean(difference**2))
    is_without = truth == 0
    return CountMetrics(
        num_images=len(truth),
        num_truth=int(truth.sum()),
        num_predicted=int(predicted.sum()),
        mae=_mean(np.abs(difference)),
        rmse=rmse,
        mape_percent=_mean(100 * np.abs(difference[~is_without]) / true[~is_without]),
        wape_percent=_share_in_percent(np.abs(difference), true),
        num_images_without_truth=int(is_without.sum()),
        mean_predicted_without_truth=_mean(found[is_without]),
        bias=_mean(difference),
        limits_of_agreement_low=None if limits is None else limits.low,
        limits_of_agreement_high=None if limits is None else limits.high,
        limits_of_asset_means_low=None if of_means is None else of_means.low,
        limits_of_asset_means_high=None if of_means is None else of_means.high,
        repeatability=None if rmse is None else LIMITS_IN_SD * rmse,  # root 2 s = RMSE of two
        difference_slope=difference_slope(true, found),
        pearson_r=pearson_r(true, found),
        concordance=concordance(true, found),
        icc_agreement=icc_agreement(np.stack([true, found], axis=1)),
        r_squared=r_squared(true, found),
        total_ratio=float(found.sum() / true.sum()) if true.sum() > 0 else None,
    )


def pearson_r(first: FloatArray, second: FloatArray) -> float | None:
    """Return the linear correlation of two arrays (N,)."""
    if len(first) < MIN_IMAGES_FOR_SPREAD or _is_constant(first) or _is_constant(second):
        return None
    x, y = first - first.mean(), second - second.mean()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1, 1))


def concordance(first: FloatArray, second: FloatArray) -> float | None:
    """Return Lin's concordance correlation coefficient of two arrays (N,).

    It is 1 only where all pairs are equal: unlike Pearson's r it sees a shift and a scale.
    """
    if len(first) < MIN_IMAGES_FOR_SPREAD:
        return None
    x, y = first - first.mean(), second - second.mean()
    variation = np.mean(x**2) + np.mean(y**2) + (first.mean() - second.mean()) ** 2
    return float(2 * np.mean(x * y) / variation) if variation > 0 else None


def difference_slope(true: FloatArray, found: FloatArray) -> float | None:
    """Return the slope of found - true on the mean of both, (N,) each (Bland & Altman 1999)."""
    mean, difference = (true + found) / 2, found - true
    if len(true) < MIN_IMAGES_FOR_SPREAD or _is_constant(mean):
        return None
    x = mean - mean.mean()
    return float(x @ difference / (x @ x))


def r_squared(true: FloatArray, found: FloatArray) -> float | None:
    """Return the share of the variation of `true` (N,) that `found` (N,) accounts for."""
    if len(true) < MIN_IMAGES_FOR_SPREAD or _is_constant(true):
        return None
    return float(1 - np.sum((found - true) ** 2) / np.sum((true - true.mean()) ** 2))


def _is_constant(values: FloatArray) -> bool:
    return bool(np.all(values == values[0]))


def _mean(values: FloatArray) -> float | None:
    return float(values.mean()) if len(values) else None


def _share_in_percent(part: FloatArray, whole: FloatArray) -> float | None:
    return float(100 * part.sum() / whole.sum()) if whole.sum() > 0 else None


def _root(value: float | None) -> float | None:
    return None if value is None else float(np.sqrt(value))
