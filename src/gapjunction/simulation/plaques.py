"""Gap junction plaques: how many, where, how long and how bright; each is a cloud of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.simulation.cells import Cells
from gapjunction.simulation.tissue import Emitters, FloatArray, Tissue

EMITTERS_PER_UM2 = 500.0  # a spacing of 45 nm, about half the width of the point spread function
MIN_EMITTERS = 24
HOLE = (0.4, 0.8)  # inner radius of annular plaques, relative to the outer one


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Points (N, 2) inside the image where a plaque may form, and directions (N,) in radians."""

    points_um: FloatArray
    angles: FloatArray


def expected_plaques(tissue: Tissue, side_um: float, density_factor: float) -> float:
    """Return the expected number of plaques in focus in a square field."""
    return tissue.plaques_per_um2 * side_um**2 * density_factor


def draw_count(tissue: Tissue, expected: float, rng: np.random.Generator) -> int:
    """Draw a negative binomial count: Poisson around a mean that a gamma factor varies."""
    shape = tissue.field_dispersion
    return int(rng.poisson(expected * rng.gamma(shape, 1 / shape)))


def draw_plaques(
    tissue: Tissue, num_plaques: int, side_um: float, cells: Cells, rng: np.random.Generator
) -> list[Emitters]:
    """Place plaques on borders, by processes, or right beside the plaque before."""
    on_borders = _sites_along(cells.borders, side_um, rng)
    by_processes = _sites_along(cells.processes, side_um, rng)
    plaques: list[Emitters] = []
    center, angle, length = np.zeros(2), 0.0, 0.0
    for _ in range(num_plaques):
        length_before, length = length, draw_length(tissue, rng)
        if plaques and rng.random() < tissue.neighbor_fraction:
            gap = rng.uniform(*tissue.neighbor_gap_um) + (length_before + length) / 2
            heading = angle + rng.normal(0, 0.6)
            center = center + gap * np.array([np.cos(heading), np.sin(heading)])
        else:
            sites = on_borders if rng.random() < tissue.border_fraction else by_processes
            index = int(rng.integers(len(sites.points_um)))
            center = sites.points_um[index] + rng.normal(0, tissue.off_line_um, 2)
            angle = float(sites.angles[index] + rng.normal(0, 0.2))
        plaques.append(_fill_plaque(tissue, center, angle, length, rng))
    return plaques


def _draw_hole(tissue: Tissue, rng: np.random.Generator) -> float:
    """Return the inner radius of a plaque, relative to its outer one; 0 for one without a hole."""
    if tissue.annular_fraction == 0 or rng.random() >= tissue.annular_fraction:
        return 0.0
    return float(rng.uniform(*HOLE))


def draw_length(tissue: Tissue, rng: np.random.Generator) -> float:
    """Draw how long a plaque is, in um."""
    length = tissue.plaque_length_um * np.exp(rng.normal(0, tissue.plaque_length_sd))
    return float(np.clip(length, *tissue.plaque_length_limits_um))


def defocus(tissue: Tissue, plaque: Emitters, rng: np.random.Generator) -> Emitters:
    """Move a plaque above or below the focal plane, where it is seen as a pale disc."""
    depth = rng.choice([-1.0, 1.0]) * rng.uniform(*tissue.defocus_um)
    return Emitters(plaque.points_um + np.array([0.0, 0.0, depth]), plaque.weights)


def _sites_along(lines: Sequence[FloatArray], side_um: float, rng: np.random.Generator) -> Sites:
    """Return the points of the lines that lie inside the image; without any, random points."""
    points = np.concatenate([line[1:, :2] for line in lines])
    steps = np.concatenate([np.diff(line[:, :2], axis=0) for line in lines])
    inside = ((points > 0) & (points < side_um)).all(axis=1)
    if not inside.any():
        return Sites(rng.uniform(0, side_um, (16, 2)), rng.uniform(0, np.pi, 16))
    return Sites(points[inside], np.arctan2(steps[inside, 1], steps[inside, 0]))


def _fill_plaque(
    tissue: Tissue, center: FloatArray, angle: float, length_um: float, rng: np.random.Generator
) -> Emitters:
    """Fill a bent ellipse or ring around `center` with so many emitters that none shows alone."""
    width = min(rng.uniform(*tissue.plaque_width_um), length_um)
    surface = np.pi / 4 * length_um * width
    num = max(int(EMITTERS_PER_UM2 * surface), MIN_EMITTERS)
    hole = _draw_hole(tissue, rng)
    reach = np.sqrt(hole**2 + (1 - hole**2) * rng.random(num)) / 2
    turn = rng.uniform(0, 2 * np.pi, num)
    along, across = reach * np.cos(turn) * length_um, reach * np.sin(turn) * width
    across = across + rng.normal(0, 0.25) * (along**2 / length_um)
    x = center[0] + along * np.cos(angle) - across * np.sin(angle)
    y = center[1] + along * np.sin(angle) + across * np.cos(angle)
    depth = rng.uniform(-1, 1) * tissue.focus_depth_um
    concentration = np.exp(rng.normal(0, tissue.plaque_brightness_sd))
    points = np.stack([x, y, np.full(num, depth)], axis=1)
    return Emitters(points, np.full(num, concentration * surface / num))
