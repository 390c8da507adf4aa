"""Let a trained model learn from annotations what brightness says besides its scores."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gapjunction.brightness import measure_rises, rises_in_octaves
from gapjunction.detections import Detections
from gapjunction.metrics.brightness_fit import fit_brightness
from gapjunction.metrics.judged_scores import judged_boxes
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.runs.validation import fit_scores, images_of_animals
from gapjunction.samples.intensity import without_color
from gapjunction.samples.torch_dataset import TrainingImage

logger = logging.getLogger(__name__)


def with_brightness(
    config: DetectorConfig, images: Sequence[TrainingImage], probable: Sequence[Detections]
) -> tuple[DetectorConfig, list[Detections]]:
    """Return the config with what brightness says in these images, and what is probable then.

    `probable` is what was found in each image, with probabilities for scores. Where brightness
    says too little, and where an image shows several channels, all stays as it is, but for what
    brightness said to the weights that training started from.
    """
    config = config.but(brightness=None)
    octaves = [_octaves(image, own) for image, own in zip(images, probable, strict=True)]
    known = [each for each in octaves if each is not None]
    if len(known) < len(images):
        return config, list(probable)
    judged = [
        judged_boxes(image.as_detections(), own)
        for image, own in zip(images, probable, strict=True)
    ]
    fitted = fit_brightness(judged, known, images_of_animals(images))
    if fitted is None:
        return config, list(probable)
    weighed = [fitted.weighed(own, each) for own, each in zip(probable, known, strict=True)]
    calibration, threshold = fit_scores(images, weighed)
    line = {"slope": config.calibration.slope, "intercept": config.calibration.intercept}
    brightness = fitted.then(calibration.slope, calibration.intercept)
    logger.info(
        "in these images brightness tells what is annotated: odds grow %.1f times with each "
        "doubling of it",
        np.exp(brightness.odds_per_octave),
    )
    fitted_config = config.but(
        brightness=brightness, calibration=calibration.but(**line), score_threshold=threshold
    )
    return fitted_config, [
        brightness.weighed(own, each) for own, each in zip(probable, known, strict=True)
    ]


def _octaves(image: TrainingImage, probable: Detections) -> NDArray[np.float64] | None:
    """Return how bright objects (N,) are; None where several channels are looked at."""
    shown = without_color(image.picture.shown(image.picture.read_whole()))
    if len(shown) != 1:
        return None
    return rises_in_octaves(measure_rises(probable.boxes, shown[0]), probable.scores)
