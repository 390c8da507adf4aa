"""How a microscope blurs, and how large an object was before that.

A point of light becomes a Gaussian: its standard deviation is `SIGMA_PER_RESOLUTION` of Rayleigh's
distance (0.21 and 0.61 wavelengths over the aperture: Zhang, Zerubia and Olivo-Marin, Applied
Optics 46, 2007). Pixels add the variance of their square, and what smooths an image its own.

An outline is drawn at half of an object's height, and the height is the mean of its brightest
part: the highest pixel of a long object is one of many, and high by chance. Such an outline is
wider than a small object. By how much is known for evenly bright ellipses, which most objects are
nearly: that is computed once, and taken off.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import erf

FloatArray = NDArray[np.float64]

SIGMA_PER_RESOLUTION = 0.21 / 0.61
LEVEL = 0.5  # of the height of an object, where its outline is
BRIGHTEST = 0.7  # of the highest light; what has more is the brightest part
PIXEL_VARIANCE = 1 / 12  # of a square of 1 px along each axis
# Axes of ellipses, in standard deviations of the blur, for which outlines are computed.
AXES = np.concatenate([[0.25], np.arange(0.5, 8, 0.5), np.arange(8, 33, 4.0)])
STEPS = 48  # of an integral along half an ellipse
POINTS = 80  # from the middle of an ellipse outwards, along each axis
FAR = 4.0  # beyond an ellipse there is no light of it
ROUNDS = 40  # of the search for the ellipse that has an outline


@dataclass(frozen=True, slots=True)
class Blur:
    """The standard deviation, in px, of all that blurs an image."""

    sigma_px: float

    @classmethod
    def of(cls, resolution_px: float, smoothing_px: float) -> "Blur":
        """Return that of a microscope with a resolution, of pixels, and of a Gaussian filter."""
        optical = resolution_px * SIGMA_PER_RESOLUTION
        return cls(float(np.sqrt(optical**2 + PIXEL_VARIANCE + smoothing_px**2)))

    def removed(self, axes_px: FloatArray) -> "Unblurred":
        """Return ellipses whose outlines have these axes (N, 2), major first."""
        seen = axes_px / self.sigma_px
        outline = _outlines()
        found = seen.copy()
        for _ in range(ROUNDS):
            known = np.clip(found, AXES[0], AXES[-1])  # beyond, both grow alike
            found = np.maximum(known + seen - outline(known)[..., :2], 0.0)
        known = np.clip(found, AXES[0], AXES[-1])
        area_share, excess = outline(known)[..., 2:].T
        is_seen = found >= AXES[0]
        axes = np.where(is_seen, found, 0.0) * self.sigma_px
        return Unblurred(
            axes[:, 0],
            axes[:, 1],
            np.where(is_seen.all(axis=1), area_share, 0.0),
            excess * self.sigma_px,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Unblurred:
    """Ellipses before they were blurred.

    Attributes:
        major, minor: axes (N,) in px; 0 where they are not longer than those of a point of light.
        area_share: their areas (N,), relative to those of their outlines; 0 where an axis is.
        excess: how much longer than the major axis the outlines are from end to end (N,), in px.
    """

    major: FloatArray
    minor: FloatArray
    area_share: FloatArray
    excess: FloatArray


@lru_cache(maxsize=1)
def _outlines() -> RegularGridInterpolator:
    """Return what outlines of blurred ellipses are like, by the axes of the ellipses.

    Both axes of the outline, the area of the ellipse relative to it, and how much longer than
    the first axis the outline is from end to end; all in units of the blur.
    """
    table = np.array([[_outline_of(first, second) for second in AXES] for first in AXES])
    return RegularGridInterpolator((AXES, AXES), table)


def _outline_of(length: float, width: float) -> tuple[float, float, float, float]:
    """Return what is in `_outlines` of an ellipse that is blurred by 1.

    A quarter of it is looked at, as the others are alike. The integral over the ellipse runs along
    its length in steps of equal angle, so that its ends are followed closely.
    """
    x, y = (np.linspace(0, side / 2 + FAR, POINTS) for side in (length, width))
    angle = (np.arange(STEPS) + 0.5) * np.pi / STEPS
    middles = np.cos(angle) * length / 2
    half = np.sin(angle)[:, None] * width / 2
    along = np.exp(-((x[:, None] - middles) ** 2) / 2) * np.sin(angle)
    light = along @ (erf((y + half) / np.sqrt(2)) - erf((y - half) / np.sqrt(2)))
    height = light[light >= BRIGHTEST * light.max()].mean()
    edge = _edge(light, y, LEVEL * height)
    area = float(np.trapezoid(edge, x))
    of_x, of_y = np.trapezoid(edge * x**2, x) / area, np.trapezoid(edge**3 / 3, x) / area
    (reach,) = _edge(light[:, :1].T, x, LEVEL * height)
    return (
        float(4 * np.sqrt(of_x)),
        float(4 * np.sqrt(of_y)),
        np.pi / 16 * length * width / area,
        float(2 * reach - length),
    )


def _edge(light: FloatArray, y: FloatArray, level: float) -> FloatArray:
    """Return how far from the middle light (X, Y), which falls along `y`, is above a level (X,)."""
    number = (light > level).sum(axis=1)
    before, after = np.maximum(number - 1, 0), np.minimum(number, len(y) - 1)
    rows = np.arange(len(light))
    high, low = light[rows, before], light[rows, after]
    part = np.divide(high - level, high - low, out=np.zeros_like(high), where=high > low)
    edge: FloatArray = np.where(number > 0, y[before] + part * (y[after] - y[before]), 0.0)
    return edge
