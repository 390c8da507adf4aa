"""What every method offers, and pieces that several share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.examples import TuningSet
from gapjunction.boxes import as_boxes
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

Detect = Callable[[NDArray[np.uint8]], Detections]

NUM_THRESHOLDS = 25  # odd: the one in the middle lets through as many as there are objects
MOST_PER_OBJECT = 3.0  # a threshold that lets more through has lost already


@dataclass(frozen=True, slots=True)
class Method:
    """A way to find objects.

    Attributes:
        title: as it is called in the table.
        settings: the class of what `tune` returns and `prepare` takes.
        tune: choose settings, given images with their truth.
        prepare: load what is needed; return a function from an image (3, H, W) to detections.
        find_all: find what is in all images of a dataset, in the order of `read_examples`, where
            that is more than to look at one after the other.
    """

    title: str
    settings: type[StrictConfig]
    tune: Callable[[TuningSet], Any]
    prepare: Callable[[Any], Detect]
    find_all: Callable[[Any, Path], list[Detections]] | None = None


def detections_around(points_yx: ArrayLike, sides: ArrayLike) -> Detections:
    """Return squares with a score of 1 around points (N, 2), y x, with sides (N,) or one side."""
    points = np.asarray(points_yx, np.float64).reshape(-1, 2)
    half = np.broadcast_to(np.asarray(sides, np.float64) / 2, len(points))[:, None]
    middle = points[:, ::-1] + 0.5  # the middle of pixel 0 is at 0.5
    return scored_one(np.concatenate([middle - half, middle + half], axis=1))


def scored_one(boxes: ArrayLike) -> Detections:
    """Return detections (N, 4) of one class that are all as good."""
    own = as_boxes(boxes)
    return Detections(own, np.ones(len(own), np.float32), np.zeros(len(own), np.int64))


def thresholds_to_try(strengths: Sequence[NDArray[np.floating]], num_objects: int) -> list[float]:
    """Return thresholds that let through from a third to MOST_PER_OBJECT times as many as wanted.

    `strengths` are those of all candidates, image by image. A threshold lies half-way between
    two of them, as the place that new images upset least.
    """
    falling = np.sort(np.concatenate(strengths))[::-1]
    if len(falling) < 2:  # noqa: PLR2004 - nothing to lie between
        return [0.0]
    counts = np.geomspace(1 / MOST_PER_OBJECT, MOST_PER_OBJECT, NUM_THRESHOLDS) * max(
        num_objects, 1
    )
    places = np.clip(np.rint(counts).astype(int), 1, len(falling) - 1)
    return sorted({float(falling[place - 1] + falling[place]) / 2 for place in places})
