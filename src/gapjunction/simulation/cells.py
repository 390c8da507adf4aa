"""Cells of a field: where they lie, their borders, processes, nuclei and cytoplasm."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Voronoi

from gapjunction.simulation.tissue import Emitters, FloatArray, Range, Tissue

MARGIN_UM = 18.0  # tissue beyond the image whose processes and light reach into it
STEP_UM = 0.15  # spacing of points along borders and processes
EMITTERS_PER_STEP = 8
EMITTERS_PER_UM2 = 60.0  # of the cytoplasm and nuclei, which are far wider than 1 um
FADE_OUT = 0.5  # how far cytoplasm reaches out beyond its ring, in nucleus radii
CELL_DEPTH_UM = 1.0  # standard deviation of the depth of cells and of what fills them
NEUROPIL_EMITTERS_PER_UM2 = 6.0
NEUROPIL_DEPTH_UM = (1.5, 4.0)  # far enough from focus to show no grain


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Astrocytes in and around the image.

    Attributes:
        centers_um: (N, 2) as x, y.
        radii_um: nucleus radii (N,).
        borders: lines (M, 2) between neighboring cells, as x, y.
        processes: lines (M, 3) that leave the cells, as x, y, z, the thick end first.
    """

    centers_um: FloatArray
    radii_um: FloatArray
    borders: tuple[FloatArray, ...]
    processes: tuple[FloatArray, ...]


def place_cells(tissue: Tissue, side_um: float, rng: np.random.Generator) -> Cells:
    """Draw cells on a jittered grid that reaches beyond the image on all sides."""
    step = tissue.cell_spacing_um
    ticks = np.arange(-MARGIN_UM, side_um + MARGIN_UM + step, step)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    jitter = rng.uniform(-0.38, 0.38, grid.shape) + rng.uniform(-0.5, 0.5, 2)
    centers = grid + jitter * step
    radii = rng.uniform(*tissue.nucleus_radius_um, len(centers))
    processes = [line for center in centers for line in _grow(tissue, center, rng)]
    return Cells(centers, radii, tuple(_draw_borders(centers, rng)), tuple(processes))


def fill_processes(tissue: Tissue, cells: Cells, rng: np.random.Generator) -> Emitters:
    """Fill processes with intermediate filaments (GFAP), thinner toward their ends."""
    return Emitters.joined(_coat(tissue, line, rng) for line in cells.processes)


def fill_nuclei(tissue: Tissue, cells: Cells, rng: np.random.Generator) -> Emitters:
    """Fill nuclei with DNA stain."""
    return Emitters.joined(
        _fill_around(cell, (0.0, radius), tissue.nucleus_concentration, rng)
        for cell, radius in zip(cells.centers_um, cells.radii_um, strict=True)
    )


def fill_cytoplasm(
    tissue: Tissue, cells: Cells, side_um: float, rng: np.random.Generator
) -> Emitters:
    """Spread diffuse protein around the nuclei, which stay dark, and thinly everywhere else."""
    around = [
        _fill_around(cell, (radius, 1.5 * radius), tissue.cytoplasm_concentration, rng)
        for cell, radius in zip(cells.centers_um, cells.radii_um, strict=True)
    ]
    width = side_um + 2 * MARGIN_UM
    num = int(NEUROPIL_EMITTERS_PER_UM2 * width**2)
    plane = rng.uniform(-MARGIN_UM, side_um + MARGIN_UM, (num, 2))
    depth = rng.uniform(*NEUROPIL_DEPTH_UM, (num, 1))
    weights = np.full(num, tissue.neuropil_concentration * width**2 / num)
    return Emitters.joined([*around, Emitters(np.hstack([plane, depth]), weights)])


def _draw_borders(centers: FloatArray, rng: np.random.Generator) -> list[FloatArray]:
    """Return the lines halfway between neighboring cells, a little wavy, where there are cells."""
    diagram = Voronoi(centers)
    corners = np.stack(np.meshgrid(*np.stack([centers.min(axis=0), centers.max(axis=0)], axis=1)))
    borders = []
    for ridge in diagram.ridge_vertices:
        if -1 in ridge:
            continue
        start, end = diagram.vertices[ridge]
        length = float(np.hypot(*(end - start)))
        height = rng.normal(0, 0.08 * length)
        along = _steps_among(corners, start, end, max(int(length / STEP_UM), 2))
        across = np.array([start[1] - end[1], end[0] - start[0]]) / max(length, STEP_UM)
        if len(along):
            wave = np.sin(np.pi * along) * height
            borders.append(start + along * (end - start) + wave * across)
    return borders


