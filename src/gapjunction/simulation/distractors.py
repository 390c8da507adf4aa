"""What shines without being a plaque: lipofuscin beside nuclei, autofluorescent fibers."""

import numpy as np

from gapjunction.simulation.cells import STEP_UM, Cells
from gapjunction.simulation.tissue import Emitters, FloatArray, Tissue

GRANULES_PER_UM2 = 4.0
MIN_GRANULES = 10  # fewer would look like a handful of plaques
EMITTERS_PER_GRANULE = 120
GRANULE_RADIUS_UM = (0.2, 0.5)
GRANULE_DEPTH_UM = 0.4
HALO_SHARE = 0.8  # light of the haze around a clump's granules, relative to that of the granules
FIBER_LENGTH_UM = (20.0, 60.0)
FIBER_RADIUS_UM = 0.35


def draw_lipofuscin(tissue: Tissue, cells: Cells, rng: np.random.Generator) -> Emitters:
    """Draw irregular clumps of granules that hug a nucleus, partly out of focus."""
    clumps: list[Emitters] = []
    for center, radius in zip(cells.centers_um, cells.radii_um, strict=True):
        for _ in range(int(rng.poisson(tissue.lipofuscin_per_cell))):
            angle = rng.uniform(0, 2 * np.pi)
            reach = radius + rng.uniform(0.2, 1.5)
            middle = center + reach * np.array([np.cos(angle), np.sin(angle)])
            clumps.append(_draw_clump(tissue, middle, rng))
    return Emitters.joined(clumps)


def draw_fibers(tissue: Tissue, side_um: float, rng: np.random.Generator) -> Emitters:
    """Draw long, nearly straight fibers a little out of focus."""
    fibers: list[Emitters] = []
    for _ in range(int(rng.poisson(tissue.fibers_per_field))):
        num = int(rng.uniform(*FIBER_LENGTH_UM) / STEP_UM)
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.01, num))
        steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * STEP_UM
        line = rng.uniform(0, side_um, 2) + np.cumsum(steps, axis=0)
        plane = np.repeat(line, 12, axis=0)
        plane = plane + rng.normal(0, FIBER_RADIUS_UM / 2, plane.shape)
        depth = np.full((len(plane), 1), rng.uniform(0.1, 0.5))
        total = tissue.fiber_concentration * num * STEP_UM * 2 * FIBER_RADIUS_UM
        weights = np.full(len(plane), total / len(plane))
        fibers.append(Emitters(np.hstack([plane, depth]), weights))
    return Emitters.joined(fibers)


def _draw_clump(tissue: Tissue, middle: FloatArray, rng: np.random.Generator) -> Emitters:
    """Draw granules close together in a common haze, which no plaque has."""
    size = rng.uniform(*tissue.lipofuscin_radius_um)
    num_granules = max(int(rng.poisson(GRANULES_PER_UM2 * np.pi * size**2)), MIN_GRANULES)
    places = middle + rng.normal(0, size / 2, (num_granules, 2))
    brightness = tissue.lipofuscin_concentration * np.exp(rng.normal(0, 0.4, num_granules))
    parts = []
    for place, concentration in zip(places, brightness, strict=True):
        radius = rng.uniform(*GRANULE_RADIUS_UM)
        plane = place + rng.normal(0, radius / 2, (EMITTERS_PER_GRANULE, 2))
        depth = np.full((EMITTERS_PER_GRANULE, 1), rng.uniform(-1, 1) * GRANULE_DEPTH_UM)
        weights = np.full(EMITTERS_PER_GRANULE, concentration * np.pi * radius**2)
        parts.append(Emitters(np.hstack([plane, depth]), weights / EMITTERS_PER_GRANULE))
    granules = Emitters.joined(parts)
    haze = granules.points_um + rng.normal(0, 0.6 * size, granules.points_um.shape)
    return Emitters.joined([granules, Emitters(haze, HALO_SHARE * granules.weights)])
