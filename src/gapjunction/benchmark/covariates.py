"""What an asset's metadata tell of covariates, such as age and sex, as columns of numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.groups import group_of
from gapjunction.metrics.group_effects import FloatArray


def tells_all(asset: AssetMeasures, covariates: Sequence[str]) -> bool:
    """Return whether an asset's metadata tell all covariates."""
    return all(group_of(asset, name) for name in covariates)


def is_number(assets: Sequence[AssetMeasures], covariate: str) -> bool:
    """Return whether a covariate is a number wherever an asset tells it; else it is a category."""
    told = [text for asset in assets if (text := group_of(asset, covariate))]
    return all(_number(text) is not None for text in told)


def columns_of(
    assets: Sequence[AssetMeasures],
    covariates: Sequence[str],
    numbers: Sequence[str],
    strata: NDArray[np.int64],
) -> FloatArray:
    """Return the columns (N, K) of covariates that all assets tell.

    Those in `numbers` have one column, in standard deviations within their stratum (N,), as a
    month of a rat is not one of a person; others have one for each category but the first.
    """
    columns = [np.zeros((len(assets), 0))]
    for name in covariates:
        told = [group_of(asset, name) for asset in assets]
        if name in numbers:
            columns.append(_standardized(np.array(list(map(float, told))), strata)[:, None])
        else:
            categories = sorted(set(told))[1:]
            columns.append(np.array([[text == each for each in categories] for text in told]))
    return np.hstack(columns).astype(np.float64)


def numbers_apart(
    first: Sequence[AssetMeasures], second: Sequence[AssetMeasures], numbers: Sequence[str]
) -> tuple[str, ...]:
    """Return the covariates of which all values of one group lie above all of the other."""
    apart = []
    for name in numbers:
        one, other = ([float(group_of(asset, name)) for asset in each] for each in (first, second))
        if max(one) < min(other) or max(other) < min(one):
            apart.append(name)
    return tuple(apart)


def _standardized(values: FloatArray, strata: NDArray[np.int64]) -> FloatArray:
    """Return values (N,) less the mean of their stratum, by its spread; 0 where it has none."""
    scaled = np.zeros(len(values))
    for stratum in np.unique(strata):
        own = values[strata == stratum]
        if own.max() > own.min():
            scaled[strata == stratum] = (own - own.mean()) / own.std()
    return scaled


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
