"""How uncertain a number is, by leaving out one asset after the other (Efron & Tibshirani 1993).

Images of one asset resemble one another, so that an asset is left out with all its images. The
standard error is computed on the scale of the metric, and the interval is Student's with one
degree of freedom less than there are assets: unlike percentiles of a bootstrap it is honest for
few of them. docs/metrics.md says how often such intervals hold the truth.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from gapjunction.metrics.interval import CONFIDENCE, MIN_ASSETS, Interval
from gapjunction.metrics.scales import SCALES, FloatArray, ScaleName

MIN_ASSETS_OF_SKEWED = 3
ROUNDING = 1e-9  # values that differ by less differ by rounding only

# Objects of one asset are found or missed alike, but how much so cannot be seen where all are
# found. This correlation is assumed there; bench/coverage.py shows what that is worth.
ICC_AT_BOUNDARY = 0.1


def jackknife_interval(value: float, without: FloatArray, scale: ScaleName) -> Interval | None:
    """Return the 95 % interval of a metric on its scale; None where there is none.

    That is where there are fewer than two assets (three on a skewed scale), where the metric has
    no value without one of them, where it lies at the end of its scale, and where leaving out an
    asset changes nothing.

    Args:
        value: the metric of all assets.
        without: the metric without each of the assets (A,); NaN where it has no value.
        scale: where the metric is near enough to normal.
    """
    on = SCALES[scale]
    fewest = MIN_ASSETS_OF_SKEWED if on.is_skewed else MIN_ASSETS
    if len(without) < fewest or np.isnan(value) or np.isnan(without).any():
        return None
    with np.errstate(divide="ignore"):
        middle, others = on.to(np.array(value)), on.to(without)
    if not np.isfinite(middle):
        return None
    if np.isfinite(others).all():
        error = standard_error(others)
    else:  # without one asset all are right, say: the slope takes the error onto the scale
        error = standard_error(without) * float(on.slope(np.array(value)))
    if error <= ROUNDING:
        return None
    half = _reach(len(without), is_skewed=on.is_skewed) * error
    return Interval(float(on.back(middle - half)), float(on.back(middle + half)))


def _reach(num_assets: int, *, is_skewed: bool) -> float:
    """Return how many standard errors an interval reaches to either side.

    By Student's t alone, intervals of error sizes and correlations held the truth in as few as 86 %
    of simulated studies of 4 to 12 assets; the factor, which is 1.41, 1.22 and 1.10 there, was
    chosen for them (bench/coverage.py).
    """
    student = float(special.stdtrit(num_assets - 1, (1 + CONFIDENCE) / 2))
    return student * float(np.sqrt(num_assets / (num_assets - 2))) if is_skewed else student


def standard_error(without: FloatArray) -> float:
    """Return the jackknife's standard error of a metric from its values without each asset (A,)."""
    return float(np.sqrt((len(without) - 1) * np.mean((without - without.mean()) ** 2)))


def boundary_interval(share: float, num_objects: int, num_assets: int) -> Interval:
    """Return the interval of Clopper & Pearson (1934) of a share that is 0 or 1.

    Objects of one asset are worth less than as many of several: their number is divided by the
    design effect, 1 + (objects an asset - 1) ICC_AT_BOUNDARY (Korn & Graubard 1998).
    """
    design_effect = 1 + max(num_objects / num_assets - 1, 0) * ICC_AT_BOUNDARY
    reach = 1 - float(((1 - CONFIDENCE) / 2) ** (design_effect / num_objects))
    return Interval(1 - reach, 1.0) if share == 1 else Interval(0.0, reach)


def without_each(
    asset_of_image: NDArray[np.int64],
    metrics_of: Callable[[NDArray[np.int64]], Mapping[str, float | int | None]],
    names: Sequence[str],
) -> dict[str, FloatArray]:
    """Return metrics without each of the assets (A,), by name; NaN where one has no value.

    Args:
        asset_of_image: numbered from 0 (num_images,).
        metrics_of: returns the metrics of the images with these numbers.
        names: the metrics to return.
    """
    num_assets = int(asset_of_image.max(initial=-1)) + 1
    rows = [metrics_of(np.flatnonzero(asset_of_image != asset)) for asset in range(num_assets)]
    return {
        name: np.array([np.nan if (v := row[name]) is None else v for row in rows], np.float64)
        for name in names
    }


def weights_without_each(asset_of_image: NDArray[np.int64]) -> FloatArray:
    """Return how often images count without each asset, once or not at all: (A, num_images).

    Assets are numbered from 0.
    """
    num_assets = int(asset_of_image.max(initial=-1)) + 1
    is_left_in: NDArray[np.bool_] = np.arange(num_assets)[:, None] != asset_of_image
    return is_left_in.astype(np.float64)
