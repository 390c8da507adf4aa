"""What brightness has to say of objects, beside the scores of the network."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gapjunction.brightness import measure_rises, rises_in_octaves
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig


def weighed_in(
    image: NDArray[np.generic], probable: Detections, config: DetectorConfig
) -> Detections:
    """Return what is probable in an image (C, H, W), weighed by its brightness.

    An image with several channels is not weighed: color tells what is an object.
    """
    if len(image) != 1:
        return probable
    return weighed(probable, lambda: measure_rises(probable.boxes, image[0]), config)


def weighed(
    probable: Detections, measured: Callable[[], NDArray[np.float64]], config: DetectorConfig
) -> Detections:
    """Return what is probable in one channel, weighed by its brightness.

    `measured` returns how far each object (N,) rises, as `measure_rises` does; it is called where
    that matters.
    """
    if config.brightness is not None:
        octaves = rises_in_octaves(measured(), probable.scores)
        probable = config.brightness.weighed(probable, octaves)
    if config.salience is not None:
        probable = config.salience.weighed(probable, measured, config.score_threshold)
    return probable
