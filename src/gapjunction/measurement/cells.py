"""Which cells of a label image plaques belong to, and on the border of which two they lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.images.label_images import Labels

CENTER = 0.5  # of a pixel, from its corner
NOBODY = 0  # the label of what is in no cell


@dataclass(frozen=True, slots=True)
class CellsOfPlaque:
    """Where a plaque lies: in or beside a cell, on the border with another, or near none.

    Attributes:
        cell: that its center lies in or, if in none, the nearest within reach; 0 without.
        other: the nearest other cell within reach of its center; 0 if it lies on no border.
        inside: whether its center lies in a cell.
    """

    cell: int
    other: int
    inside: bool

    @property
    def pair(self) -> tuple[int, int] | None:
        """The two cells on whose border it lies, the lower number first; None if on no border."""
        return (
            None
            if self.other == NOBODY
            else (min(self.cell, self.other), max(self.cell, self.other))
        )


def cells_of_plaques(
    labels: Labels, points: NDArray[np.float32], reach_px: float
) -> list[CellsOfPlaque]:
    """Return where plaques with these centers (N, 2), as x, y, lie among cells (H, W).

    A cell is within reach if a part of one of its pixels is at most `reach_px` from the center.
    Where more than two are, the nearest two count; of equally near ones those of lower numbers.
    """
    return [_cells_at(labels, x, y, reach_px) for x, y in points.tolist()]


def _cells_at(labels: Labels, x: float, y: float, reach_px: float) -> CellsOfPlaque:
    height, width = labels.shape
    left, right = (
        max(int(np.ceil(x - reach_px)) - 1, 0),
        min(int(np.floor(x + reach_px)) + 1, width),
    )
    top, bottom = (
        max(int(np.ceil(y - reach_px)) - 1, 0),
        min(int(np.floor(y + reach_px)) + 1, height),
    )
    window = labels[top:bottom, left:right]
    across = np.maximum(np.abs(np.arange(left, right) + CENTER - x) - CENTER, 0)
    along = np.maximum(np.abs(np.arange(top, bottom) + CENTER - y) - CENTER, 0)
    distances = np.hypot(along[:, None], across[None])
    is_near = (window != NOBODY) & (distances <= reach_px)
    near: dict[int, float] = {}
    for cell in np.unique(window[is_near]).tolist():
        near[cell] = float(distances[is_near & (window == cell)].min())
    row, column = min(int(y), height - 1), min(int(x), width - 1)
    own = int(labels[row, column])
    order = sorted(near, key=lambda cell: (cell != own, near[cell], cell))
    first, second = [*order, NOBODY, NOBODY][:2]
    return CellsOfPlaque(first, second, inside=own != NOBODY)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a label image.

    Attributes:
        label: its number there.
        num_px: its area.
        x, y: the mean of its pixels' centers, px.
        is_cut: it reaches the border of the image.
    """

    label: int
    num_px: int
    x: float
    y: float
    is_cut: bool


def list_cells(labels: Labels) -> list[Cell]:
    """Return the cells of a label image (H, W) in the order of their numbers."""
    height, width = labels.shape
    values, numbers = np.unique(labels, return_inverse=True)
    numbers = numbers.ravel()
    rows, columns = np.divmod(np.arange(height * width), width)
    num_px = np.bincount(numbers)
    x = np.bincount(numbers, columns + CENTER) / num_px
    y = np.bincount(numbers, rows + CENTER) / num_px
    on_border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    is_cut = np.isin(values, on_border)
    found = zip(
        values.tolist(), num_px.tolist(), x.tolist(), y.tolist(), is_cut.tolist(), strict=True
    )
    return [Cell(*each) for each in found if each[0] != NOBODY]
