"""A volume of tissue in micrometers: plaques one by one, nuclei and lipofuscin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.simulation.cells import STEP_UM, Cells
from gapjunction.simulation.distractors import draw_lipofuscin
from gapjunction.simulation.plaques import EMITTERS_PER_UM2, MIN_EMITTERS, draw_length
from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.stack_models import StackTissue
from gapjunction.simulation.tissue import Emitters, FloatArray, Tissue

BEYOND_UM = 2.0  # above the first slice and below the last one, there is tissue as well
RISE = 0.35  # of strands, and of rows of neighbors: standard deviation of their slope


@dataclass(frozen=True, slots=True, eq=False)
class Nuclei:
    """Spheres: centers (N, 3) as x, y, z in um, and radii (N,)."""

    centers_um: FloatArray
    radii_um: FloatArray

    def contain(self, point_um: FloatArray) -> bool:
        """Tell whether a point (3,) is in one."""
        away = np.linalg.norm(self.centers_um - point_um, axis=1)
        return bool((away < self.radii_um).any())


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A block of tissue; the first slice is at z = 0."""

    plaques: tuple[Emitters, ...]
    lipofuscin: tuple[Emitters, ...]
    nuclei: Nuclei


def build_volume(
    tissue: StackTissue, grid: Grid, density_factor: float, rng: np.random.Generator
) -> Volume:
    """Draw a volume; `density_factor` multiplies the expected number of plaques."""
    block_um3 = grid.side_um**2 * (grid.depth_um + 2 * BEYOND_UM)
    num_nuclei = int(rng.poisson(tissue.nuclei_per_um3 * block_um3))
    nuclei = Nuclei(
        _anywhere(grid, num_nuclei, rng), rng.uniform(*tissue.flat.nucleus_radius_um, num_nuclei)
    )
    num_plaques = int(rng.poisson(tissue.plaques_per_um3 * density_factor * block_um3))
    num_strands = 1 + int(rng.poisson(tissue.strands_per_um3 * block_um3))
    starts = _anywhere(grid, num_strands, rng)
    strands = [_draw_strand(tissue, start, rng) for start in starts]
    plaques = _draw_plaques(tissue, num_plaques, grid, strands, nuclei, rng)
    return Volume(tuple(plaques), tuple(_draw_clumps(tissue.flat, nuclei, rng)), nuclei)


def _anywhere(grid: Grid, num: int, rng: np.random.Generator) -> FloatArray:
    """Return random points (num, 3) in the volume, and a little above and below it."""
    plane = rng.uniform(0, grid.side_um, (num, 2))
    depth = rng.uniform(-BEYOND_UM, grid.depth_um + BEYOND_UM, (num, 1))
    return np.hstack([plane, depth])


def _wrapped(point: FloatArray, grid: Grid) -> FloatArray:
    """Return a point (3,) that left the volume on one side as it enters on the other."""
    low = np.array([0.0, 0.0, -BEYOND_UM])
    size = np.array([grid.side_um, grid.side_um, grid.depth_um + 2 * BEYOND_UM])
    wrapped: FloatArray = low + (point - low) % size
    return wrapped


def _draw_strand(tissue: StackTissue, start: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a winding line (N, 3), which rises or sinks slowly."""
    num = int(rng.uniform(*tissue.strand_um) / STEP_UM)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.06, num))
    slope = np.full(num, rng.normal(0, RISE))
    steps = np.stack([np.cos(heading), np.sin(heading), slope], axis=1) * STEP_UM
    line: FloatArray = start + np.cumsum(steps, axis=0)
    return line


def _draw_plaques(
    tissue: StackTissue,
    num_plaques: int,
    grid: Grid,
    strands: Sequence[FloatArray],
    nuclei: Nuclei,
    rng: np.random.Generator,
) -> list[Emitters]:
    """Place plaques along strands, anywhere, or right beside the plaque before."""
    flat = tissue.flat
    plaques: list[Emitters] = []
    center, length = np.zeros(3), 0.0
    while len(plaques) < num_plaques:
        length_before, length = length, draw_length(flat, rng)
        if plaques and rng.random() < flat.neighbor_fraction:
            gap = rng.uniform(*flat.neighbor_gap_um) + (length_before + length) / 2
            heading = rng.uniform(0, 2 * np.pi)
            aside = np.array([np.cos(heading), np.sin(heading), rng.normal(0, RISE)])
            place = center + gap * aside
        elif rng.random() < tissue.strand_share:
            strand = strands[int(rng.integers(len(strands)))]
            place = strand[int(rng.integers(len(strand)))] + rng.normal(0, flat.off_line_um, 3)
        else:
            [place] = _anywhere(grid, 1, rng)
        center = _wrapped(place, grid)
        if not nuclei.contain(center):
            plaques.append(_fill_plaque(tissue, center, length, rng))
    return plaques


def _fill_plaque(
    tissue: StackTissue, center: FloatArray, length_um: float, rng: np.random.Generator
) -> Emitters:
    """Fill a plate, an ellipse in any direction in space, with so many emitters that none shows."""
    breadth = length_um * rng.uniform(*tissue.round_share)
    surface = np.pi / 4 * length_um * breadth
    num = max(int(EMITTERS_PER_UM2 * surface), MIN_EMITTERS)
    reach, turn = np.sqrt(rng.random(num)) / 2, rng.uniform(0, 2 * np.pi, num)
    along, across = reach * np.cos(turn) * length_um, reach * np.sin(turn) * breadth
    # The first two rows of a random rotation: orthogonal directions, all equally likely.
    axes, _ = np.linalg.qr(rng.normal(0, 1, (3, 3)))
    points = center + along[:, None] * axes[:, 0] + across[:, None] * axes[:, 1]
    concentration = np.exp(rng.normal(0, tissue.flat.plaque_brightness_sd))
    return Emitters(points, np.full(num, concentration * surface / num))


def _draw_clumps(tissue: Tissue, nuclei: Nuclei, rng: np.random.Generator) -> list[Emitters]:
    """Draw lipofuscin beside the nuclei."""
    clumps = []
    for center, radius in zip(nuclei.centers_um, nuclei.radii_um, strict=True):
        clump = draw_lipofuscin(tissue, Cells(center[None, :2], np.array([radius]), (), ()), rng)
        if len(clump):
            depth = np.array([0.0, 0.0, center[2]])
            clumps.append(Emitters(clump.points_um + depth, clump.weights))
    return clumps
