"""Where membranes of astrocytes meet, so that plaques may form: places, normals and headings.

Connexin 43 in rat brain lies in puncta of 0.3 to 4 um, in honeycombs around vessels, in long rows
along fibers, and scattered between leaflets (Yamamoto et al., Journal of Comparative Neurology
302, 1990). Membranes between leaflets and between end-feet are taken as the places nearly as far
from one random seed as from the next.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.spatial import cKDTree

from bench.third_simulator.anatomy import Anatomy, Vessel
from bench.third_simulator.microscope import REACH_UM, Floats

SOURCES = ("leaflets", "end-feet", "fibers", "somata", "anywhere")
SHARES = np.array([0.45, 0.15, 0.12, 0.1, 0.18])
LEAFLET_UM, END_FOOT_UM = 7.0, 6.0  # between seeds
NEARLY_UM = 0.35  # of the distances to two seeds
FIBER_UM = (12.0, 45.0)
CROWDED = 0.3  # share of plaques that lie in a row with others on one membrane
CROWD_GAP_UM = (0.45, 1.1)
CANDIDATES = 25  # for each place, as most are far from membranes


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Places (N, 3) on membranes in um, their normals (N, 3), and a direction in them (N, 3)."""

    points: Floats
    normals: Floats
    headings: Floats

    def __len__(self) -> int:
        return len(self.points)

    def chosen(self, index: np.ndarray) -> "Sites":
        """Return some of them."""
        return Sites(self.points[index], self.normals[index], self.headings[index])


def draw_sites(anatomy: Anatomy, num: int, rng: Generator) -> Sites:
    """Return up to `num` sites; where a place would be in a nucleus or a vessel, there is none."""
    crowded = round(CROWDED * num)
    spread = rng.dirichlet(8 * SHARES)
    counts = rng.multinomial(num - crowded, spread)
    drawn = [
        _draw_from(source, int(count), anatomy, rng)
        for source, count in zip(SOURCES, counts, strict=True)
    ]
    single = _joined([sites for sites in drawn if len(sites)])
    sites = _joined([single, _draw_rows(single, crowded, rng)])
    return sites.chosen(anatomy.is_open(sites.points))


