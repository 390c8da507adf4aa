"""Ripley's L of points in a region of any shape, and points that are there by chance.

Edges are corrected by translation (Ohser & Stoyan 1981): a pair of points counts by the area of the
region over that of the part in which the pair, shifted as it is, would lie with both points. That
area is known for all shifts at once from the region's autocorrelation, so that holes, several parts
and ragged borders need nothing of their own.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.spatial import cKDTree

from gapjunction.measurement.regions import Region

MOST_SIDE_PX = 1024  # of the picture of a region that its shifts are computed of
NUM_RADII = 25
SHARE_OF_SIDE = 0.25  # the largest radius, of the shorter side of the region

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ShiftedArea:
    """A region, and how much of it lies in itself where it is shifted.

    Attributes:
        region: in which points lie.
        coarseness: how many pixels of the image are one of the picture of shifts.
        area_px2: of the region.
        overlap: of the region with itself, px2, by the shift along y and x, from minus to plus
            the largest one.
    """

    region: Region
    coarseness: int
    area_px2: float
    overlap: FloatArray

    @classmethod
    def of(cls, region: Region) -> Self:
        """Return the overlap of a region with itself, of large ones in coarser pixels."""
        coarseness = int(np.ceil(max(region.pixels.shape) / MOST_SIDE_PX))
        covered = _block_means(region.pixels, coarseness)
        overlap = np.maximum(fftconvolve(covered, covered[::-1, ::-1]), 0) * coarseness**2
        return cls(region, coarseness, float(region.num_px), overlap)

    @property
    def radii_px(self) -> FloatArray:
        """The distances (R,) that L is told at: up to a quarter of the shorter side."""
        return np.linspace(0, SHARE_OF_SIDE * min(self.region.pixels.shape), NUM_RADII + 1)[1:]

    def weights(self, shifts: FloatArray) -> FloatArray:
        """Return what pairs count for that are apart by shifts (N, 2), as x, y."""
        middle = (np.array(self.overlap.shape) - 1) // 2
        rows, columns = (np.rint(shifts[:, ::-1] / self.coarseness).astype(np.int64) + middle).T
        weights: FloatArray = self.area_px2 / np.maximum(self.overlap[rows, columns], 1.0)
        return weights


def ripleys_l(points: FloatArray, area: ShiftedArea) -> FloatArray:
    """Return L (R,) in pixels of points (N, 2), as x, y, at the radii of their region.

    By chance L is about the radius; larger where points are clustered. It needs two points.
    """
    radii = area.radii_px
    pairs = cKDTree(points).query_pairs(radii[-1], output_type="ndarray")
    shifts = points[pairs[:, 0]] - points[pairs[:, 1]]
    distances = np.hypot(*shifts.T)
    order = np.argsort(distances, kind="stable")
    summed = np.concatenate([[0.0], np.cumsum(area.weights(shifts[order]))])
    of_radius = summed[np.searchsorted(distances[order], radii, side="right")]
    num_pairs = len(points) * (len(points) - 1) / 2
    root: FloatArray = np.sqrt(of_radius / num_pairs * area.area_px2 / np.pi)
    return root


def nearest_px(points: FloatArray) -> float:
    """Return the mean distance of points (N, 2) to the nearest other one; it needs two."""
    distances, _ = cKDTree(points).query(points, k=[2])
    return float(np.mean(distances))


def random_points(region: Region, number: int, rng: np.random.Generator) -> FloatArray:
    """Return points (N, 2), as x, y, each anywhere in a region with equal chance."""
    places = np.flatnonzero(region.pixels)
    rows, columns = np.divmod(rng.choice(places, number), region.pixels.shape[1])
    corners = np.stack([columns + region.x0, rows + region.y0], axis=1)
    inside: FloatArray = corners + rng.uniform(size=(number, 2))
    return inside


def _block_means(pixels: NDArray[np.bool_], side: int) -> FloatArray:
    """Return the share of each block of a mask (H, W) that is set."""
    height, width = pixels.shape
    padded = np.pad(pixels.astype(np.float64), ((0, -height % side), (0, -width % side)))
    blocks = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side)
    means: FloatArray = blocks.mean(axis=(1, 3))
    return means
