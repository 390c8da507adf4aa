"""The boxes of a stack's slices in one array, and the plaque that each belongs to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.stacked_detections import StackedDetections


@dataclass(frozen=True, slots=True, eq=False)
class StackedPlaques:
    """The plaques of one stack.

    Attributes:
        boxes: of all slices (N), whose images are the slices, numbered from 0.
        plaques: the number (N,) of the plaque of each box, from 0. Each number has a box; all
            boxes of a plaque are of one class, and at most one of them is in a slice.
    """

    boxes: StackedDetections
    plaques: NDArray[np.int64]

    @property
    def num_plaques(self) -> int:
        """How many plaques there are."""
        return int(self.plaques.max(initial=-1)) + 1

    @classmethod
    def of(cls, boxes: StackedDetections, plaques: NDArray[np.int64]) -> "StackedPlaques":
        """Put boxes (N) in any order into that of their slices, and number plaques (N,) from 0."""
        order = np.argsort(boxes.images, kind="stable")
        in_order = StackedDetections(
            boxes.boxes[order],
            boxes.scores[order],
            boxes.labels[order],
            boxes.images[order],
            boxes.num_images,
        )
        _, numbers = np.unique(plaques[order], return_inverse=True)
        return cls(in_order, numbers.astype(np.int64))

    def of_class(self, label: int) -> "StackedPlaques":
        """Return the plaques of one class, numbered anew."""
        own = self.boxes.labels == label
        boxes = StackedDetections(
            self.boxes.boxes[own],
            self.boxes.scores[own],
            self.boxes.labels[own],
            self.boxes.images[own],
            self.boxes.num_images,
        )
        return StackedPlaques.of(boxes, self.plaques[own])

    def volumes(self) -> NDArray[np.float64]:
        """Return the sum of the areas of each plaque's boxes (num_plaques,), in square pixels."""
        corners = self.boxes.boxes.astype(np.float64)
        areas = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
        volumes = np.zeros(self.num_plaques)
        np.add.at(volumes, self.plaques, areas)
        return volumes
