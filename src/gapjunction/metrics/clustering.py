"""How far the images of an asset resemble one another, and how little more of them tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from gapjunction.metrics.group_effects import Estimate, FloatArray
from gapjunction.metrics.interval import CONFIDENCE, Interval


@dataclass(frozen=True, slots=True)
class Clustering:
    """The intraclass correlation of images within assets.

    Attributes:
        icc: 0 to 1, ICC(1) with its interval, which is exact where all assets have as many images.
        num_images: of an asset, the mean.
        design_effect: by how much the variance of a mean over images is larger than if each
            image were of another asset: 1 + (num_images - 1) ICC.
    """

    icc: Estimate
    num_images: float
    design_effect: float


def clustering(groups: Sequence[Sequence[FloatArray]]) -> Clustering | None:
    """Return it from the images' values, asset by asset in each group, by analysis of variance.

    Values are taken relative to their group's mean. None where no asset has two images, no group
    two assets, or nothing varies.
    """
    scaled = [_relative(assets) for assets in groups if any(map(len, assets))]
    sizes = [np.array([len(each) for each in assets]) for assets in scaled]
    num_images, num_assets = (
        sum(int(each.sum()) for each in sizes),
        sum(len(each) for each in sizes),
    )
    between, within = num_assets - len(groups), num_images - num_assets
    if between < 1 or within < 1:
        return None
    squares_within = sum(_squares(each, each.mean()) for assets in scaled for each in assets)
    squares_between = sum(
        len(each) * (each.mean() - np.concatenate(assets).mean()) ** 2
        for assets in scaled
        for each in assets
    )
    mean_within, mean_between = squares_within / within, float(squares_between) / between
    if mean_within <= 0:
        return None
    typical = (num_images - sum(float((n**2).sum() / n.sum()) for n in sizes)) / between
    icc = Estimate(
        _icc(mean_between / mean_within, typical),
        _interval(mean_between / mean_within, typical, between, within),
    )
    mean_size = num_images / num_assets
    return Clustering(icc, mean_size, 1 + (mean_size - 1) * icc.value)


def _relative(assets: Sequence[FloatArray]) -> list[FloatArray]:
    mean = float(np.concatenate(assets).mean()) or 1.0
    return [each / mean for each in assets]


def _squares(values: FloatArray, middle: float) -> float:
    return float(np.sum((values - middle) ** 2))


def _icc(f_ratio: float, typical: float) -> float:
    return float(np.clip((f_ratio - 1) / (f_ratio - 1 + typical), 0, 1))


def _interval(f_ratio: float, typical: float, between: int, within: int) -> Interval:
    """Return Searle's interval, from the F distribution."""
    tail = (1 + CONFIDENCE) / 2
    low = f_ratio / stats.f.ppf(tail, between, within)
    high = f_ratio * stats.f.ppf(tail, within, between)
    return Interval(_icc(low, typical), _icc(high, typical))
