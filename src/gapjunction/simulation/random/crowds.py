"""Where spots lie: crowded in cells, around nuclei, along borders, in heaps, or all over a field.

Within a crowd no two spots are nearer to each other than a spacing, as in a person's marks, which
are of what can be told apart. A crowd may lie in the glow of its cell. `USUAL` crowds are of all
densities; `TIGHT` ones are as dense as spots can be told apart, and mostly glow.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from gapjunction.simulation.random.draws import happens, log_uniform
from gapjunction.simulation.random.shapes import draw_disc
from gapjunction.simulation.tissue import FloatArray

RADIUS_PX = (12.0, 100.0)  # of a cell
NUM_LONE = (1.0, 120.0)
LONE_PROBABILITY = 0.6
ALL_OVER_SPACING = (1.5, 14.0)
CANDIDATES = 4.0  # tried for each place that the spacing leaves
MOST_IN_FIELD = 900


Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Crowding:
    """From what the crowds of a field are drawn.

    Attributes:
        spacing: of neighbors in a crowd, in widths of a spot.
        filled: share of the places of a crowd that are taken.
        num_crowds: in a field.
        all_over_probability: that spots lie all over the field, in no crowd.
        glow_probability: that a crowd glows.
        glow: its brightness relative to a median spot.
    """

    spacing: Range
    filled: Range
    num_crowds: Range
    all_over_probability: float
    glow_probability: float
    glow: Range


USUAL = Crowding(
    spacing=(1.0, 5.0),
    filled=(0.25, 1.0),
    num_crowds=(2.0, 40.0),
    all_over_probability=0.2,
    glow_probability=0.6,
    glow=(0.03, 1.2),
)
TIGHT = Crowding(
    spacing=(1.3, 2.3),
    filled=(0.6, 1.0),
    num_crowds=(1.0, 20.0),
    all_over_probability=0.05,
    glow_probability=0.8,
    glow=(0.1, 1.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Places (N, 2) of spots as x, y in pixels, and the glow around them.

    Attributes:
        glow: brightness (h, w) relative to a median spot; None without one.
        center_px: the middle of the glow, as x, y.
    """

    places_px: FloatArray
    glow: FloatArray | None
    center_px: FloatArray


def draw_crowds(
    width_px: float, size_px: int, crowding: Crowding, rng: np.random.Generator
) -> list[Crowd]:
    """Return the crowds and the lone spots of a field, for spots of a width."""
    crowds = []
    if happens(crowding.all_over_probability, rng):
        spacing = log_uniform(*ALL_OVER_SPACING, rng) * width_px
        crowds.append(_even(size_px, spacing, crowding, rng))
    else:
        spacing = log_uniform(*crowding.spacing, rng) * width_px
        num = round(log_uniform(*crowding.num_crowds, rng))
        # Cells of one field are alike, but not quite.
        own = spacing * np.exp(rng.uniform(-0.2, 0.2, num))
        crowds += [_crowd(size_px, each, crowding, rng) for each in own.tolist()]
    if happens(LONE_PROBABILITY, rng):
        places = rng.uniform(0, size_px, (round(log_uniform(*NUM_LONE, rng)), 2))
        crowds.append(Crowd(places, None, np.zeros(2)))
    return _not_too_many(crowds, rng)


def _crowd(size_px: int, spacing_px: float, crowding: Crowding, rng: np.random.Generator) -> Crowd:
    """Return one crowd around a place in the field, or a little outside it."""
    center = rng.uniform(-0.05 * size_px, 1.05 * size_px, 2)
    radius = max(log_uniform(*RADIUS_PX, rng), 2 * spacing_px)
    scatter = SCATTERS[int(rng.integers(len(SCATTERS)))]
    num = int(CANDIDATES * np.pi * (radius / spacing_px) ** 2) + 4
    places = center + _turned(scatter(num, radius, rng), rng)
    places = _thinned(places, spacing_px)
    places = places[rng.random(len(places)) < rng.uniform(*crowding.filled)]
    glow = None
    if happens(crowding.glow_probability, rng):
        edge = radius * log_uniform(0.03, 0.4, rng)
        strength = log_uniform(*crowding.glow, rng)
        glow = strength * draw_disc(radius * rng.uniform(0.9, 1.3), edge, rng)
    return Crowd(places, glow, center)


def _even(size_px: int, spacing_px: float, crowding: Crowding, rng: np.random.Generator) -> Crowd:
    """Return spots all over the field."""
    places = _thinned(
        rng.uniform(0, size_px, (int(CANDIDATES * (size_px / spacing_px) ** 2), 2)), spacing_px
    )
    kept = places[rng.random(len(places)) < rng.uniform(*crowding.filled)]
    return Crowd(kept, None, np.zeros(2))


def _not_too_many(crowds: list[Crowd], rng: np.random.Generator) -> list[Crowd]:
    """Return the crowds in an order of luck until the field holds enough."""
    kept: list[Crowd] = []
    num = 0
    for place in rng.permutation(len(crowds)):
        num += len(crowds[place].places_px)
        if kept and num > MOST_IN_FIELD:
            break
        kept.append(crowds[place])
    return kept


def _thinned(places: FloatArray, spacing_px: float) -> FloatArray:
    """Return places of which each is at least so far from all before it."""
    is_kept = np.ones(len(places), bool)
    pairs = KDTree(places).query_pairs(spacing_px, output_type="ndarray")
    for first, second in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        is_kept[second] &= not is_kept[first]
    kept: FloatArray = places[is_kept]
    return kept


def _turned(places: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return places around 0, squashed in one direction and turned."""
    angle, squash = rng.uniform(0, np.pi), rng.uniform(0.5, 1.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned: FloatArray = (places * np.array([1.0, squash])) @ turn.T
    return turned


def _in_disc(num: int, radius_px: float, rng: np.random.Generator) -> FloatArray:
    return _polar(radius_px * np.sqrt(rng.random(num)), rng)


def _on_ring(num: int, radius_px: float, rng: np.random.Generator) -> FloatArray:
    """Along the border of a cell, or around its nucleus."""
    thickness = rng.uniform(0.02, 0.3)
    return _polar(radius_px * (1 + rng.uniform(-thickness, 0, num)), rng)


def _around_point(num: int, radius_px: float, rng: np.random.Generator) -> FloatArray:
    """Denser in the middle, without an edge."""
    return rng.normal(0, radius_px / 2, (num // 2 + 1, 2))


def _along_line(num: int, radius_px: float, rng: np.random.Generator) -> FloatArray:
    """Along an end-foot, a vessel or a process."""
    along = rng.uniform(-1.5, 1.5, num) * radius_px
    bend, width = rng.normal(0, 0.3), radius_px * log_uniform(0.01, 0.15, rng)
    across = bend * along**2 / radius_px + rng.normal(0, width, num)
    return np.stack([along, across], axis=1)


def _polar(reach: FloatArray, rng: np.random.Generator) -> FloatArray:
    turn = rng.uniform(0, 2 * np.pi, len(reach))
    return np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)


SCATTERS: tuple[Callable[[int, float, np.random.Generator], FloatArray], ...] = (
    _in_disc,
    _on_ring,
    _around_point,
    _along_line,
)
