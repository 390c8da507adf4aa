"""Regions of an image: named sets of its pixels, from outlines or from a label image."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.dataset.formats.area_outlines import AreaOutline, Ring
from gapjunction.measurement.filled_rings import fill_rings

UM_PER_MM = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A named part of an image, kept as the pixels of a window around it.

    Attributes:
        x0, y0: the window's corner in the image, px.
        pixels: (H, W) of the window; True where a pixel belongs to the region.
    """

    name: str
    x0: int
    y0: int
    pixels: NDArray[np.bool_]

    @property
    def num_px(self) -> int:
        """Its area in pixels."""
        return int(self.pixels.sum())

    def area_mm2(self, um_per_px: float | None) -> float | None:
        """Return its area; None where the side of a pixel is not known."""
        return None if um_per_px is None else self.num_px * (um_per_px / UM_PER_MM) ** 2

    def window(self, x0: int, y0: int, height: int, width: int) -> NDArray[np.bool_]:
        """Return the region's pixels in any window of the image; beyond its own there are none."""
        seen = np.zeros((height, width), bool)
        own_height, own_width = self.pixels.shape
        left, top = max(x0, self.x0), max(y0, self.y0)
        right, bottom = min(x0 + width, self.x0 + own_width), min(y0 + height, self.y0 + own_height)
        if left < right and top < bottom:
            seen[top - y0 : bottom - y0, left - x0 : right - x0] = self.pixels[
                top - self.y0 : bottom - self.y0, left - self.x0 : right - self.x0
            ]
        return seen

    def holds(self, points: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell which points (N, 2), as x, y, lie in a pixel of the region."""
        columns, rows = (np.floor(points).astype(np.int64) - (self.x0, self.y0)).T
        height, width = self.pixels.shape
        is_within = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        is_held = np.zeros(len(points), bool)
        is_held[is_within] = self.pixels[rows[is_within], columns[is_within]]
        return is_held

    def within(self, other: "Region") -> Self:
        """Return what of it lies in another region as well."""
        return replace(self, pixels=self.pixels & self._own_window_of(other))

    def without(self, other: "Region") -> Self:
        """Return what of it lies outside of another region."""
        return replace(self, pixels=self.pixels & ~self._own_window_of(other))

    def _own_window_of(self, other: "Region") -> NDArray[np.bool_]:
        return other.window(self.x0, self.y0, *self.pixels.shape)


def whole_image(name: str, height: int, width: int) -> Region:
    """Return the region of all pixels of an image."""
    return Region(name, 0, 0, np.ones((height, width), bool))


def region_of_outline(outline: AreaOutline, height: int, width: int) -> Region | None:
    """Return the pixels of an image whose centers lie in an outline; None if it is all outside.

    An outline on the border is cut there. One that is too thin for any pixel's center makes an
    empty region.
    """
    corners = np.concatenate([ring for part in outline.parts for ring in part])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return None
    x0, y0 = max(int(left), 0), max(int(top), 0)
    x1, y1 = min(int(np.ceil(right)), width), min(int(np.ceil(bottom)), height)
    pixels = np.zeros((y1 - y0, x1 - x0), bool)
    for part in outline.parts:
        _fill_part([ring - (x0, y0) for ring in part], pixels)
    return Region(outline.shown_name, x0, y0, pixels)


def _fill_part(rings: Sequence[Ring], pixels: NDArray[np.bool_]) -> None:
    """Add the pixels in rings to others, looking at those around the rings only."""
    corners = np.concatenate(rings)
    size = np.array(pixels.shape[::-1])
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, size).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, size).astype(int)
    window = pixels[top:bottom, left:right]
    window |= fill_rings([ring - (left, top) for ring in rings], *window.shape)


def regions_of_labels(labels: NDArray[np.int64]) -> list[Region]:
    """Return a region for each value but 0 of a label image (H, W), which it is called by."""
    values, numbers = np.unique(labels, return_inverse=True)
    numbers = numbers.reshape(labels.shape) + 1  # from 1 on, as `find_objects` counts
    found = []
    for number, value, window in zip(
        range(1, len(values) + 1), values.tolist(), ndimage.find_objects(numbers), strict=True
    ):
        if value != 0:
            rows, columns = window
            found.append(Region(str(value), columns.start, rows.start, numbers[window] == number))
    return found


def joined(name: str, regions: Sequence[Region]) -> Region:
    """Return the pixels of any of the regions as one.

    Raises:
        ValueError: if there is none.
    """
    x0, y0 = min(each.x0 for each in regions), min(each.y0 for each in regions)
    width = max(each.x0 + each.pixels.shape[1] for each in regions) - x0
    height = max(each.y0 + each.pixels.shape[0] for each in regions) - y0
    pixels = np.zeros((height, width), bool)
    for each in regions:
        pixels |= each.window(x0, y0, height, width)
    return Region(name, x0, y0, pixels)


def by_name(regions: Sequence[Region]) -> list[Region]:
    """Return the regions in the order of their names' first, those of one name joined."""
    groups: dict[str, list[Region]] = {}
    for each in regions:
        groups.setdefault(each.name, []).append(each)
    return [joined(name, own) for name, own in groups.items()]
