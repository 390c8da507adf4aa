"""Where each object of an image ends: at half of its own height above the light around it.

1. A plane is smoothed by about the blur of the microscope; the height of an object is the mean
   of its brightest part.
2. What lies between neighbors is parted by a watershed from the centers of their boxes.
3. The outline is drawn between pixels, on a grid `Outline.fineness` times as fine; parts that
   do not hang together with the brightest point are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

from gapjunction.boxes import BoxArray, centers
from gapjunction.measurement.blur import BRIGHTEST, LEVEL
from gapjunction.measurement.windows import (
    Window,
    grown_window,
    joined_window,
    touching_groups,
    within,
)

LEAST_SMOOTHING_PX, MOST_SMOOTHING_PX = 0.5, 3.0
GAP_PX, GAP_SIGMAS = 3, 3.0  # at least, around a box
FILTER_SIGMAS = 4.0  # beyond, a Gaussian filter sees nothing
FINENESS = ((48, 4), (96, 2))  # of windows with sides up to so many px; of larger ones 1

Plane = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
Light = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The place of an object in an image.

    Attributes:
        y0, x0: of the window around it, in px.
        inside: (h * fineness, w * fineness) of the window, where the object is.
        own: (h, w) of the window, pixels that are no neighbor's.
        fineness: steps of the grid in a pixel.
        height: the smoothed light of its brightest part, less that around it.
    """

    y0: int
    x0: int
    inside: Mask
    own: Mask
    fineness: int
    height: float

    @property
    def window(self) -> Window:
        """The rows and columns of the image that it is cut from."""
        height, width = self.own.shape
        return slice(self.y0, self.y0 + height), slice(self.x0, self.x0 + width)

    @property
    def coverage(self) -> NDArray[np.float64]:
        """The share of each pixel of the window that is inside, (h, w)."""
        height, width = self.own.shape
        parts = self.inside.reshape(height, self.fineness, width, self.fineness)
        coverage: NDArray[np.float64] = parts.mean(axis=(1, 3), dtype=np.float64)
        return coverage


def smoothing_for(sigma_px: float) -> float:
    """Return the standard deviation to smooth with where the microscope blurs by `sigma_px`."""
    return float(np.clip(sigma_px, LEAST_SMOOTHING_PX, MOST_SMOOTHING_PX))


def gap_px(smoothing_px: float) -> int:
    """Return how far beyond its box an object's own light reaches."""
    return max(GAP_PX, int(np.ceil(GAP_SIGMAS * smoothing_px)))


def draw_outlines(
    plane: Plane, boxes: BoxArray, ground: NDArray[np.float64], smoothing_px: float
) -> list[Outline | None]:
    """Return the outline of the object in each box; None where nothing stands out of its ground.

    `plane` (H, W) are grey values, `boxes` (N, 4) xyxy pixels, `ground` (N,) the light around.
    """
    windows = [grown_window(box, gap_px(smoothing_px), plane.shape) for box in boxes]
    outlines: list[Outline | None] = [None] * len(boxes)
    for group in touching_groups(windows):
        own_windows = [windows[place] for place in group]
        whole = joined_window(own_windows)
        smooth = _smoothed(plane, whole, smoothing_px)
        inner = [within(window, whole) for window in own_windows]
        owners = _parted(smooth, _markers(boxes[group], whole), inner)
        for number, place in enumerate(group):
            rows, columns = inner[number]
            light = smooth[rows, columns] - np.float32(ground[place])
            own = owners[rows, columns] == number + 1
            outlines[place] = _outline(light, own, windows[place])
    return outlines


def _smoothed(plane: Plane, window: Window, smoothing_px: float) -> Light:
    """Return a part of a plane, smoothed as the whole plane would be."""
    reach = int(np.ceil(FILTER_SIGMAS * smoothing_px))
    wide = tuple(
        slice(max(each.start - reach, 0), min(each.stop + reach, length))
        for each, length in zip(window, plane.shape, strict=True)
    )
    outer: Window = (wide[0], wide[1])
    smooth = ndimage.gaussian_filter(
        plane[outer].astype(np.float32), smoothing_px, mode="nearest", truncate=FILTER_SIGMAS
    )
    part: Light = smooth[within(window, outer)]
    return part


def _markers(boxes: BoxArray, whole: Window) -> NDArray[np.int64]:
    """Return row and column (N, 2), in a window, of the middles of boxes."""
    rows, columns = whole
    points = np.floor(centers(boxes)[:, ::-1]).astype(np.int64) - (rows.start, columns.start)
    return np.clip(points, 0, (rows.stop - rows.start - 1, columns.stop - columns.start - 1))


def _parted(
    smooth: Light, points: NDArray[np.int64], windows: Sequence[Window]
) -> NDArray[np.int32]:
    """Return whose each pixel is: the number of a window from 1 on, 0 outside of all."""
    if len(windows) == 1:
        return np.ones(smooth.shape, np.int32)
    is_near = np.zeros(smooth.shape, np.bool_)
    for window in windows:
        is_near[window] = True
    markers = np.zeros(smooth.shape, np.int32)
    markers[points[:, 0], points[:, 1]] = np.arange(1, len(points) + 1)
    owners: NDArray[np.int32] = watershed(-smooth, markers, mask=is_near)
    return owners


def _outline(light: Light, own: Mask, window: Window) -> Outline | None:
    """Return the outline in light (h, w) above the ground, of which `own` is the object's."""
    if not own.any():
        return None
    fineness = next((fine for side, fine in FINENESS if max(light.shape) <= side), 1)
    fine = _refined(light, fineness)
    fine[~own.repeat(fineness, axis=0).repeat(fineness, axis=1)] = -np.inf
    highest = float(fine.max())
    if highest <= 0:
        return None
    height = float(fine[fine >= BRIGHTEST * highest].mean())
    parts, _ = ndimage.label(fine > LEVEL * height)
    inside = parts == parts[np.unravel_index(int(fine.argmax()), fine.shape)]
    return Outline(window[0].start, window[1].start, inside, own, fineness, height)


def _refined(light: Light, fineness: int) -> Light:
    """Return light (h, w) on a grid that is so many times as fine."""
    if fineness == 1:
        return light
    refined: Light = ndimage.zoom(light, fineness, order=3, mode="nearest", grid_mode=True)
    return refined