def _draw_from(source: str, num: int, anatomy: Anatomy, rng: Generator) -> Sites:
    """Return up to `num` sites of one kind; leaflets are where there is nothing of a kind."""
    if source == "end-feet" and anatomy.vessels:
        share = -(-num // len(anatomy.vessels))
        return _joined([_around_vessel(own, share, anatomy, rng) for own in anatomy.vessels])
    if source == "somata" and anatomy.somata:
        return _around_somata(num, anatomy, rng)
    if source == "fibers":
        return _along_fibers(num, anatomy.side_um, rng)
    points = _anywhere(max(num, 1) * CANDIDATES, anatomy.side_um, rng)
    if source == "anywhere":
        return _facing(points[:num], rng.normal(0, 1, (num, 3)), rng)
    volume = (anatomy.side_um + 2 * LEAFLET_UM) ** 2 * (2 * REACH_UM + 2 * LEAFLET_UM)
    low = np.array([-LEAFLET_UM, -LEAFLET_UM, -REACH_UM - LEAFLET_UM])
    high = np.array([anatomy.side_um] * 2 + [REACH_UM]) + LEAFLET_UM
    seeds = rng.uniform(low, high, (max(int(volume / LEAFLET_UM**3), 4), 3))
    return _between_seeds(points, seeds, num, rng)


def _around_vessel(vessel: Vessel, num: int, anatomy: Anatomy, rng: Generator) -> Sites:
    """Return sites where end-feet meet on the wall of a vessel."""
    reach = 1.5 * anatomy.side_um

    def on_wall(count: int) -> Floats:
        first, second = vessel.frame()
        turn = rng.uniform(0, 2 * np.pi, (count, 1))
        out = np.cos(turn) * first + np.sin(turn) * second
        wall: Floats = vessel.middle(rng.uniform(-reach, reach, count)) + vessel.radius * out
        return wall

    surface = 2 * np.pi * vessel.radius * 2 * reach
    seeds = on_wall(max(int(surface / END_FOOT_UM**2), 4))
    points = on_wall(max(num, 1) * CANDIDATES * 8)
    return _between_seeds(points[_is_near(points, anatomy.side_um)], seeds, num, rng)


def _around_somata(num: int, anatomy: Anatomy, rng: Generator) -> Sites:
    """Return sites on the surfaces of cell bodies."""
    directions = rng.normal(0, 1, (len(anatomy.somata), 6 * num, 3))
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    points = np.concatenate(
        [soma.on_surface(own) for soma, own in zip(anatomy.somata, directions, strict=True)]
    )
    normals = directions.reshape(-1, 3)
    near = np.flatnonzero(_is_near(points, anatomy.side_um))
    near = rng.permutation(near)[:num]
    return _facing(points[near], normals[near], rng)


def _along_fibers(num: int, side_um: float, rng: Generator) -> Sites:
    """Return sites in rows along straight fibers that lie nearly in the slice, side by side."""
    points, headings = [np.zeros((0, 3))], [np.zeros((0, 3))]
    main = rng.uniform(0, np.pi)
    while sum(map(len, points)) < num:
        turn = main + rng.normal(0, 0.4)
        heading = np.array([np.cos(turn), np.sin(turn), rng.normal(0, 0.03)])
        length = float(rng.uniform(*FIBER_UM))
        count = max(int(rng.poisson(length / rng.uniform(1.5, 5))), 1)
        start = np.append(rng.uniform(0, side_um, 2), rng.normal(0, 0.7))
        along = rng.uniform(-length / 2, length / 2, (count, 1))
        points.append(start + along * heading + rng.normal(0, 0.15, (count, 3)))
        headings.append(np.broadcast_to(heading, (count, 3)))
    placed, heading_of = np.concatenate(points)[:num], np.concatenate(headings)[:num]
    normals = np.cross(heading_of, rng.normal(0, 1, heading_of.shape))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Sites(placed, normals, heading_of / np.linalg.norm(heading_of, axis=1, keepdims=True))


def _draw_rows(sites: Sites, num: int, rng: Generator) -> Sites:
    """Return up to `num` sites more, in rows that start at some of the sites."""
    rows: list[Sites] = []
    while len(sites) and sum(map(len, rows)) < num:
        start = sites.chosen(rng.integers(len(sites), size=1))
        count = int(rng.integers(2, 8))
        across = np.cross(start.normals, start.headings)
        walked = np.cumsum(rng.uniform(*CROWD_GAP_UM, (count, 1)), axis=0)
        points = start.points + walked * start.headings + rng.normal(0, 0.25, (count, 1)) * across
        normals = np.repeat(start.normals, count, axis=0) + rng.normal(0, 0.25, (count, 3))
        rows.append(_facing(points, normals, rng))
    return _joined([own for own in rows if len(own)] or [sites.chosen(np.zeros(0, int))])


def _between_seeds(points: Floats, seeds: Floats, num: int, rng: Generator) -> Sites:
    """Return up to `num` of the points that lie between two seeds."""
    found = cKDTree(seeds).query(points, k=2)
    distances, nearest = np.asarray(found[0]), np.asarray(found[1])
    between = np.flatnonzero(distances[:, 1] - distances[:, 0] < NEARLY_UM)[:num]
    first, second = nearest[between].T
    return _facing(points[between], seeds[second] - seeds[first], rng)


def _anywhere(num: int, side_um: float, rng: Generator) -> Floats:
    low, high = np.array([-1, -1, -REACH_UM]), np.array([side_um + 1, side_um + 1, REACH_UM])
    return rng.uniform(low, high, (num, 3))


def _is_near(points: Floats, side_um: float) -> np.ndarray:
    """Tell which points (N, 3) send light into the field."""
    beside = (points[:, :2] > -1).all(axis=1) & (points[:, :2] < side_um + 1).all(axis=1)
    near: np.ndarray = beside & (np.abs(points[:, 2]) < REACH_UM)
    return near


def _facing(points: Floats, normals: Floats, rng: Generator) -> Sites:
    """Return sites of these normals, of any length, with headings drawn at random."""
    length = np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    unit = normals / length
    headings = np.cross(unit, rng.normal(0, 1, unit.shape))
    headings /= np.maximum(np.linalg.norm(headings, axis=1, keepdims=True), 1e-9)
    return Sites(points, unit, headings)


def _joined(parts: list[Sites]) -> Sites:
    return Sites(
        np.concatenate([own.points for own in parts]),
        np.concatenate([own.normals for own in parts]),
        np.concatenate([own.headings for own in parts]),
    )
