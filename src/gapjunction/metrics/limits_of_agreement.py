"""Limits that hold about 95 % of the differences between two counts of an image, and of a new one.

Images of one asset resemble one another, so that their differences vary within and between assets
(Bland & Altman 2007). docs/metrics.md says how often the limits hold a new image.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from gapjunction.metrics.interval import CONFIDENCE, MIN_ASSETS, Interval
from gapjunction.metrics.jackknife import jackknife_interval, without_each

FloatArray = NDArray[np.float64]
AssetNumbers = NDArray[np.int64]

LIMITS_IN_SD = 1.96  # 95 % of normally distributed differences, Bland & Altman 1986
MIN_IMAGES_FOR_SPREAD = 2
TAIL = (1 + CONFIDENCE) / 2


@dataclass(frozen=True, slots=True)
class AgreementLimits:
    """Both limits, each with its 95 % interval; None where nothing tells how uncertain they are."""

    low: float
    high: float
    interval_of_low: Interval | None = None
    interval_of_high: Interval | None = None


@dataclass(frozen=True, slots=True)
class _Spread:
    """How differences vary, by one-way analysis of variance (Searle 1971).

    Attributes:
        of_mean: the variance of the mean of all images.
        squares: the mean squares between and within assets (2,).
        shares: what part of each is in the variance of a new image (2,).
        freedom: their degrees of freedom (2,).
    """

    of_mean: float
    squares: FloatArray
    shares: FloatArray
    freedom: FloatArray

    @classmethod
    def of(cls, difference: FloatArray, asset_of_image: AssetNumbers) -> Self:
        numbers, sizes = np.unique(asset_of_image, return_inverse=True, return_counts=True)[1:]
        means = np.bincount(numbers, difference) / sizes
        num_images, num_assets = len(difference), len(sizes)
        freedom = np.array([num_assets - 1.0, num_images - num_assets])
        between = np.sum(sizes * (means - difference.mean()) ** 2)
        within = np.sum((difference - means[numbers]) ** 2)
        squares = np.array([between, within]) / freedom
        clustered = float(np.sum(sizes**2)) / num_images
        typical = (num_images - clustered) / freedom[0]  # images of an asset
        of_assets = max((squares[0] - squares[1]) / typical, 0.0)
        of_mean = (of_assets * clustered + squares[1]) / num_images
        return cls(float(of_mean), squares, np.array([1 / typical, 1 - 1 / typical]), freedom)

    @property
    def of_new_image(self) -> float:
        """The variance of an image of an asset not seen yet, between and within assets."""
        return float(self.shares @ self.squares)

    @property
    def reach(self) -> float:
        """What 95 % of all images there are differ from the mean by less, if normal."""
        return LIMITS_IN_SD * float(np.sqrt(self.of_new_image))

    def freedom_of_new_image(self) -> float:
        """Return the degrees of freedom of its variance, by Satterthwaite (1946)."""
        parts = self.shares * self.squares
        return float(parts.sum() ** 2 / np.sum(parts**2 / self.freedom))

    def interval_of_variance(self) -> Interval:
        """Return the interval of the variance of a new image, by Graybill & Wang (1980)."""
        low, high = (self.freedom / stats.chi2.ppf(tail, self.freedom) for tail in (TAIL, 1 - TAIL))
        parts = self.shares * self.squares
        down, up = (float(np.sqrt(np.sum((parts * (end - 1)) ** 2))) for end in (low, high))
        return Interval(max(self.of_new_image - down, 0.0), self.of_new_image + up)


def limits_of_agreement(
    difference: FloatArray, asset_of_image: AssetNumbers | None = None
) -> AgreementLimits | None:
    """Return limits that hold about 95 % of the differences (N,), if they are normal.

    They are those of Bland & Altman 1986, 1.96 standard deviations about the mean, where the
    assets are unknown (None), where there is one, and where each has one image. Else they are
    prediction limits for an image of another asset. None for fewer than two images.

    Args:
        difference: of each image.
        asset_of_image: a number for each asset (N,).
    """
    if len(difference) < MIN_IMAGES_FOR_SPREAD:
        return None
    num_assets = 1 if asset_of_image is None else len(np.unique(asset_of_image))
    if asset_of_image is None or num_assets < MIN_ASSETS or num_assets == len(difference):
        return _plain_limits(difference, has_intervals=num_assets == len(difference))
    return _prediction_limits(difference, np.unique(asset_of_image, return_inverse=True)[1])


def limits_of_asset_means(
    difference: FloatArray, asset_of_image: AssetNumbers
) -> AgreementLimits | None:
    """Return limits that hold 95 % of the mean differences of new assets, if these are normal.

    They are prediction limits from the means of the assets, and hold for assets with as many
    images. None for fewer than two assets.

    Args:
        difference: of each image (N,).
        asset_of_image: a number for each asset (N,).
    """
    numbers, sizes = np.unique(asset_of_image, return_inverse=True, return_counts=True)[1:]
    num_assets = len(sizes)
    if num_assets < MIN_ASSETS:
        return None
    means = np.bincount(numbers, difference) / sizes
    middle, deviation = float(means.mean()), float(means.std(ddof=1))
    half = _student(num_assets - 1) * deviation * float(np.sqrt(1 + 1 / num_assets))
    return AgreementLimits(middle - half, middle + half)


def _plain_limits(difference: FloatArray, *, has_intervals: bool) -> AgreementLimits:
    """Return the limits of Bland & Altman 1986, and their intervals by Student's t from there."""
    mean, deviation = float(difference.mean()), float(difference.std(ddof=1))
    low, high = mean - LIMITS_IN_SD * deviation, mean + LIMITS_IN_SD * deviation
    if not has_intervals or deviation == 0:
        return AgreementLimits(low, high)
    half = _student(len(difference) - 1) * deviation * float(np.sqrt(3 / len(difference)))
    return AgreementLimits(
        low, high, Interval(low - half, low + half), Interval(high - half, high + half)
    )


