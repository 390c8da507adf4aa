"""Distractors strewn over a field: how many of each kind, how large, how bright, in which channels.

None may be taken for a plaque: sizes are held against those of the image's plaques, so that each
is wider than the widest of them, or longer than the longest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.simulation.imaging_model import Triple
from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.shapes import (
    draw_blob,
    draw_compact_clump,
    draw_disc,
    draw_granular_clump,
    draw_granular_ring,
    draw_nucleus,
    draw_ringed_disc,
    draw_streak,
)
from gapjunction.simulation.random.yardstick import FIELD_PX, FWHM_PER_SIGMA, Yardstick
from gapjunction.simulation.tissue import FloatArray, Range

FEW, FEW_PROBABILITY = (1.0, 4.0), 0.6
MAX_RADIUS_PX = 70.0
MAX_OF_HEADROOM = 0.8
SCATTER = 0.35  # standard deviation of the log brightness within a kind
CONNEXIN_ALONE_PROBABILITY = 0.45


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of distractor.

    Attributes:
        draw: returns one patch for a yardstick.
        brightness: of its brightest pixel, relative to that of a median plaque.
        probability: that a field has any.
        most: in a field that has many.
        can_saturate: whether it may be too bright for the camera, which hides its texture.
    """

    draw: Callable[[Yardstick, np.random.Generator], FloatArray]
    brightness: Range
    probability: float
    most: float
    can_saturate: bool = False


def strew_clutter(yardstick: Yardstick, size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return expected photons (3, size_px, size_px) of none, few or many of each kind."""
    photons = np.zeros((3, size_px, size_px))
    for kind in KINDS:
        if not happens(kind.probability, rng):
            continue
        spectrum = np.array(_draw_spectrum(rng))
        level = log_uniform(*kind.brightness, rng) * yardstick.peak_photons
        limit = np.inf if kind.can_saturate else MAX_OF_HEADROOM * yardstick.headroom_photons
        expected = _draw_number(kind, rng) * (size_px / FIELD_PX) ** 2
        for _ in range(int(rng.poisson(expected))):
            peak = min(level * float(np.exp(rng.normal(0, SCATTER))), limit)
            patch = kind.draw(yardstick, rng) * peak
            stamp(photons, patch, spectrum, rng.integers(size_px, size=2))
    return photons


def stamp(
    photons: FloatArray, patch: FloatArray, spectrum: FloatArray, place: NDArray[np.number]
) -> None:
    """Add a patch around a row and column (2,) to the channels (3, H, W), in place."""
    size_px = photons.shape[-1]
    height, width = patch.shape
    y0, x0 = int(place[0]) - height // 2, int(place[1]) - width // 2
    top, left = max(y0, 0), max(x0, 0)
    bottom, right = min(y0 + height, size_px), min(x0 + width, size_px)
    if top < bottom and left < right:
        visible = patch[top - y0 : bottom - y0, left - x0 : right - x0]
        photons[:, top:bottom, left:right] += spectrum[:, None, None] * visible


def _draw_number(kind: Kind, rng: np.random.Generator) -> float:
    """Return how many to expect in a field that has this kind: few, or many."""
    if happens(FEW_PROBABILITY, rng):
        return float(rng.uniform(FEW[0], min(FEW[1], kind.most)))
    return float(rng.uniform(FEW[0], kind.most))


def _draw_spectrum(rng: np.random.Generator) -> Triple:
    """Return what a kind sends into the connexin, GFAP and DNA channel."""
    if happens(CONNEXIN_ALONE_PROBABILITY, rng):
        return 1.0, float(rng.uniform(0, 0.1)), float(rng.uniform(0, 0.1))
    return 1.0, log_uniform(0.2, 1.5, rng), log_uniform(0.1, 1.5, rng)


def _radius_px(
    yardstick: Yardstick, diameter_um: Range, least: tuple[float, float], rng: np.random.Generator
) -> float:
    """Draw a radius whose diameter is in a range, and at least so many plaque widths and pixels."""
    widths, pixels = least
    low, high = (end / 2 / yardstick.um_per_px for end in diameter_um)
    low = max(low, widths * yardstick.width_px / 2, pixels / 2)
    return min(log_uniform(low, max(high, 1.8 * low), rng), max(MAX_RADIUS_PX, low))


def _grain_px(yardstick: Yardstick, rng: np.random.Generator) -> float:
    return yardstick.sigma_px * rng.uniform(1, 1.4)


def _disc(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (1.0, 6.0), (2.0, 12.0), rng)
    return draw_disc(radius, _edge_px(yardstick, radius, rng), rng)


def _ringed_disc(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (1.2, 6.0), (2.2, 14.0), rng)
    return draw_ringed_disc(radius, _edge_px(yardstick, radius, rng), rng)


def _edge_px(yardstick: Yardstick, radius_px: float, rng: np.random.Generator) -> float:
    sharpest = 0.4 * yardstick.sigma_px
    return log_uniform(sharpest, max(0.25 * radius_px, sharpest), rng)


def _blob(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (1.0, 5.0), (2.5, 16.0), rng)
    return draw_blob(radius, rng.uniform(1.8, 2.3), rng)


def _granular_clump(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (1.5, 6.0), (2.8, 22.0), rng)
    return draw_granular_clump(radius, _grain_px(yardstick, rng), rng)


def _granular_ring(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (5.0, 10.0), (5.0, 32.0), rng)
    return draw_granular_ring(radius, _grain_px(yardstick, rng), rng)


def _compact_clump(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    return draw_compact_clump(_radius_px(yardstick, (1.5, 5.0), (3.0, 26.0), rng), rng)


def _large_clump(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    return draw_compact_clump(_radius_px(yardstick, (3.0, 8.0), (4.0, 36.0), rng), rng)


def _glare(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (4.0, 25.0), (6.0, 45.0), rng)
    return draw_blob(radius, rng.uniform(2, 6), rng)


def _streak(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    length = max(log_uniform(10, 60, rng) / yardstick.um_per_px, 2.5 * yardstick.length_px)
    blur = FWHM_PER_SIGMA * yardstick.sigma_px
    width = np.hypot(log_uniform(0.1, 1.2, rng) / yardstick.um_per_px, blur)
    return draw_streak(length, float(width), rng)


def _nucleus(yardstick: Yardstick, rng: np.random.Generator) -> FloatArray:
    radius = _radius_px(yardstick, (4.0, 12.0), (7.0, 40.0), rng)
    nucleolus = max(0.12 * radius, yardstick.width_px)
    return draw_nucleus(radius, (nucleolus, max(0.25 * radius, 1.3 * nucleolus)), rng)


KINDS = (
    Kind(_disc, (0.05, 0.4), 0.45, 30),
    Kind(_ringed_disc, (0.08, 0.9), 0.35, 20),
    Kind(_blob, (0.06, 0.5), 0.4, 15),
    Kind(_granular_clump, (0.3, 2.0), 0.5, 20),
    Kind(_granular_ring, (0.2, 2.0), 0.25, 8),
    Kind(_compact_clump, (0.4, 2.5), 0.3, 15),
    Kind(_large_clump, (1.0, 8.0), 0.2, 8, can_saturate=True),
    Kind(_glare, (4.0, 25.0), 0.2, 2, can_saturate=True),
    Kind(_streak, (0.15, 1.5), 0.35, 8, can_saturate=True),
    Kind(_nucleus, (0.08, 0.8), 0.25, 10),
)
