"""The size and form of an outline, as scikit-image's `regionprops` defines them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.measure import regionprops


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline, in px.

    Attributes:
        fineness: steps of the grid in a pixel.
        center: x and y of its center of area; a pixel reaches from i to i + 1.
        major, minor: axes of the ellipse with the same second moments.
        feret: the longest distance between two of its points, one step of the grid too long: the
            corners of squares stand out.
        circularity: 4 pi area / perimeter squared; 1 is a circle.
        solidity: its area, relative to that of its convex hull.
        orientation: of the major axis, in degrees from the x axis, counterclockwise as seen on
            a screen, from -90 (not included) to 90.
    """

    center: tuple[float, float]
    fineness: int
    area: float
    perimeter: float
    major: float
    minor: float
    feret: float
    circularity: float
    solidity: float
    orientation: float


def shape_of(inside: NDArray[np.bool_], fineness: int = 1) -> Shape:
    """Return the shape of a mask (h, w) on a grid with so many steps in a pixel."""
    (region,) = regionprops(inside.astype(np.uint8))
    y, x = map(float, region.centroid)
    area, perimeter = float(region.area), float(region.perimeter)
    circularity = min(4 * np.pi * area / perimeter**2, 1.0) if perimeter else 1.0
    return Shape(
        ((x + 0.5) / fineness, (y + 0.5) / fineness),
        fineness,
        area / fineness**2,
        perimeter / fineness,
        float(region.axis_major_length) / fineness,
        float(region.axis_minor_length) / fineness,
        float(region.feret_diameter_max) / fineness,
        circularity,
        float(region.solidity),
        _degrees(float(region.orientation)),
    )


def _degrees(from_rows: float) -> float:
    """Return an angle from the axis of rows, in radians, as one from the x axis, in degrees."""
    angle = np.rad2deg(from_rows) + 90
    return float(angle - 180 if angle > 90 else angle)  # noqa: PLR2004 - a quarter turn
