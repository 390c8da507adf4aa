"""What a block of tissue around the focus holds: cell bodies with nuclei, and small vessels.

Lengths are um; the focus is the plane z = 0, the field spans 0 to `side_um` in x and y.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.third_simulator.looks import Look
from bench.third_simulator.microscope import REACH_UM, Floats

VESSELS = 1.1  # in a full field, on average
FULL_SIDE_UM = 102.4  # the side of a field that the numbers of things are for
SOMA_RADIUS_UM = (4.5, 8.0)
NUCLEUS_SHARE = (0.55, 0.75)  # of the radius of the cell body
CAPILLARY_RADIUS_UM = (2.0, 3.5)
BEND_UM, BENDS_EVERY_UM = (1.0, 6.0), (40.0, 110.0)
LONGEST_SHARE = 1.5  # of a cell body's long axis to its short one
TRIES = 30  # to place a cell body apart from the others


@dataclass(frozen=True, slots=True, eq=False)
class Soma:
    """A cell body: an ellipsoid around `center` (3,) whose long axis lies at `angle` in x and y."""

    center: Floats
    radius: float
    elongation: float
    angle: float
    nucleus_share: float

    def distances(self, x: Floats, y: Floats, z: Floats | float) -> Floats:
        """Return how far places are from the center, 1 on the surface."""
        dx, dy = x - self.center[0], y - self.center[1]
        along = dx * np.cos(self.angle) + dy * np.sin(self.angle)
        across = dy * np.cos(self.angle) - dx * np.sin(self.angle)
        squared = (along / self.elongation) ** 2 + across**2 + (z - self.center[2]) ** 2
        far: Floats = np.sqrt(squared) / self.radius
        return far

    def bearings(self, x: Floats, y: Floats) -> Floats:
        """Return the directions of places from the center, in the slice."""
        directions: Floats = np.arctan2(y - self.center[1], x - self.center[0])
        return directions

    def on_surface(self, directions: Floats) -> Floats:
        """Return the points (N, 3) of the surface in directions (N, 3) of unit length."""
        own = directions * self.radius * np.array([self.elongation, 1.0, 1.0])
        c, s = np.cos(self.angle), np.sin(self.angle)
        turned: Floats = self.center + own @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]])
        return turned


@dataclass(frozen=True, slots=True, eq=False)
class Vessel:
    """A tube of `radius` around a wave through `point` (3,), which swings about `axis` (3,).

    Attributes:
        swing: how far to each side (3,), across the axis.
        wavelength: of the swings.
    """

    point: Floats
    axis: Floats
    radius: float
    swing: Floats
    wavelength: float

    def middle(self, along: Floats) -> Floats:
        """Return the middle of the tube (..., 3) at lengths along the axis."""
        phase = 2 * np.pi * along / self.wavelength
        middle: Floats = (
            self.point + along[..., None] * self.axis + np.sin(phase)[..., None] * self.swing
        )
        return middle

    def distances(self, x: Floats, y: Floats, z: Floats | float) -> Floats:
        """Return how far places are from the middle, across the axis."""
        places = np.stack(np.broadcast_arrays(x, y, z), axis=-1)
        along = (places - self.point) @ self.axis
        far: Floats = np.linalg.norm(places - self.middle(along), axis=-1)
        return far

    def frame(self) -> tuple[Floats, Floats]:
        """Return two directions (3,) across the axis."""
        first = np.cross(self.axis, [0.3, 0.5, 0.8])
        first /= np.linalg.norm(first)
        return first, np.cross(self.axis, first)


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """A block of tissue; `side_um` is that of the field."""

    side_um: float
    somata: tuple[Soma, ...]
    vessels: tuple[Vessel, ...]

    def is_open(self, points: Floats) -> np.ndarray:
        """Tell which points (N, 3) lie neither in a nucleus nor in a vessel."""
        x, y, z = points.T
        is_open = np.ones(len(points), np.bool_)
        for soma in self.somata:
            is_open &= soma.distances(x, y, z) > soma.nucleus_share
        for vessel in self.vessels:
            is_open &= vessel.distances(x, y, z) > vessel.radius - 0.3
        return is_open


def draw_anatomy(look: Look, side_um: float, rng: Generator) -> Anatomy:
    """Return a block of tissue."""
    area_share = (side_um / FULL_SIDE_UM) ** 2
    num_vessels = int(rng.poisson(VESSELS * area_share))
    vessels = tuple(_draw_vessel(side_um, rng) for _ in range(num_vessels))
    num_somata = round(area_share * float(rng.uniform(*look.somata)))
    somata: list[Soma] = []
    for _ in range(num_somata * TRIES):
        soma = _draw_soma(side_um, rng)
        if len(somata) < num_somata and _is_apart(soma, somata, vessels):
            somata.append(soma)
    return Anatomy(side_um, tuple(somata), vessels)


def _draw_soma(side_um: float, rng: Generator) -> Soma:
    center = np.append(rng.uniform(0, side_um, 2), rng.uniform(-2.5 * REACH_UM, 2.5 * REACH_UM))
    return Soma(
        center,
        float(rng.uniform(*SOMA_RADIUS_UM)),
        float(rng.uniform(1, LONGEST_SHARE)),
        float(rng.uniform(0, np.pi)),
        float(rng.uniform(*NUCLEUS_SHARE)),
    )


def _draw_vessel(side_um: float, rng: Generator) -> Vessel:
    """Return a capillary, more often along the slice than through it."""
    point = np.append(rng.uniform(0, side_um, 2), rng.uniform(-REACH_UM, REACH_UM))
    heading, rise = rng.uniform(0, 2 * np.pi), float(rng.choice([rng.normal(0, 0.1), 2.0]))
    axis = np.array([np.cos(heading), np.sin(heading), rise])
    axis /= np.linalg.norm(axis)
    swing = float(rng.uniform(*BEND_UM)) * np.cross(axis, [0.0, 0.0, 1.0])
    radius = float(rng.uniform(*CAPILLARY_RADIUS_UM))
    return Vessel(point, axis, radius, swing, float(rng.uniform(*BENDS_EVERY_UM)))


def _is_apart(soma: Soma, others: list[Soma], vessels: tuple[Vessel, ...]) -> bool:
    """Tell whether a cell body touches no other and no vessel."""
    reach = soma.radius * soma.elongation
    x, y, z = soma.center
    return all(
        np.linalg.norm(soma.center - other.center) > reach + other.radius * other.elongation
        for other in others
    ) and all(vessel.distances(x, y, z) > reach + vessel.radius for vessel in vessels)
