"""Outlines that other tools draw around areas, with all their parts and holes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]  # corners (N, 2) as x, y in pixels; the last is joined to the first


@dataclass(frozen=True, slots=True, eq=False)
class AreaOutline:
    """An outlined area, as its file tells it.

    Attributes:
        name, class_name: "" where it has none.
        item: what errors call it, and who sees it where it has neither name nor class.
        parts: each of closed rings; what lies in an odd number of them belongs to the part, so
            that a ring in another is a hole.
    """

    name: str
    class_name: str
    item: str
    parts: tuple[tuple[Ring, ...], ...]

    @property
    def shown_name(self) -> str:
        """Its name, else its class, else how errors call it."""
        return self.name or self.class_name or self.item
