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

    def of_rows(self, rows: NDArray[np.int64]) -> "StackedPlaques":
        """Return the boxes in `rows`, which are put in the order of their slices.

        Plaques are numbered anew; one that has no box in `rows` is gone.
        """
        rows = rows[np.argsort(self.boxes.images[rows], kind="stable")]
        every = self.boxes
        boxes = StackedDetections(
            every.boxes[rows],
            every.scores[rows],
            every.labels[rows],
            every.images[rows],
            every.num_images,
        )
        _, plaques = np.unique(self.plaques[rows], return_inverse=True)
        return StackedPlaques(boxes, plaques.astype(np.int64))

    def of_class(self, label: int) -> "StackedPlaques":
        """Return the plaques of one class."""
        return self.of_rows(np.flatnonzero(self.boxes.labels == label))

    def volumes(self) -> NDArray[np.float64]:
        """Return the sum of the areas of each plaque's boxes (num_plaques,), in square pixels."""
        corners = self.boxes.boxes.astype(np.float64)
        areas = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
        volumes = np.zeros(self.num_plaques)
        np.add.at(volumes, self.plaques, areas)
        return volumes
