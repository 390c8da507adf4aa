"""What a detector found in one image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray

Index = NDArray[np.bool_] | NDArray[np.int64] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Boxes (N, 4) in xyxy pixels, scores (N,) in [0, 1] and labels (N,), 0-based class indices.

    Raises:
        ValueError: if the three do not have the same length or a shape is wrong.
    """

    boxes: BoxArray
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        count = len(self.boxes)
        shapes = self.boxes.shape, self.scores.shape, self.labels.shape
        if shapes != ((count, 4), (count,), (count,)):
            raise ValueError(f"expected shapes (N, 4), (N,), (N,), got {shapes}")

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: Index) -> "Detections":
        return Detections(self.boxes[index], self.scores[index], self.labels[index])

    @classmethod
    def none(cls) -> "Detections":
        """Return detections of an image in which nothing was found."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    @classmethod
    def joined(cls, parts: Sequence["Detections"]) -> "Detections":
        """Return all parts one after the other."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.labels for part in parts]),
        )

    def scored_at_least(self, min_score: float) -> "Detections":
        """Return those with a score of `min_score` or more."""
        return self[self.scores >= min_score]

    def count_by_label(self, num_classes: int) -> NDArray[np.int64]:
        """Return the number of detections of each class, shape (num_classes,)."""
        return np.bincount(self.labels, minlength=num_classes).astype(np.int64)
