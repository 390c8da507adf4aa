"""Shapes of light that no plaque has: discs, rings, blobs, clumps of granules, streaks, nuclei.

A patch is a small image (h, w) whose brightest pixel is 1; lengths are in pixels. All shapes are
drawn a little lopsided and off the pixel grid, so that no two are alike.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.yardstick import FWHM_PER_SIGMA
from gapjunction.simulation.tissue import FloatArray, Range

TRUNCATE = 4.0  # where a Gaussian ends, in standard deviations
STREAK_STEP_PX = 0.4
MAX_STREAK_PX = 700.0
MAX_BEND = 4.0  # radians from end to end; a coil would be a ring or a spot
SQUASH = (0.6, 1.0)  # the shorter by the longer axis of a lopsided shape
# Granules this far apart, in widths of one granule, blend: none is seen by itself.
GRANULE_SPACING = (0.4, 0.75)
GRANULE_BRIGHTNESS_SD = 0.5


def draw_disc(radius_px: float, edge_px: float, rng: np.random.Generator) -> FloatArray:
    """Return an even disc, as of a spot far out of focus."""
    outside = _distance_from_outline(radius_px, 5 * edge_px, 0.05, rng)
    return _scaled(_step(outside / edge_px))


def draw_ringed_disc(radius_px: float, edge_px: float, rng: np.random.Generator) -> FloatArray:
    """Return a disc with a bright rim, or with rings, as of a spot behind a real objective."""
    outside = _distance_from_outline(radius_px, 5 * edge_px, 0.05, rng)
    disc = _step(outside / edge_px)
    if happens(0.6, rng):
        rim = max(radius_px * rng.uniform(0.12, 0.35), edge_px)
        level = rng.uniform(0.1, 0.6)
        disc *= level + (1 - level) * np.exp(-(((outside + rim) / rim) ** 2))
    else:
        period = radius_px * rng.uniform(0.3, 0.7)
        disc *= 1 + rng.uniform(0.2, 0.5) * np.cos(2 * np.pi * outside / period)
    return _scaled(disc)


def draw_blob(radius_px: float, flatness: float, rng: np.random.Generator) -> FloatArray:
    """Return a smooth blob: a Gaussian for flatness 2, with a sharper edge above.

    `radius_px` is where it has half of its brightness.
    """
    outside = _distance_from_outline(radius_px, 2.5 * radius_px, 0.1, rng)
    reach = np.maximum(1 + outside / radius_px, 0)
    return _scaled(np.exp(-np.log(2) * reach**flatness))


def draw_granular_clump(radius_px: float, grain_px: float, rng: np.random.Generator) -> FloatArray:
    """Return granules smaller than the blur `grain_px` (sigma), close together in a haze."""
    spacing = FWHM_PER_SIGMA * grain_px * rng.uniform(*GRANULE_SPACING)
    num = max(int(np.pi * (radius_px / spacing) ** 2), 12)
    turn = rng.uniform(0, 2 * np.pi, num)
    squash = rng.uniform(*SQUASH)
    reach = radius_px * np.sqrt(rng.random(num)) * _lobes(turn, 0.15, rng)
    tilt = rng.uniform(0, np.pi)
    x, y = reach * np.cos(turn), squash * reach * np.sin(turn)
    places = np.stack([x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)])
    return _granules(places.T, grain_px, haze_px=0.35 * radius_px, rng=rng)


def draw_granular_ring(radius_px: float, grain_px: float, rng: np.random.Generator) -> FloatArray:
    """Return granules along a ring or an arc, as around a nucleus."""
    thickness = radius_px * rng.uniform(0.12, 0.3)
    arc = rng.uniform(1.5, 2 * np.pi)
    spacing = FWHM_PER_SIGMA * grain_px * rng.uniform(*GRANULE_SPACING)
    num = max(int(arc * radius_px * 2 * thickness / spacing**2), 12)
    turn = rng.uniform(0, 2 * np.pi) + arc * rng.random(num)
    reach = radius_px * _lobes(turn, 0.1, rng) + rng.uniform(-1, 1, num) * thickness
    places = np.stack([reach * np.cos(turn), rng.uniform(*SQUASH) * reach * np.sin(turn)], axis=1)
    return _granules(places, grain_px, haze_px=0.6 * thickness, rng=rng)


def draw_compact_clump(radius_px: float, rng: np.random.Generator) -> FloatArray:
    """Return one lump of an irregular outline that is bright in some places and less in others."""
    outside = _distance_from_outline(radius_px, 0.5 * radius_px, 0.3, rng)
    lump = _step(outside / (rng.uniform(0.06, 0.15) * radius_px))
    mottling = _scaled_noise(lump.shape, rng.uniform(0.12, 0.25) * radius_px, rng)
    return _scaled(lump * np.exp(rng.uniform(0.15, 0.45) * mottling))


def draw_streak(length_px: float, width_px: float, rng: np.random.Generator) -> FloatArray:
    """Return a fiber or a scratch: long, thin, nearly straight or bent into an arc."""
    num = int(min(length_px, MAX_STREAK_PX) / STREAK_STEP_PX)
    bend = rng.normal(0, 0.5) if happens(0.6, rng) else rng.uniform(-MAX_BEND, MAX_BEND)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(bend / num + rng.normal(0, 0.006, num))
    line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0) * STREAK_STEP_PX
    along = np.linspace(0, 1, num)
    taper = np.minimum(1, np.minimum(along, 1 - along) / rng.uniform(0.02, 0.3))
    wave = 1 + rng.uniform(0, 0.4) * np.sin(
        2 * np.pi * (along * rng.uniform(0.5, 2) + rng.random())
    )
    return _scaled(_blurred(line - line.mean(axis=0), taper * wave, width_px / FWHM_PER_SIGMA))


def draw_nucleus(radius_px: float, nucleolus_px: Range, rng: np.random.Generator) -> FloatArray:
    """Return a nucleus with one to four bright nucleoli, whose radii lie within a range."""
    outside = _distance_from_outline(radius_px, 0.5 * radius_px, 0.06, rng)
    body = _step(outside / (0.08 * radius_px))
    mottling = _scaled_noise(body.shape, 0.15 * radius_px, rng)
    body *= np.exp(rng.uniform(0, 0.3) * mottling)
    spots = np.zeros_like(body)
    rows, columns = np.ogrid[: body.shape[0], : body.shape[1]]
    for _ in range(int(rng.integers(1, 5))):
        angle, reach = rng.uniform(0, 2 * np.pi), 0.55 * radius_px * np.sqrt(rng.random())
        y = body.shape[0] / 2 + reach * np.sin(angle)
        x = body.shape[1] / 2 + reach * np.cos(angle)
        distance2 = ((rows - y) ** 2 + (columns - x) ** 2) / rng.uniform(*nucleolus_px) ** 2
        spots = np.maximum(spots, np.exp(-np.log(2) * distance2**1.5))
    return _scaled(body * (1 + log_uniform(0.2, 1.2, rng) * spots))


def _distance_from_outline(
    radius_px: float, margin_px: float, unevenness: float, rng: np.random.Generator
) -> FloatArray:
    """Return each pixel's distance from a lopsided circle, negative inside."""
    half = int(np.ceil(radius_px * (1 + 3 * unevenness) + margin_px)) + 1
    grid = np.arange(-half, half + 1.0)
    y, x = grid[:, None] + rng.uniform(-0.5, 0.5), grid + rng.uniform(-0.5, 0.5)
    outline = radius_px * _lobes(np.arctan2(y, x), unevenness, rng)
    distance: FloatArray = np.hypot(x, y) - outline
    return distance


