"""All light that is not plaques: neuropil with its grain, cell bodies, vessels, lipofuscin.

Textures are Gaussian random fields with the correlation of Matern (Spatial Variation, 1960), drawn
through their spectrum. Lipofuscin lies in lumps of 0.5 to 3 um beside the nucleus, on one side
(Terman and Brunk, International Journal of Biochemistry and Cell Biology 36, 2004).
"""

import numpy as np
from numpy.random import Generator
from scipy import fft, ndimage

from bench.third_simulator.anatomy import Anatomy
from bench.third_simulator.looks import Look
from bench.third_simulator.microscope import Floats

NEUROPIL_UM, GRAIN_UM, LUMP_UM = 7.0, 0.45, 0.7  # correlation lengths
EDGE_UM = 0.5  # over which the light of a body gives way to that around it
NUCLEUS_LIGHT, LUMEN_LIGHT = 0.45, 0.4  # of the light around
LUMP_LEVEL = -0.05  # standard deviations above which the field of lumps shines
AWAY_LEVEL = 1.2  # how much more it takes on the other side of the nucleus
SEEN_LUMP = 0.1  # of the brightest
SMALLEST_HEAP_UM2 = 2.5  # smaller lumps would be taken for plaques
HEAP_JOIN_UM = 0.8  # lumps so near are of one heap
LUMP_PHOTONS = (0.35, 1.2)  # relative to plaques


def draw_backdrop(
    look: Look, anatomy: Anatomy, size_px: int, plaque_photons: float, rng: Generator
) -> Floats:
    """Return the light (H, W) in focus, before the microscope blurs it."""
    um_per_px = anatomy.side_um / size_px
    texture = float(rng.uniform(*look.neuropil_spread)) * draw_texture(
        size_px, NEUROPIL_UM / um_per_px, rng
    )
    texture += float(rng.uniform(*look.grain_spread)) * draw_texture(
        size_px, GRAIN_UM / um_per_px, rng
    )
    light = float(rng.uniform(*look.neuropil_photons)) * np.exp(texture)
    ticks = (np.arange(size_px) + 0.5) * um_per_px
    x, y = np.meshgrid(ticks, ticks)
    warp = 0.35 * draw_texture(size_px, 2.5 / um_per_px, rng)
    lumps = draw_texture(size_px, LUMP_UM / um_per_px, rng)
    fat = float(rng.uniform(*look.lipofuscin_share))
    heaps = np.zeros_like(light)
    for soma in anatomy.somata:
        away = (soma.distances(x, y, 0.0) - 1) * soma.radius + warp
        inside = _inside(away)
        nucleus = _inside(away + (1 - soma.nucleus_share) * soma.radius)
        light *= 1 + (float(rng.uniform(*look.soma_share)) - 1) * inside
        light *= 1 - (1 - NUCLEUS_LIGHT) * nucleus
        if rng.random() < fat:
            photons = plaque_photons * float(rng.uniform(*LUMP_PHOTONS))
            heaps += photons * _heap(
                soma.bearings(x, y), inside * (1 - nucleus), lumps, um_per_px, rng
            )
    for vessel in anatomy.vessels:
        light *= 1 - (1 - LUMEN_LIGHT) * _inside(vessel.distances(x, y, 0.0) - vessel.radius)
    return (light + heaps) * _draw_lighting(size_px, rng)


def draw_texture(size_px: int, length_px: float, rng: Generator) -> Floats:
    """Return a random field (H, W) of mean 0 and variance 1 with a correlation length."""
    side = fft.next_fast_len(size_px + int(2 * length_px))
    down, across = fft.fftfreq(side), fft.rfftfreq(side)
    squared = (2 * np.pi * length_px) ** 2 * (down[:, None] ** 2 + across**2)
    noise = fft.rfft2(rng.standard_normal((side, side)))
    field = fft.irfft2(noise / (1 + squared) ** 1.25, s=(side, side))[:size_px, :size_px]
    scaled: Floats = (field - field.mean()) / field.std()
    return scaled


def _inside(away_um: Floats) -> Floats:
    """Return 1 inside, 0 outside of a surface from which places are so far, with a soft edge."""
    return 1 / (1 + np.exp(np.clip(away_um / (EDGE_UM / 2), -50, 50)))


def _heap(
    bearings: Floats, cytoplasm: Floats, lumps: Floats, um_per_px: float, rng: Generator
) -> Floats:
    """Return lumps (H, W) of lipofuscin, as bright as 1, on one side of a nucleus.

    They are where a field of lumps (H, W) is high and the share of cytoplasm (H, W) as well;
    bearings (H, W) are directions from the middle of the cell.
    """
    side = np.exp(float(rng.uniform(1, 3)) * (np.cos(bearings - rng.uniform(0, 2 * np.pi)) - 1))
    height = np.clip(lumps - LUMP_LEVEL + AWAY_LEVEL * (side - 1), 0, 1) * cytoplasm * side
    is_seen = height > SEEN_LUMP
    joined = ndimage.binary_dilation(is_seen, iterations=round(HEAP_JOIN_UM / um_per_px / 2))
    names, num = ndimage.label(joined)
    areas = ndimage.sum_labels(is_seen, names, np.arange(num + 1)) * um_per_px**2
    kept: Floats = height * (areas >= SMALLEST_HEAP_UM2)[names]
    return kept


def _draw_lighting(size_px: int, rng: Generator) -> Floats:
    """Return the share of light (H, W) that a slightly tilted field receives."""
    ticks = np.linspace(-1, 1, size_px)
    tilt, bow = rng.normal(0, 0.05, 2), float(rng.uniform(0, 0.12))
    plane = 1 + tilt[0] * ticks + tilt[1] * ticks[:, None]
    lighting: Floats = plane - bow * (ticks**2 + ticks[:, None] ** 2)
    return lighting
