"""The haze of a volume: the light of all that is too small to be drawn, one slice at a time.

A large stack takes a gigabyte as floats. Kept are the coarse grids of random numbers that its
smooth noise is interpolated from.
"""

from dataclasses import dataclass

import numpy as np

from gapjunction.simulation.stack.confocal import Grid
from gapjunction.simulation.stack.stack_models import StackTissue
from gapjunction.simulation.stack.volume import Nuclei
from gapjunction.simulation.tissue import FloatArray

NUCLEUS_LIGHT = 0.35  # of the haze around it
NUCLEUS_RIM_UM = 0.4
# Of the variance of independent values, a cubic B-spline keeps so much along each axis.
SPLINE_VARIANCE = 0.479


@dataclass(frozen=True, slots=True, eq=False)
class _SmoothNoise:
    """Noise of mean 0 and about unit variance, smooth over a size.

    Random values on a coarse grid are interpolated by cubic B-splines, axis by axis.

    Attributes:
        knots: the values, interpolated along z (slices, K, K).
        weights: of the knots for each pixel of a side (size_px, K).
    """

    knots: FloatArray
    weights: FloatArray

    @classmethod
    def draw(cls, grid: Grid, size_um: float, rng: np.random.Generator) -> "_SmoothNoise":
        depth = _spline(grid.depths_um / size_um)
        side = _spline(grid.middles_um / size_um)
        coarse = rng.normal(0, 1, (depth.shape[1], side.shape[1], side.shape[1]))
        return cls(np.tensordot(depth, coarse, axes=1), side)

    def in_slice(self, index: int) -> FloatArray:
        noise: FloatArray = self.weights @ self.knots[index] @ self.weights.T / SPLINE_VARIANCE**1.5
        return noise


@dataclass(frozen=True, slots=True, eq=False)
class Haze:
    """The light of the tissue, in photons, which is darker in nuclei."""

    tissue: StackTissue
    grid: Grid
    nuclei: Nuclei
    noises: tuple[_SmoothNoise, ...]

    def in_slice(self, index: int) -> FloatArray:
        """Return the light of a slice (height, width)."""
        log_light = np.zeros((self.grid.size_px, self.grid.size_px))
        for noise in self.noises:
            log_light += noise.in_slice(index)
        light: FloatArray = self.tissue.haze_photons * np.exp(self.tissue.haze_spread * log_light)
        self._darken_nuclei(light, float(self.grid.depths_um[index]))
        return light

    def _darken_nuclei(self, light: FloatArray, depth_um: float) -> None:
        """Change the light at a depth where a nucleus is."""
        middles = self.grid.middles_um
        for (x, y, z), radius in zip(self.nuclei.centers_um, self.nuclei.radii_um, strict=True):
            reach = radius + 4 * NUCLEUS_RIM_UM
            if abs(depth_um - z) >= reach:
                continue
            rows = np.flatnonzero(np.abs(middles - y) < reach)
            columns = np.flatnonzero(np.abs(middles - x) < reach)
            aside = (middles[rows, None] - y) ** 2 + (middles[columns] - x) ** 2
            away = np.sqrt(aside + (depth_um - z) ** 2) - radius
            inside = 1 / (1 + np.exp(away / NUCLEUS_RIM_UM))
            light[rows[:, None], columns] *= 1 - (1 - NUCLEUS_LIGHT) * inside


def draw_haze(tissue: StackTissue, grid: Grid, nuclei: Nuclei, rng: np.random.Generator) -> Haze:
    """Draw the haze of a volume with these nuclei."""
    noises = (_SmoothNoise.draw(grid, size_um, rng) for size_um in tissue.haze_sizes_um)
    return Haze(tissue, grid, nuclei, tuple(noises))


def _spline(places: FloatArray) -> FloatArray:
    """Return the weights (places, knots) of cubic B-splines on whole numbers from -1 on."""
    knots = np.arange(-1, int(np.ceil(places.max())) + 2)
    away = np.abs(places[:, None] - knots)
    near, far = 2 / 3 - away**2 + away**3 / 2, np.maximum(2 - away, 0) ** 3 / 6
    weights: FloatArray = np.where(away < 1, near, far)
    return weights