def _steps_among(corners: FloatArray, start: FloatArray, end: FloatArray, num: int) -> FloatArray:
    """Return those of `num` even steps (N, 1) from 0 to 1 that lead past a rectangle.

    A border between two cells at the rim can end thousands of fields away.
    """
    direction = end - start
    passed = (
        (corners.reshape(2, -1).T - start) @ direction / max(float(direction @ direction), 1e-9)
    )
    # One step more on each side, so that every step inside has a neighbor.
    first = max(int(np.floor(passed.min() * (num - 1))) - 1, 0)
    last = min(int(np.ceil(passed.max() * (num - 1))) + 1, num - 1)
    steps: FloatArray = np.arange(first, last + 1, dtype=np.float64) * (1 / (num - 1))
    if last == num - 1:
        steps[-1:] = 1.0
    return steps[:, None]


def _grow(tissue: Tissue, center: FloatArray, rng: np.random.Generator) -> list[FloatArray]:
    """Return the processes of one cell: trunks in all directions, each with one branch."""
    num = int(rng.integers(*tissue.processes_per_cell, endpoint=True))
    headings = rng.uniform(0, 2 * np.pi) + np.arange(num) * 2 * np.pi / num
    root = np.array([*center, rng.normal(0, CELL_DEPTH_UM)])
    lines = []
    for heading in headings + rng.normal(0, 0.3, num):
        length = rng.uniform(*tissue.process_length_um)
        trunk = _wind(root, heading, length, rng)
        fork = trunk[int(rng.integers(len(trunk) // 3, len(trunk)))]
        turn = heading + rng.choice([-1.0, 1.0]) * rng.uniform(0.4, 1.1)
        lines += [trunk, _wind(fork, turn, length / 2, rng)]
    return lines


def _wind(
    start: FloatArray, heading: float, length_um: float, rng: np.random.Generator
) -> FloatArray:
    """Return a smooth random walk (N, 3) of a given length that rises or sinks slowly."""
    num = max(int(length_um / STEP_UM), 2)
    angle = heading + np.cumsum(rng.normal(0, 0.06, num))
    dive = rng.normal(0, 0.12) + np.cumsum(rng.normal(0, 0.01, num))
    steps = np.stack([np.cos(angle), np.sin(angle), dive], axis=1) * STEP_UM
    line: FloatArray = start + np.cumsum(steps, axis=0)
    return line


def _coat(tissue: Tissue, line: FloatArray, rng: np.random.Generator) -> Emitters:
    thin, thick = tissue.process_radius_um
    radius = np.repeat(np.linspace(thick * rng.uniform(0.5, 1), thin, len(line)), EMITTERS_PER_STEP)
    points = np.repeat(line, EMITTERS_PER_STEP, axis=0)
    points[:, :2] += rng.normal(0, 0.5, (len(points), 2)) * radius[:, None]
    weights = tissue.process_concentration * 2 * radius * STEP_UM / EMITTERS_PER_STEP
    return Emitters(points, weights)


def _fill_around(
    center: FloatArray, radii_um: Range, concentration: float, rng: np.random.Generator
) -> Emitters:
    """Fill a lopsided ring between two radii that fades out; an inner radius of 0 gives a disc."""
    inner, outer = radii_um
    surface = np.pi * (outer**2 - inner**2)
    num = int(EMITTERS_PER_UM2 * surface)
    angle = rng.uniform(0, 2 * np.pi, num)
    lobes = 1 + sum(
        rng.uniform(0, 0.15) * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
        for order in (1, 2, 3)
    )
    fading = np.abs(rng.normal(0, FADE_OUT * inner, num))
    reach = np.sqrt(rng.uniform(inner**2, outer**2, num)) * lobes + fading
    x, y = reach * np.cos(angle), reach * np.sin(angle)
    points = np.stack([center[0] + x, center[1] + y, rng.normal(0, CELL_DEPTH_UM, num)], axis=1)
    return Emitters(points, np.full(num, concentration * surface / num))