def _step(outside: FloatArray) -> FloatArray:
    """Return a smooth step from 1 (inside, negative) to 0."""
    step: FloatArray = 1 / (1 + np.exp(np.clip(outside, -30, 30)))
    return step


def _lobes(angle: FloatArray, unevenness: float, rng: np.random.Generator) -> FloatArray:
    """Return a smooth factor around 1 by direction."""
    factor = np.ones_like(angle)
    for order in (1, 2, 3):
        phase = rng.uniform(0, 2 * np.pi)
        factor += rng.uniform(0, unevenness) * np.cos(order * angle + phase)
    return factor


def _granules(
    places: FloatArray, grain_px: float, haze_px: float, rng: np.random.Generator
) -> FloatArray:
    """Return granules of differing brightness at places (N, 2) in their common haze."""
    brightness = np.exp(rng.normal(0, GRANULE_BRIGHTNESS_SD, len(places)))
    grains = _blurred(places, brightness, grain_px, margin_px=TRUNCATE * haze_px)
    haze = gaussian_filter(grains, haze_px, truncate=TRUNCATE)
    share = rng.uniform(0.3, 1.2)
    return _scaled(grains / grains.max() + share * haze / haze.max())


def _blurred(
    places: FloatArray, weights: FloatArray, sigma_px: float, margin_px: float = 0.0
) -> FloatArray:
    """Return points (N, 2) as x, y around 0 with their weights, blurred."""
    half = int(np.ceil(np.abs(places).max() + TRUNCATE * sigma_px + margin_px)) + 1
    side = 2 * half + 1
    pixels = np.rint(places).astype(np.int64) + half
    grid = np.bincount(pixels[:, 1] * side + pixels[:, 0], weights, minlength=side * side)
    blurred: FloatArray = gaussian_filter(
        grid.reshape(side, side).astype(np.float64), sigma_px, truncate=TRUNCATE
    )
    return blurred


def _scaled_noise(shape: tuple[int, ...], sigma_px: float, rng: np.random.Generator) -> FloatArray:
    """Return smooth noise of mean 0 and standard deviation 1."""
    noise = gaussian_filter(rng.standard_normal(shape), sigma_px)
    scaled: FloatArray = (noise - noise.mean()) / max(float(noise.std()), 1e-9)
    return scaled


def _scaled(patch: FloatArray) -> FloatArray:
    scaled: FloatArray = patch / patch.max()
    return scaled
