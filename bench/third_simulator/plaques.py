"""Plaques as sheets of channels on bent pieces of membrane, in blocks of channels.

Channels of connexin 43 lie about 10 nm apart, in hexagonal order, with gaps between groups of them
(freeze fracture, e.g. Rash et al., Neuroscience 147, 2007); a block stands for some 36 of them.
Plaques taken up by a cell are hollow spheres (annular gap junctions, Jordan et al. 2001).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.third_simulator.membranes import Sites
from bench.third_simulator.microscope import Floats

BLOCK_UM = 0.06  # between blocks
BLOCK_UM2 = BLOCK_UM**2 * np.sqrt(3) / 2
LENGTH_UM = (0.3, 4.0)
MEDIAN_LENGTH_UM, LENGTH_SPREAD = 0.65, 0.5
WIDEST_UM = 1.3
ANNULAR_SHARE, ANNULAR_RADIUS_UM = 0.02, (0.25, 0.5)
LOBES = (2, 3, 4, 5)
GAP_SHARE, GAP_RADIUS = 0.5, 0.14  # of plaques from 0.8 um on; relative to their length
MEAN_BEND_PER_UM = 0.45
ANTIBODIES = 6.0  # bound to a block, on average
STAIN_SPREAD = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks of channels (N, 3) in um, their light (N,), and which plaque each is of (N,).

    Attributes:
        centers: of the plaques (P, 3).
    """

    points: Floats
    photons: Floats
    owners: np.ndarray
    centers: Floats

    def without(self, plaques: np.ndarray) -> "Blocks":
        """Return the blocks of all plaques but these; the numbers of plaques stay."""
        kept = ~np.isin(self.owners, plaques)
        return Blocks(self.points[kept], self.photons[kept], self.owners[kept], self.centers)


def draw_plaques(sites: Sites, photons_per_um2: float, rng: Generator) -> Blocks:
    """Return a plaque at each site, of so much light on an even sheet."""
    points, photons, owners = [np.zeros((0, 3))], [np.zeros(0)], [np.zeros(0, int)]
    for index in range(len(sites)):
        length = MEDIAN_LENGTH_UM * float(rng.lognormal(0, LENGTH_SPREAD))
        flat = _draw_sheet(float(np.clip(length, *LENGTH_UM)), rng)
        frame = np.stack(
            [
                sites.headings[index],
                np.cross(sites.normals[index], sites.headings[index]),
                sites.normals[index],
            ]
        )
        bound = rng.poisson(ANTIBODIES, len(flat)) / ANTIBODIES
        points.append(sites.points[index] + flat @ frame)
        photons.append(bound * photons_per_um2 * BLOCK_UM2 * float(rng.lognormal(0, STAIN_SPREAD)))
        owners.append(np.full(len(flat), index))
    return Blocks(
        np.concatenate(points), np.concatenate(photons), np.concatenate(owners), sites.points
    )


def _draw_sheet(length_um: float, rng: Generator) -> Floats:
    """Return blocks (N, 3) of one plaque around 0, along, across and out of its membrane."""
    if rng.random() < ANNULAR_SHARE:
        return _hollow_sphere(float(rng.uniform(*ANNULAR_RADIUS_UM)))
    breadth = min(length_um * float(rng.uniform(0.4, 1)), WIDEST_UM)
    u, v = _lattice(0.8 * length_um)
    u += rng.uniform(-0.5, 0.5) * BLOCK_UM
    reach, turn = np.hypot(2 * u / length_um, 2 * v / breadth), np.arctan2(v, u)
    outline = 1 + sum(
        rng.normal(0, 0.16 / lobe**0.5) * np.cos(lobe * turn + rng.uniform(0, 2 * np.pi))
        for lobe in LOBES
    )
    inside = reach < np.clip(outline, 0.4, 1.4)
    if length_um > 0.8 and rng.random() < GAP_SHARE:  # noqa: PLR2004 - as GAP_SHARE says
        gap = rng.uniform(-0.3, 0.3, 2) * [length_um, breadth]
        inside &= np.hypot(u - gap[0], v - gap[1]) > GAP_RADIUS * length_um
    u, v = u[inside], v[inside]
    bends = rng.normal(0, MEAN_BEND_PER_UM, 2)
    out = np.clip((bends[0] * u**2 + bends[1] * v**2) / 2, -0.8, 0.8)
    return np.stack([u, v, out], axis=1)


def _lattice(reach_um: float) -> tuple[Floats, Floats]:
    """Return a hexagonal lattice as far as `reach_um` from 0, as places along and across."""
    rows = np.arange(-int(reach_um / BLOCK_UM) - 1, int(reach_um / BLOCK_UM) + 2)
    i, j = np.meshgrid(rows, rows)
    u, v = (i + 0.5 * (j % 2)) * BLOCK_UM, j * BLOCK_UM * np.sqrt(3) / 2
    near = np.hypot(u, v) <= reach_um
    return u[near], v[near]


def _hollow_sphere(radius_um: float) -> Floats:
    """Return blocks (N, 3) spread evenly over a sphere, in a spiral of the golden angle."""
    num = max(int(4 * np.pi * radius_um**2 / BLOCK_UM2), 1)
    height = 1 - 2 * (np.arange(num) + 0.5) / num
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(num)
    ring = np.sqrt(1 - height**2)
    return radius_um * np.stack([ring * np.cos(turn), ring * np.sin(turn), height], axis=1)
