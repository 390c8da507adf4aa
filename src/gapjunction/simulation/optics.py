"""From emitters (um) to expected photons on each pixel: point spread function, defocus, light.

The point spread function is a Gaussian, which Zhang, Zerubia and Olivo-Marin (Applied Optics 46,
2007) find within a few per cent of the diffraction pattern near the focus. Away from the focus
it widens like the geometric light cone of the objective.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.special import erf

from gapjunction.simulation.tissue import Emitters, FloatArray, Range

NM_PER_UM = 1000.0
SIGMA_PER_WAVELENGTH = 0.21  # Zhang et al. 2007, table 2: 2D wide-field fluorescence
FOOTPRINT_SIGMAS = 5.0  # beyond, a Gaussian holds less than a millionth of its light
PLANE_RATIO = 1.5  # neighboring planes of a deep cloud differ this much in blur
BORDER_PX = 48  # light from beyond the image that is followed; also keeps the FFT from wrapping
MAX_SIGMA_PX = 24.0
CACHED_PLANES = 24  # more than an image has; 1.5 MB each for an image of 512 px


@dataclass(frozen=True, slots=True)
class Optics:
    """An objective and how evenly it is lit.

    Attributes:
        um_per_px: side of a pixel in the specimen.
        vignetting: light lost at the farthest corner; a `Range`, drawn for each image.
    """

    magnification: float = 60.0
    numerical_aperture: float = 1.42
    refractive_index: float = 1.518
    um_per_px: float = 0.103
    vignetting: Range = (0.05, 0.25)

    def sigma_um(self, emission_nm: float, depth_um: FloatArray) -> FloatArray:
        """Return the standard deviation of the point spread function at depths (N,)."""
        in_focus = SIGMA_PER_WAVELENGTH * emission_nm / NM_PER_UM / self.numerical_aperture
        cone = np.tan(np.arcsin(self.numerical_aperture / self.refractive_index))
        # A uniformly lit disc of radius r has a standard deviation of r / 2 along each axis.
        widths: FloatArray = np.hypot(in_focus, cone / 2 * depth_um)
        return widths


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """The part of an image that a small object lights: values (h, w) at rows y0.., columns x0.."""

    y0: int
    x0: int
    values: FloatArray

    @property
    def window(self) -> tuple[slice, slice]:
        """The rows and columns of the image it covers."""
        height, width = self.values.shape
        return slice(self.y0, self.y0 + height), slice(self.x0, self.x0 + width)


def render_footprint(
    cloud: Emitters, optics: Optics, emission_nm: float, size_px: int
) -> Footprint:
    """Image a small cloud exactly: each emitter's Gaussian integrated over each pixel.

    Values are mean concentrations of the pixels, blurred; 1 is a wide median plaque in focus.
    """
    sigma = optics.sigma_um(emission_nm, cloud.points_um[:, 2]) / optics.um_per_px
    x, y = cloud.points_um[:, 0] / optics.um_per_px, cloud.points_um[:, 1] / optics.um_per_px
    rows, columns = _reach(y, sigma, size_px), _reach(x, sigma, size_px)
    share_y, share_x = _pixel_shares(y, sigma, rows), _pixel_shares(x, sigma, columns)
    values = (share_y * (cloud.weights / optics.um_per_px**2)[:, None]).T @ share_x
    return Footprint(rows.start, columns.start, values)


def render_deep(cloud: Emitters, optics: Optics, emission_nm: float, size_px: int) -> FloatArray:
    """Image a large cloud (size_px, size_px) plane by plane, in the same unit as a footprint."""
    wide = next_fast_len(size_px + 2 * BORDER_PX, real=True)
    sigma = optics.sigma_um(emission_nm, cloud.points_um[:, 2]) / optics.um_per_px
    plane = np.round(np.log(np.minimum(sigma, MAX_SIGMA_PX)) / np.log(PLANE_RATIO))
    spectrum = np.zeros((wide, wide // 2 + 1), np.complex128)
    for level in np.unique(plane):
        chosen = plane == level
        grid = _deposit(cloud.points_um[chosen], cloud.weights[chosen], optics, wide)
        transform = rfft2(grid)
        transform *= _blur_of_plane(wide, int(level))
        spectrum += transform
    image = irfft2(spectrum, s=(wide, wide)) / optics.um_per_px**2
    inner = slice(BORDER_PX, BORDER_PX + size_px)
    # The transform leaves tiny negative values where there is no light.
    visible: FloatArray = np.maximum(image[inner, inner], 0)
    return visible


def draw_illumination(optics: Optics, size_px: int, rng: np.random.Generator) -> FloatArray:
    """Return the light (size_px, size_px) relative to the brightest point, off the center."""
    loss = rng.uniform(*optics.vignetting)
    center = rng.uniform(0.3, 0.7, 2)
    axis = (np.arange(size_px) + 0.5) / size_px
    distance2 = (axis[:, None] - center[1]) ** 2 + (axis - center[0]) ** 2
    light: FloatArray = 1 - loss * distance2 / distance2.max()
    return light


@lru_cache(maxsize=CACHED_PLANES)
def _blur_of_plane(wide: int, level: int) -> FloatArray:
    """Return what the blur of a plane leaves of each frequency, (wide, wide // 2 + 1)."""
    frequency_y, frequency_x = np.fft.fftfreq(wide)[:, None], np.fft.rfftfreq(wide)
    falloff = -2 * np.pi**2 * (frequency_y**2 + frequency_x**2)
    blur: FloatArray = np.exp(falloff * PLANE_RATIO ** (2 * level))
    blur.setflags(write=False)  # every later caller gets this same array
    return blur


def _reach(center: FloatArray, sigma: FloatArray, size_px: int) -> range:
    """Return the pixels along one axis that the emitters light, at least one."""
    start = int(np.floor((center - FOOTPRINT_SIGMAS * sigma).min()))
    stop = int(np.ceil((center + FOOTPRINT_SIGMAS * sigma).max()))
    start = min(max(start, 0), size_px - 1)
    return range(start, max(min(stop, size_px), start + 1))


def _pixel_shares(center: FloatArray, sigma: FloatArray, pixels: range) -> FloatArray:
    """Return the share (N, pixels) of each emitter's light that falls on each pixel of an axis."""
    edges = np.arange(pixels.start, pixels.stop + 1)
    below = erf((edges - center[:, None]) / (np.sqrt(2) * sigma[:, None])) / 2
    shares: FloatArray = np.diff(below, axis=1)
    return shares


def _deposit(
    points_um: FloatArray, weights: FloatArray, optics: Optics, wide: int
) -> NDArray[np.float64]:
    """Share each weight among the four pixels around its point; points outside are left out."""
    # Pixel i has its middle at i + 0.5.
    position = points_um[:, :2] / optics.um_per_px + BORDER_PX - 0.5
    corner = np.floor(position).astype(np.int64)
    part = position - corner
    inside = ((corner >= 0) & (corner < wide - 1)).all(axis=1)
    corner, part, weights = corner[inside], part[inside], weights[inside]
    grid = np.zeros(wide * wide)
    for step_x, share_x in ((0, 1 - part[:, 0]), (1, part[:, 0])):
        for step_y, share_y in ((0, 1 - part[:, 1]), (1, part[:, 1])):
            index = (corner[:, 1] + step_y) * wide + corner[:, 0] + step_x
            grid += np.bincount(index, weights * share_x * share_y, minlength=wide * wide)
    return grid.reshape(wide, wide)