def _prediction_limits(difference: FloatArray, asset_of_image: AssetNumbers) -> AgreementLimits:
    """Return the limits of differences (N,) of assets numbered from 0, some with several images."""
    mean, spread = float(difference.mean()), _Spread.of(difference, asset_of_image)
    if spread.of_new_image == 0:
        return AgreementLimits(mean, mean)
    uncertain = float(np.sqrt(spread.of_new_image + spread.of_mean))
    half = _student(spread.freedom_of_new_image()) * uncertain
    of_reach = _interval_of_reach(difference, asset_of_image, spread)
    of_low, of_high = _intervals_of_limits(mean, spread, of_reach)
    return AgreementLimits(mean - half, mean + half, of_low, of_high)


def _intervals_of_limits(
    mean: float, spread: _Spread, of_reach: Interval
) -> tuple[Interval, Interval]:
    """Return those of mean -+ 1.96 standard deviations of all images there are.

    The method of variance estimates recovery, MOVER (Zou 2013), joins the interval of the mean,
    by Student's t over assets, with that of the 1.96 standard deviations, `of_reach`.
    """
    of_mean = _student(spread.freedom[0]) * float(np.sqrt(spread.of_mean))
    inward = float(np.hypot(of_mean, spread.reach - of_reach.low))
    outward = float(np.hypot(of_mean, of_reach.high - spread.reach))
    low, high = mean - spread.reach, mean + spread.reach
    return Interval(low - outward, low + inward), Interval(high - inward, high + outward)


def _interval_of_reach(
    difference: FloatArray, asset_of_image: AssetNumbers, spread: _Spread
) -> Interval:
    """Return that of 1.96 standard deviations of all images there are.

    To either side it is the wider one of two: the one of normal differences, and the jackknife's
    over assets, which sees that a few large differences decide the standard deviation.
    """
    variance = spread.interval_of_variance()
    low, high = (LIMITS_IN_SD * float(np.sqrt(end)) for end in (variance.low, variance.high))
    without = without_each(
        asset_of_image,
        lambda rows: {"reach": _reach_of(difference[rows], asset_of_image[rows])},
        ["reach"],
    )
    jackknife = jackknife_interval(spread.reach, without["reach"], "log")
    if jackknife is None:
        return Interval(low, high)
    return Interval(min(low, jackknife.low), max(high, jackknife.high))


def _reach_of(difference: FloatArray, asset_of_image: AssetNumbers) -> float | None:
    """Return `_Spread.reach`; None where no two assets are left, or no asset with two images."""
    if not MIN_ASSETS <= len(np.unique(asset_of_image)) < len(difference):
        return None
    return _Spread.of(difference, asset_of_image).reach


def _student(freedom: float) -> float:
    return float(special.stdtrit(freedom, TAIL))
