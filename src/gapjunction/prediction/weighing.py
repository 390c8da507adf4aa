"""What brightness has to say of objects, beside the scores of the network."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gapjunction.brightness import measure_rises, rises_in_octaves
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.samples.intensity import Image, without_color


def weighed_in(
    whole: Image, shown: Image, probable: Detections, config: DetectorConfig
) -> Detections:
    """Return what is probable in an image, weighed by its brightness.

    `whole` has all channels (C, H, W) of the picture, `shown` those that were looked at. What was
    looked at in several colors is not weighed: these tell what is an object.
    """
    seen = without_color(shown)
    if len(seen) != 1:
        return probable
    return weighed(
        probable,
        lambda: measure_rises(probable.boxes, seen[0]),
        config,
        has_color=lambda: len(without_color(whole)) != 1,
    )


def weighed(
    probable: Detections,
    measured: Callable[[], NDArray[np.float64]],
    config: DetectorConfig,
    has_color: Callable[[], bool],
) -> Detections:
    """Return what is probable in one channel, weighed by its brightness.

    `measured` returns how far each object (N,) rises, as `measure_rises` does, and `has_color`
    whether the picture has several colors, of which one is looked at: what doubts make of
    brightness is for pictures without. They are called where that matters.
    """
    if config.brightness is not None:
        octaves = rises_in_octaves(measured(), probable.scores)
        probable = config.brightness.weighed(probable, octaves)
    salience = config.salience
    if salience is not None and salience.has_say(probable.scores) and not has_color():
        probable = salience.weighed(probable, measured, config.score_threshold)
    return probable
