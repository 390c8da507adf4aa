"""Lipofuscin granules as small as plaques, which only their color tells from plaques."""

import numpy as np

from gapjunction.simulation.random.clutter import stamp
from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.shapes import draw_blob
from gapjunction.simulation.random.yardstick import FIELD_PX, Yardstick
from gapjunction.simulation.tissue import FloatArray

PROBABILITY = 0.8
NUM_GROUPS = (1.0, 30.0)
NUM_IN_GROUP = (1.0, 30.0)
BRIGHTNESS = (0.15, 3.0)  # relative to a median plaque
SCATTER = 0.5  # standard deviation of the log brightness within a field
RADIUS_PER_WIDTH = (0.3, 1.2)
SPREAD_PER_WIDTH = (0.3, 1.2)  # of a group, times the root of how many it holds
TELLING_SHARE = (0.5, 1.6)  # of their connexin-channel light; plaques leak a fifth at most
OTHER_SHARE = (0.0, 1.2)
SAME_COLOR_PROBABILITY = 0.7  # of all groups of a field, nearly: it is one pigment
COLOR_SCATTER = 0.15  # standard deviation of the log of each channel's share
CLEAR, FAINT = 0.5, 0.25  # parts of a display color


def strew_granules(
    yardstick: Yardstick, colors: FloatArray, size_px: int, rng: np.random.Generator
) -> FloatArray:
    """Return expected photons (3, size_px, size_px) of granules, alone, in groups and in clumps.

    They shine in more channels than connexin's. Where the display `colors` (C, 3) of the channels
    would not show it, nobody could tell them from plaques, and there are none.
    """
    photons = np.zeros((3, size_px, size_px))
    telling = telling_channels(colors)
    if not telling or not happens(PROBABILITY, rng):
        return photons
    level = log_uniform(*BRIGHTNESS, rng) * yardstick.peak_photons
    has_one_color, common = happens(SAME_COLOR_PROBABILITY, rng), _draw_spectrum(telling, rng)
    num_groups = int(rng.poisson(log_uniform(*NUM_GROUPS, rng) * (size_px / FIELD_PX) ** 2))
    for middle in rng.uniform(0, size_px, (num_groups, 2)):
        spectrum = common if has_one_color else _draw_spectrum(telling, rng)
        spectrum = spectrum * np.exp(rng.normal(0, COLOR_SCATTER, 3))
        num = round(log_uniform(*NUM_IN_GROUP, rng))
        spread = log_uniform(*SPREAD_PER_WIDTH, rng) * yardstick.width_px * np.sqrt(num - 1)
        for place in middle + rng.normal(0, 1, (num, 2)) * spread:
            radius = yardstick.width_px / 2 * log_uniform(*RADIUS_PER_WIDTH, rng)
            peak = level * float(np.exp(rng.normal(0, SCATTER)))
            stamp(photons, draw_blob(radius, 2.0, rng) * peak, spectrum, place)
    return photons


def _draw_spectrum(telling: list[int], rng: np.random.Generator) -> FloatArray:
    """Return the light (3,) in each channel, relative to connexin's."""
    spectrum = np.array([1.0, *rng.uniform(*OTHER_SHARE, 2)])
    spectrum[int(rng.choice(telling))] = rng.uniform(*TELLING_SHARE)
    return spectrum


def telling_channels(colors: FloatArray) -> list[int]:
    """Return the channels beside connexin that show a component which connexin's color lacks."""
    lacking = colors[0] <= FAINT
    return [index for index in range(1, len(colors)) if (colors[index][lacking] >= CLEAR).any()]
