"""How densely plaques lie where in an image, as a picture."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.measurement.regions import UM_PER_MM
from gapjunction.overlays.scale_bar import draw_bar_in_axes

SMOOTHING = 1 / 16  # standard deviation, of the shorter side
MOST_SIDE_PX = 512  # of the map
LEAST_COVERED = 1e-3  # of a kernel by the region
LONGEST_INCHES, DOTS_PER_INCH = 6.0, 150
COLORS = "cividis"  # looks alike to color-blind readers, and rises in grey

FloatArray = NDArray[np.float64]


def density_map(points: FloatArray, mask: NDArray[np.bool_], coarseness: int = 1) -> FloatArray:
    """Return plaques per pixel (H, W) about each pixel of a mask, NaN outside of it.

    A Gaussian over the points (N, 2), as x, y, divided by as much of the Gaussian as lies in the
    mask, so that borders are no darker. `coarseness` makes each n x n pixels one of the map.
    """
    coarse = mask[::coarseness, ::coarseness]
    places = np.floor(points / coarseness).astype(np.int64)
    counts = np.zeros(coarse.shape)
    np.add.at(counts, (places[:, 1], places[:, 0]), 1.0)
    sigma = SMOOTHING * min(coarse.shape)
    smooth, covered = (
        ndimage.gaussian_filter(each, sigma, mode="constant")
        for each in (counts, coarse.astype(np.float64))
    )
    density: FloatArray = smooth / np.maximum(covered, LEAST_COVERED) / coarseness**2
    density[~coarse] = np.nan
    return density


def density_picture(
    points: FloatArray, mask: NDArray[np.bool_], um_per_px: float | None, title: str
) -> Figure:
    """Draw the density of plaques in a mask (H, W), and each plaque as a point."""
    height, width = mask.shape
    coarseness = int(np.ceil(max(height, width) / MOST_SIDE_PX))
    unit = 1.0 if um_per_px is None else (UM_PER_MM / um_per_px) ** 2
    density = unit * density_map(points, mask, coarseness)
    scale = LONGEST_INCHES / max(height, width)
    figure = Figure(
        (width * scale + 1.4, height * scale + 0.5), DOTS_PER_INCH, layout="constrained"
    )
    axes = figure.subplots()
    picture = axes.imshow(density, cmap=COLORS, vmin=0, extent=(0, width, height, 0))
    x, y = points.T
    axes.scatter(x, y, s=5, color="white", edgecolors="black", linewidths=0.4)
    axes.set(xticks=[], yticks=[], xlim=(0, width), ylim=(height, 0))
    axes.set_title(title, fontsize=10, parse_math=False)
    per = "px" if um_per_px is None else "mm"
    figure.colorbar(picture, label=f"plaques per {per}\N{SUPERSCRIPT TWO}", shrink=0.8)
    if um_per_px is not None:
        draw_bar_in_axes(axes, (width, height), um_per_px)
    return figure
