"""Flaws of a whole field: dust and uneven light, an uneven background, a camera's stripes and dots.

What shines has the unit of photons; nothing here has the size and the shape of a plaque.
"""

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.yardstick import FIELD_PX, Yardstick
from gapjunction.simulation.tissue import FloatArray

DUST_RADIUS_PX = (8.0, 45.0)
# A hot pixel, spread a little by resampling, is still far smaller than plaques of this width.
MIN_WIDTH_FOR_DOTS_PX = 4.0
MAX_TEXTURE = 0.12  # standard deviation of the background's grain, relative to a median plaque


def draw_dust(size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return the share of light (size_px, size_px) that dust lets through; mostly there is none."""
    light = np.ones((size_px, size_px))
    if not happens(0.2, rng):
        return light
    y, x = np.ogrid[:size_px, :size_px]
    for _ in range(int(rng.integers(1, 5))):
        radius = log_uniform(*DUST_RADIUS_PX, rng)
        distance = np.hypot(y - rng.uniform(0, size_px), x - rng.uniform(0, size_px)) / radius
        depth, softness = rng.uniform(0.1, 0.5), rng.uniform(0.05, 0.3)
        light *= 1 - depth / (1 + np.exp(np.clip((distance - 1) / softness, -30, 30)))
    return light


def draw_background(yardstick: Yardstick, size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return photons (3, size_px, size_px) of gradients, blotches, grain and tissue edges."""
    background = np.zeros((3, size_px, size_px))
    for draw, probability, brightest in (
        (_draw_gradient, 0.35, 0.5),
        (_draw_blotches, 0.35, 0.5),
        (_draw_tissue_edge, 0.15, 0.6),
    ):
        if happens(probability, rng):
            level = log_uniform(0.05, brightest, rng) * yardstick.peak_photons
            background += level * _shares(rng) * draw(size_px, rng)
    if happens(0.35, rng):
        grain_px = yardstick.sigma_px * log_uniform(1, 4, rng)
        level = log_uniform(0.02, MAX_TEXTURE, rng) * yardstick.peak_photons
        texture = gaussian_filter(rng.standard_normal((size_px, size_px)), grain_px)
        texture = np.clip(2 + texture / texture.std(), 0, 4)
        background += level * _shares(rng) * texture
    return background


def draw_camera_pattern(
    yardstick: Yardstick, noise_photons: float, size_px: int, rng: np.random.Generator
) -> FloatArray:
    """Return photons (3, size_px, size_px) that a camera adds: weak stripes, and hot pixels."""
    pattern = np.zeros((3, size_px, size_px))
    if happens(0.15, rng):
        strength = rng.uniform(0.2, 0.8) * noise_photons
        pattern += np.abs(strength * _draw_stripes(size_px, rng))
    if yardstick.width_px >= MIN_WIDTH_FOR_DOTS_PX and happens(0.25, rng):
        num = int(log_uniform(2, 400, rng) * (size_px / FIELD_PX) ** 2) + 1
        channels = rng.integers(0, 3, num)
        rows, columns = rng.integers(0, size_px, (2, num))
        brightness = np.exp(rng.uniform(np.log(0.5), np.log(5), num)) * yardstick.peak_photons
        pattern[channels, rows, columns] += brightness
    return pattern


def _shares(rng: np.random.Generator) -> FloatArray:
    """Return how much of an uneven background each channel (3, 1, 1) gets."""
    return rng.uniform(0, 1, (3, 1, 1))


def _draw_gradient(size_px: int, rng: np.random.Generator) -> FloatArray:
    axis, angle = (np.arange(size_px) + 0.5) / size_px, rng.uniform(0, 2 * np.pi)
    slope = axis[:, None] * np.sin(angle) + axis * np.cos(angle)
    gradient: FloatArray = (slope - slope.min()) / np.ptp(slope)
    return gradient


def _draw_blotches(size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return cloudy light between 0 and 1."""
    num = int(rng.integers(4, 13))
    coarse = rng.random((num, num))
    smooth = zoom(coarse, size_px / num, order=3, mode="nearest", grid_mode=True)
    blotches: FloatArray = np.clip(smooth[:size_px, :size_px], 0, 1)
    return blotches


def _draw_tissue_edge(size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return light on one side of a wavy line, perhaps with a bright rim."""
    axis, angle = np.arange(size_px) + 0.5, rng.uniform(0, 2 * np.pi)
    along = axis * np.cos(angle) - axis[:, None] * np.sin(angle)
    across = axis * np.sin(angle) + axis[:, None] * np.cos(angle)
    wave = size_px * rng.uniform(0, 0.06) * np.sin(along / size_px * rng.uniform(3, 15))
    depth = across - across.mean() + size_px * rng.uniform(-0.35, 0.35) + wave
    softness = log_uniform(1, 12, rng)
    side = 1 / (1 + np.exp(np.clip(depth / softness, -30, 30)))
    rim = rng.uniform(0, 1.5) * np.exp(-((depth / (2 * softness)) ** 2))
    edge: FloatArray = side + rim
    return edge


def _draw_stripes(size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return rows or columns of differing brightness, about 1 at most."""
    if happens(0.5, rng):
        stripes = np.sin(2 * np.pi * np.arange(size_px) / log_uniform(2, 40, rng))
    else:
        stripes = rng.normal(0, 0.6, size_px)
    pattern: FloatArray = np.broadcast_to(stripes, (size_px, size_px))
    return pattern if happens(0.5, rng) else pattern.T
