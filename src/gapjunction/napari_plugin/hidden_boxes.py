"""Which boxes of a layer are shown: those that count. The others wait for a lower threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Of a layer's metadata:
HIDDEN = "gapjunction hidden"  # boxes that do not count
THRESHOLD = "gapjunction threshold"  # the score from which on they count
BEFORE = "gapjunction before"  # all boxes of each image, before a person changed any


@dataclass(frozen=True, slots=True, eq=False)
class BoxSet:
    """Shapes of a layer.

    Attributes:
        corners: of each shape (K, 2 or 3), (y, x) or (place, y, x).
        features: columns, with a row for each shape; among them its score.
    """

    corners: list[NDArray[np.float64]]
    features: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.corners)

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "BoxSet":
        corners = [each for each, is_in in zip(self.corners, chosen, strict=True) if is_in]
        return BoxSet(corners, {name: column[chosen] for name, column in self.features.items()})

    def joined(self, other: "BoxSet") -> "BoxSet":
        """Return the shapes of both; they have the same columns."""
        features = {
            name: np.concatenate([column, other.features[name]])
            for name, column in self.features.items()
        }
        return BoxSet([*self.corners, *other.corners], features)

    def divided(self, threshold: float) -> tuple["BoxSet", "BoxSet"]:
        """Return those with a score of the threshold or more, and the others."""
        counts = np.asarray(self.features["score"], np.float64) >= threshold
        return self[counts], self[~counts]
