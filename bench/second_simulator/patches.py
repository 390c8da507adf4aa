"""Small patches of light: their shapes, and how to put them on an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Light = NDArray[np.float32]

REACH_SIGMAS = 4.0  # a patch ends where a Gaussian has fallen to 0.0003


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Light (h, w) with a peak of 1, whose pixel [0, 0] is the image's pixel (y0, x0)."""

    light: Light
    x0: int
    y0: int

    def box_above(self, level: float) -> tuple[int, int, int, int]:
        """Return the box (x0, y0, x1, y1) of the pixels brighter than `level`."""
        rows, columns = np.nonzero(self.light > level)
        x0, x1 = int(columns.min()) + self.x0, int(columns.max()) + self.x0 + 1
        y0, y1 = int(rows.min()) + self.y0, int(rows.max()) + self.y0 + 1
        return x0, y0, x1, y1


def draw_ellipse(
    x: float,
    y: float,
    half_axes: tuple[float, float],
    angle: float,
    exponent: float,
    blur: float,
) -> Patch:
    """Return an ellipse around (x, y), px, seen through a Gaussian blur.

    Its profile is exp(-r^p): p = 2 is a Gaussian; the higher, the flatter is its top.
    """
    x0, y0, dx, dy = _grid(x, y, 1.6 * max(half_axes) + REACH_SIGMAS * blur)
    u = dx * np.cos(angle) + dy * np.sin(angle)
    v = dy * np.cos(angle) - dx * np.sin(angle)
    shape = np.exp(-(np.hypot(u / half_axes[0], v / half_axes[1]) ** exponent))
    return _blurred(shape, blur, x0, y0)


def draw_beads(xs: Light, ys: Light, weights: Light, sigma: float, blur: float) -> Patch:
    """Return a sum of Gaussians with centers (N,) in px, seen through a Gaussian blur."""
    spread = max(float(np.ptp(xs)), float(np.ptp(ys))) / 2
    reach = spread + REACH_SIGMAS * float(np.hypot(sigma, blur))
    middle_x, middle_y = float(xs.min() + xs.max()) / 2, float(ys.min() + ys.max()) / 2
    x0, y0, dx, dy = _grid(middle_x, middle_y, reach)
    shape = sum(
        w * np.exp(-((dx - x + middle_x) ** 2 + (dy - y + middle_y) ** 2) / (2 * sigma**2))
        for x, y, w in zip(xs, ys, weights, strict=True)
    )
    return _blurred(np.asarray(shape), blur, x0, y0)


def draw_disc(x: float, y: float, radius: float, rim: float) -> Patch:
    """Return a disc, brighter at its rim by the share `rim`, as light far out of focus is."""
    x0, y0, dx, dy = _grid(x, y, 1.5 * radius + 4)
    distance = np.hypot(dx, dy) / radius
    edge = 1 / (1 + np.exp((distance - 1) * 9))
    return _blurred(edge * (1 + rim * distance**4), 1.5, x0, y0)


def add_patch(image: Light, patch: Patch, photons: float) -> None:
    """Add the patch, `photons` high, to an image (H, W) in place; what is outside is lost."""
    height, width = image.shape
    top, left = max(0, -patch.y0), max(0, -patch.x0)
    seen = patch.light[top : height - patch.y0, left : width - patch.x0]
    if patch.y0 < height and patch.x0 < width and seen.size:
        y, x = patch.y0 + top, patch.x0 + left
        image[y : y + seen.shape[0], x : x + seen.shape[1]] += np.float32(photons) * seen


def _grid(x: float, y: float, reach: float) -> tuple[int, int, Light, Light]:
    """Return the corner of a square around (x, y), and each pixel's dx and dy from there."""
    half = int(np.ceil(reach)) + 1
    x0, y0 = int(np.floor(x)) - half, int(np.floor(y)) - half
    side = np.arange(2 * half + 1, dtype=np.float32)
    dx, dy = np.meshgrid(side + x0 - x, side + y0 - y)
    return x0, y0, dx.astype(np.float32), dy.astype(np.float32)


def _blurred(shape: NDArray[np.floating], blur: float, x0: int, y0: int) -> Patch:
    light = ndimage.gaussian_filter(shape.astype(np.float32), blur, mode="constant")
    return Patch(light / light.max(), x0, y0)
