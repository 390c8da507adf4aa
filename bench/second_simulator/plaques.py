"""Shapes and places of simulated plaques."""

import numpy as np
from numpy.random import Generator
from scipy import ndimage

from bench.second_simulator.patches import Light, Patch, draw_beads, draw_ellipse

SMALLEST_PX, LARGEST_PX = 3, 23  # the longer side of a plaque's box
SHARE_ROUND, SHARE_OVAL = 0.5, 0.35  # the rest is bent or lumpy
GAP_PX = 2  # between boxes: what touches, people would count differently
BORDER_PX = 2


def draw_plaque(x: float, y: float, blur: float, rng: Generator) -> Patch:
    """Return a plaque around (x, y), px: round, oval, or bent."""
    half = 0.5 * float(np.clip(rng.lognormal(np.log(5.5), 0.55), 1.5, 19.0))
    angle = float(rng.uniform(0, np.pi))
    kind = rng.random()
    if kind < SHARE_ROUND:
        half = min(half, 5.0)
        axes = half, half * float(rng.uniform(0.8, 1))
        return draw_ellipse(x, y, axes, angle, float(rng.uniform(2, 4)), blur)
    if kind < SHARE_ROUND + SHARE_OVAL:
        axes = half, max(0.7, half * float(rng.uniform(0.3, 0.65)))
        return draw_ellipse(x, y, axes, angle, float(rng.uniform(2, 3.5)), blur)
    along = np.linspace(-1, 1, int(rng.integers(3, 6))) * half
    across = rng.uniform(-0.5, 0.5) * half * (1 - (along / half) ** 2)
    xs = x + along * np.cos(angle) - across * np.sin(angle)
    ys = y + along * np.sin(angle) + across * np.cos(angle)
    weights = rng.uniform(0.8, 1.2, len(along))
    sigma = max(0.8, float(half) * 0.3)
    return draw_beads(
        xs.astype(np.float32), ys.astype(np.float32), weights.astype(np.float32), sigma, blur
    )


def draw_places(size: int, count: int, points: Light, rng: Generator) -> Light:
    """Return places (count, 2), x y: some in clusters, some near `points` (N, 2), some anywhere."""
    anywhere = rng.uniform(0, size, (count, 2))
    centers = rng.uniform(0, size, (max(1, count // 12), 2))
    clustered = centers[rng.integers(len(centers), size=count)] + rng.normal(0, 22, (count, 2))
    near = anywhere
    if len(points):
        near = points[rng.integers(len(points), size=count)] + rng.normal(0, 4, (count, 2))
    choice = rng.random((count, 1))
    places = np.where(choice < 1 / 3, clustered, np.where(choice < 2 / 3, near, anywhere))
    return places.astype(np.float32)


class FreeSpace:
    """Where on an image there is room for another plaque that nobody would confuse.

    Attributes:
        other_light: what else shines in the plaques' channel (H, W), without its smooth part.
    """

    def __init__(self, other_light: Light) -> None:
        self.size = other_light.shape[-1]
        self._others = ndimage.maximum_filter(other_light, size=5)
        self._is_taken = np.zeros(other_light.shape, np.bool_)

    def take(self, box: tuple[int, int, int, int], max_other_light: float) -> bool:
        """Reserve a box and return True, or return False where it does not fit in.

        A box fits in if it is of a plaque's size, inside the image, apart from boxes taken
        before, and nothing else in it is brighter than `max_other_light`.
        """
        x0, y0, x1, y1 = box
        side = max(x1 - x0, y1 - y0)
        inside = min(x0, y0) >= BORDER_PX and max(x1, y1) <= self.size - BORDER_PX
        if not (inside and SMALLEST_PX <= side <= LARGEST_PX):
            return False
        own = np.s_[max(0, y0 - GAP_PX) : y1 + GAP_PX, max(0, x0 - GAP_PX) : x1 + GAP_PX]
        if self._is_taken[own].any() or self._others[own].max() > max_other_light:
            return False
        self._is_taken[y0:y1, x0:x1] = True
        return True
