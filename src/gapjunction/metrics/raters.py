"""How far several people who counted the same images agree."""

from dataclasses import dataclass

import numpy as np

from gapjunction.metrics.group_effects import Estimate
from gapjunction.metrics.jackknife import jackknife_interval, without_each
from gapjunction.metrics.limits_of_agreement import (
    LIMITS_IN_SD,
    MIN_IMAGES_FOR_SPREAD,
    AssetNumbers,
    FloatArray,
)


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """The agreement of all raters together.

    Attributes:
        icc: ICC(A,1); its interval is the jackknife's over assets, where these are known. None
            where it has no value.
        reproducibility: 1.96 root 2 times the standard deviation within an image: two people's
            counts of an image differ by less in 95 %; None without images.
    """

    num_raters: int
    num_images: int
    icc: Estimate | None
    reproducibility: float | None


def rater_agreement(counts: FloatArray, asset_of_image: AssetNumbers | None) -> RaterAgreement:
    """Return how far two raters or more agree.

    Args:
        counts: of each image by each rater (N, K).
        asset_of_image: numbered from 0 (N,); None where nothing tells the assets.
    """
    num_images, num_raters = counts.shape
    value = icc_agreement(counts)
    icc = None if value is None else Estimate(value, None)
    if value is not None and asset_of_image is not None:
        without = without_each(
            asset_of_image, lambda rows: {"icc": icc_agreement(counts[rows])}, ["icc"]
        )
        icc = Estimate(value, jackknife_interval(value, without["icc"], "fisher_z"))
    reproducibility = (
        LIMITS_IN_SD * float(np.sqrt(2 * counts.var(axis=1, ddof=1).mean())) if num_images else None
    )
    return RaterAgreement(num_raters, num_images, icc, reproducibility)


def icc_agreement(counts: FloatArray) -> float | None:
    """Return ICC(A,1), the absolute agreement of raters of images (N, K), McGraw & Wong 1996.

    Below 0 raters of one image agree less than those of two, and what would be below -1 is -1.
    None for less than two images, or where all counts are the same.
    """
    num_images, num_raters = counts.shape
    if num_images < MIN_IMAGES_FOR_SPREAD:
        return None
    of_images, of_raters = counts.mean(axis=1), counts.mean(axis=0)
    rest = counts - of_images[:, None] - of_raters + counts.mean()
    rows: float = num_raters * float(of_images.var(ddof=1))
    columns: float = num_images * float(of_raters.var(ddof=1))
    error = float(np.sum(rest**2)) / ((num_images - 1) * (num_raters - 1))
    variation = rows + (num_raters - 1) * error + num_raters / num_images * (columns - error)
    if variation <= 0:
        return -1.0 if error > 0 else None
    return float(max((rows - error) / variation, -1.0))
