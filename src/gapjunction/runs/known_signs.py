"""Fit what a model knows of the signs that its counts are far off."""

from collections.abc import Sequence

from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.spots import count_spots
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.unlikeness import Signs, fit_known_signs


def with_known_signs(
    config: DetectorConfig, images: Sequence[TrainingImage], found: Sequence[Detections]
) -> DetectorConfig:
    """Return the config with the signs in these images, one or more.

    `found` has probabilities for scores: what is found in an image, counted or not.
    """
    signs = [
        Signs.of(own.scores, _num_spots(image)) for image, own in zip(images, found, strict=True)
    ]
    return config.but(known=fit_known_signs(signs))


def _num_spots(image: TrainingImage) -> int:
    shown = image.picture.shown(image.picture.read_whole())
    return count_spots(shown, least_span=image.least_span)
