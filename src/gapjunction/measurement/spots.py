"""Places spots, which are too small for an outline to tell much, by fitted Gaussians."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.measurement.gaussian_fit import fit_spots
from gapjunction.measurement.outlines import Outline, Plane

REACH_SIGMAS = 3.0  # half the side of the crop that a spot is fitted in
FWHM_PER_SIGMA = float(2 * np.sqrt(2 * np.log(2)))

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlacedSpot:
    """Where a spot is (x, y) and how wide it looks at half of its height, in px."""

    center: tuple[float, float]
    fwhm: float


def place_spots(
    plane: Plane,
    outlines: Sequence[Outline],
    centers: Sequence[tuple[float, float]],
    ground: FloatArray,
    sigma_px: float,
) -> list[PlacedSpot]:
    """Return where spots with these outlines and centers (x, y) are in a plane (H, W).

    `ground` (N,) is the light around them, `sigma_px` what a point looks like.
    """
    if not outlines:
        return []
    half = int(np.ceil(REACH_SIGMAS * sigma_px))
    corners = [(int(y) - half, int(x) - half) for x, y in centers]
    crops = [
        _crop(plane, outline, corner, 2 * half + 1)
        for outline, corner in zip(outlines, corners, strict=True)
    ]
    weight = np.stack([np.isfinite(crop) for crop in crops]).astype(np.float64)
    light = np.nan_to_num(np.stack(crops)) - ground[:, None, None] * weight
    fitted = fit_spots(light, weight, sigma_px)
    return [
        PlacedSpot((x + x0, y + y0), sigma * FWHM_PER_SIGMA)
        for x, y, sigma, (y0, x0) in zip(
            fitted.x.tolist(), fitted.y.tolist(), fitted.sigma.tolist(), corners, strict=True
        )
    ]


def _crop(plane: Plane, outline: Outline, corner: tuple[int, int], side: int) -> FloatArray:
    """Return the pixels (side, side) that are the object's, nothing-numbers elsewhere."""
    crop = np.full((side, side), np.nan)
    rows, columns = outline.window
    y0, x0 = max(rows.start, corner[0]), max(columns.start, corner[1])
    y1, x1 = min(rows.stop, corner[0] + side), min(columns.stop, corner[1] + side)
    own = outline.own[y0 - rows.start : y1 - rows.start, x0 - columns.start : x1 - columns.start]
    part = plane[y0:y1, x0:x1].astype(np.float64)
    crop[y0 - corner[0] : y1 - corner[0], x0 - corner[1] : x1 - corner[1]] = np.where(
        own, part, np.nan
    )
    return crop
