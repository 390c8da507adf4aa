"""From emitters in a volume (um) to the light in each slice that shows them: a confocal microscope.

The point spread function is a Gaussian along each axis. Its widths are those that Zhang, Zerubia
and Olivo-Marin ("Gaussian approximations of fluorescence microscope point-spread function models",
Applied Optics 46, 2007) derive for high apertures (nonparaxial, wide field, three dimensions), with
a the half angle of the objective's cone, n the refractive index and k = 2 pi / wavelength:

    lateral  1 / (n k) * ((4 - 7 cos^3/2 a + 3 cos^7/2 a) / (7 (1 - cos^3/2 a)))^-1/2
    axial    5 sqrt(7) (1 - cos^3/2 a) / (sqrt(6) n k
             * (4 cos^5 a - 25 cos^7/2 a + 42 cos^5/2 a - 25 cos^3/2 a + 4)^1/2)

A pinhole of an Airy disc cuts off far light and narrows these little; aberrations in tissue widen
them more, by the factors in `Confocal`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from gapjunction.simulation.optics import NM_PER_UM, Footprint
from gapjunction.simulation.tissue import Emitters, FloatArray

LATERAL_SIGMAS, AXIAL_SIGMAS = 4.0, 3.0  # how far light is followed


@dataclass(frozen=True, slots=True)
class Confocal:
    """A confocal microscope.

    Attributes:
        um_per_px: side of a pixel in the specimen.
        lateral_widening, axial_widening: of the point spread function in tissue.
    """

    magnification: float = 60.0
    numerical_aperture: float = 1.42
    refractive_index: float = 1.518
    emission_nm: float = 519.0
    um_per_px: float = 0.103
    lateral_widening: float = 1.25
    axial_widening: float = 1.9

    @property
    def lateral_sigma_um(self) -> float:
        """The standard deviation of the point spread function in x and in y."""
        c = self._cosine
        bracket = (4 - 7 * c**1.5 + 3 * c**3.5) / (7 * (1 - c**1.5))
        return float(self.lateral_widening * self._unit_um / np.sqrt(bracket))

    @property
    def axial_sigma_um(self) -> float:
        """The standard deviation of the point spread function in z."""
        c = self._cosine
        bracket = 4 * c**5 - 25 * c**3.5 + 42 * c**2.5 - 25 * c**1.5 + 4
        ratio = 5 * np.sqrt(7) * (1 - c**1.5) / np.sqrt(6 * bracket)
        return float(self.axial_widening * self._unit_um * ratio)

    @property
    def _cosine(self) -> float:
        return float(np.sqrt(1 - (self.numerical_aperture / self.refractive_index) ** 2))

    @property
    def _unit_um(self) -> float:
        return self.emission_nm / NM_PER_UM / (2 * np.pi * self.refractive_index)


@dataclass(frozen=True, slots=True)
class Grid:
    """The voxels of a stack; slice i, from 0, lies at a depth of i times the step."""

    num_slices: int
    size_px: int
    um_per_px: float
    z_step_um: float

    @property
    def side_um(self) -> float:
        """The side of a slice."""
        return self.size_px * self.um_per_px

    @property
    def depth_um(self) -> float:
        """From the first slice to the last."""
        return (self.num_slices - 1) * self.z_step_um

    @property
    def depths_um(self) -> FloatArray:
        """Where the slices lie (num_slices,)."""
        depths: FloatArray = np.arange(self.num_slices, dtype=np.float64) * self.z_step_um
        return depths

    @property
    def middles_um(self) -> FloatArray:
        """Where the middles of pixels lie along an axis (size_px,)."""
        middles: FloatArray = (np.arange(self.size_px, dtype=np.float64) + 0.5) * self.um_per_px
        return middles


def render_in_slices(cloud: Emitters, optics: Confocal, grid: Grid) -> dict[int, Footprint]:
    """Image a small cloud in each slice that its light reaches, only where it is.

    Each emitter's Gaussian is integrated over each pixel. 1 is a wide median plaque that lies flat
    in the slice.
    """
    x, y, z = cloud.points_um.T
    reach = AXIAL_SIGMAS * optics.axial_sigma_um
    first = max(int(np.ceil((z.min() - reach) / grid.z_step_um)), 0)
    last = min(int(np.floor((z.max() + reach) / grid.z_step_um)), grid.num_slices - 1)
    columns = _pixels(x / grid.um_per_px, optics, grid)
    rows = _pixels(y / grid.um_per_px, optics, grid)
    if last < first or not columns or not rows:
        return {}
    sigma_px = optics.lateral_sigma_um / grid.um_per_px
    share_x = _shares(x / grid.um_per_px, sigma_px, columns)
    share_y = _shares(y / grid.um_per_px, sigma_px, rows)
    away = (grid.depths_um[first : last + 1, None] - z) / optics.axial_sigma_um
    weights = np.exp(-0.5 * away**2) * cloud.weights / grid.um_per_px**2
    values = (weights[:, None, :] * share_y.T[None]) @ share_x
    return {
        first + i: Footprint(rows.start, columns.start, values[i]) for i in range(last - first + 1)
    }


def _pixels(place_px: FloatArray, optics: Confocal, grid: Grid) -> range:
    """Return the pixels along one axis that emitters light, none where they are outside."""
    reach = LATERAL_SIGMAS * optics.lateral_sigma_um / grid.um_per_px
    start, stop = int(np.floor(place_px.min() - reach)), int(np.ceil(place_px.max() + reach))
    return range(max(start, 0), min(stop, grid.size_px))


def _shares(place_px: FloatArray, sigma_px: float, pixels: range) -> FloatArray:
    """Return the share (N, pixels) of each emitter's light that falls on each pixel of an axis."""
    edges = np.arange(pixels.start, pixels.stop + 1)
    shares: FloatArray = np.diff(erf((edges - place_px[:, None]) / (np.sqrt(2) * sigma_px)) / 2)
    return shares
