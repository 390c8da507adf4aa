"""Which region and which cell an object lies in, and how far from its border."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.images.label_images import Labels
from gapjunction.measurement.cells import NOBODY
from gapjunction.measurement.regions import Region

HALF_PX = 0.5  # from the center of a pixel to its side


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """Where an object lies; None where it lies in none, or where none are given.

    Attributes:
        region: of several that hold it, the first.
        region_border: distance of its center to the nearest pixel that is not of the region, px;
            None where all of the image is. The border of the image is none.
        cell: its number.
        cell_border: the same of the cell.
    """

    region: str | None = None
    region_border: float | None = None
    cell: int | None = None
    cell_border: float | None = None


NOWHERE = ObjectPlace()


def object_places(
    points: NDArray[np.float32],
    size_px: tuple[int, int],
    regions: Sequence[Region],
    labels: Labels | None,
) -> tuple[ObjectPlace, ...]:
    """Return where objects with these centers (N, 2), as x, y, lie in an image (H, W)."""
    places = [NOWHERE] * len(points)
    columns, rows = np.floor(points).astype(np.int64).T
    for region in reversed(regions):
        held = np.flatnonzero(region.holds(points))
        borders = _borders(region.window(0, 0, *size_px)) if len(held) else None
        for number in held.tolist():
            border = None if borders is None else float(borders[rows[number], columns[number]])
            places[number] = ObjectPlace(region.name, border)
    if labels is None:
        return tuple(places)
    borders = _borders_of_cells(labels)
    for number, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        cell = int(labels[row, column])
        if cell != NOBODY:
            border = None if borders is None else float(borders[row, column])
            places[number] = replace(places[number], cell=cell, cell_border=border)
    return tuple(places)


def _borders(mask: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Return the distance (H, W) of each pixel's center to the nearest pixel outside, to its side.

    None where nothing is outside.
    """
    if mask.all():
        return None
    distances: NDArray[np.float64] = ndimage.distance_transform_edt(mask) - HALF_PX
    return distances


def _borders_of_cells(labels: Labels) -> NDArray[np.float64] | None:
    """Return the distance (H, W) of each pixel's center to the nearest pixel of another label.

    It is at hand at the border itself; farther in it is that to the nearest pixel on the border of
    the same cell, and half a pixel.
    """
    on_border = np.zeros(labels.shape, bool)
    for one, other in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        differs = labels[one] != labels[other]
        on_border[one] |= differs
        on_border[other] |= differs
    if not on_border.any():
        return None
    distances: NDArray[np.float64] = ndimage.distance_transform_edt(~on_border) + HALF_PX
    return distances
