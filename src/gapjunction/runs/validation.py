"""Judge a detector on images with annotations, by asset."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from gapjunction.calibration import Calibration, logits
from gapjunction.detections import Detections
from gapjunction.metrics.asset_scores import group_assets, mean_scores, score_assets
from gapjunction.metrics.calibration_fit import fit_calibration, unbiased_threshold
from gapjunction.metrics.judged_scores import JudgedScores, judged_boxes
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import TileDetector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.prediction.weighing import weighed_in
from gapjunction.samples.channel_light import are_autofluorescent
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.terminal import tracked
from gapjunction.training.records import Validation, is_better

THRESHOLD = "threshold"
ENOUGH_GROUPS = 3  # for a threshold from all groups of assets but one


def judge(images: Sequence[TrainingImage], found: Sequence[Detections]) -> Validation:
    """Return calibration and threshold for these images, F1 at IoU 0.5 by asset, and more.

    `found` holds what a detector found in each image, with its own scores. The score to maximize
    is F1, the error that of the counts; both, and the metrics, are means over assets, the
    sparsest of which are joined (`metrics.asset_scores`). From three groups of assets on, each
    is judged with the threshold that counts right in the others.
    """
    truths = [image.as_detections() for image in images]
    groups = group_assets([image.asset for image in images], truths)
    calibration, threshold = fit_scores(images, found)
    calibrated = [calibration.calibrated(each) for each in found]
    thresholds = np.full(len(images), threshold)
    if len(groups) >= ENOUGH_GROUPS:
        judged = [each.calibrated(calibration) for each in _judged(truths, found)]
        for group in groups:
            others = [other for other in groups if other is not group]
            thresholds[group] = unbiased_threshold(judged, others)
    return _scored(images, calibrated, thresholds, threshold, calibration)


def judge_start(
    images: Sequence[TrainingImage], found: Sequence[Detections], config: DetectorConfig
) -> Validation:
    """Return what `judge` does or, unless that is better, with the threshold of `config`.

    The weights that training starts from have a threshold of their own. A few images may well
    give one that is worse.
    """
    calibrated = [config.calibration.calibrated(each) for each in found]
    threshold = config.score_threshold
    thresholds = np.full(len(images), threshold)
    own = _scored(images, calibrated, thresholds, threshold, config.calibration)
    fitted = judge(images, found)
    return fitted if is_better(fitted, own) else own


def calibrate_detector(
    model: nn.Module, images: Sequence[TrainingImage], config: DetectorConfig
) -> DetectorConfig:
    """Return the config with calibration and threshold fitted to these images."""
    found = detect(model, tracked(images, "Calibrating", len(images)), config)
    calibration, threshold = fit_scores(images, found)
    return config.but(calibration=calibration, score_threshold=threshold)


def fit_scale(
    model: nn.Module, images: Sequence[TrainingImage], config: DetectorConfig
) -> Calibration:
    """Return what makes the scores of detectors comparable that were trained on other images.

    It is fitted to every other one of the images that the detector was trained on, and makes 0.5
    of the score from which on as many objects are counted there as are annotated. That score is
    too low for images that it does not know, but alike so in all folds of a cross-validation and
    in the final training.
    """
    known = images[::2]
    scale, threshold = fit_scores(known, detect(model, known, config))
    (shift,) = logits(np.array([threshold], np.float32))
    return scale.but(intercept=scale.intercept - float(shift))


def detect(
    model: nn.Module, images: Iterable[TrainingImage], config: DetectorConfig
) -> list[Detections]:
    """Return what a detector finds in each image, with its own scores.

    What `predict` leaves out as autofluorescence is not among it.
    """
    settings = PredictionSettings.of(config, next(model.parameters()).device)
    return [_detected(cast(TileDetector, model), image, settings) for image in images]


def detect_probable(
    model: nn.Module, images: Iterable[TrainingImage], config: DetectorConfig
) -> list[Detections]:
    """Return what a detector finds in each image, with probabilities for scores, as `predict`."""
    found = []
    for image in images:
        (own,) = detect(model, [image], config)
        whole = image.picture.read_whole()
        shown = image.picture.shown(whole)
        found.append(weighed_in(whole, shown, config.calibration.calibrated(own), config))
    return found


def _detected(
    detector: TileDetector, image: TrainingImage, settings: PredictionSettings
) -> Detections:
    whole = image.picture.read_whole()
    own = replace(settings, least_span=image.least_span)
    found = detect_image(detector, image.picture.shown(whole), own)
    if image.channel is None or image.stain is None:
        return found
    return found[~are_autofluorescent(whole, image.channel, found.boxes, image.stain)]


def fit_scores(
    images: Sequence[TrainingImage], found: Sequence[Detections]
) -> tuple[Calibration, float]:
    """Return what the scores of what was found in images mean, and the threshold to count by."""
    truths = [image.as_detections() for image in images]
    groups = group_assets([image.asset for image in images], truths)
    judged = _judged(truths, found)
    calibration = fit_calibration(judged, groups, images_of_animals(images))
    return calibration, unbiased_threshold(
        [each.calibrated(calibration) for each in judged], groups
    )


def images_of_animals(images: Sequence[TrainingImage]) -> list[list[int]]:
    """Return the indices of each animal's images; one of no subject is of an animal of its own."""
    animals: dict[str | int, list[int]] = {}
    for index, image in enumerate(images):
        animals.setdefault(image.subject or index, []).append(index)
    return list(animals.values())


def _judged(truths: Sequence[Detections], found: Sequence[Detections]) -> list[JudgedScores]:
    return [judged_boxes(truth, each) for truth, each in zip(truths, found, strict=True)]


def _scored(
    images: Sequence[TrainingImage],
    calibrated: Sequence[Detections],
    thresholds: NDArray[np.float64],
    threshold: float,
    calibration: Calibration,
) -> Validation:
    """Return the scores of each image with its own one of `thresholds`."""
    truths = [image.as_detections() for image in images]
    assets = [image.asset for image in images]
    counted = [each.scored_at_least(own) for each, own in zip(calibrated, thresholds, strict=True)]
    means = mean_scores(group_assets(assets, truths), truths, counted)
    by_asset = score_assets(assets, truths, counted)
    return Validation(
        score=means.f1,
        metrics=asdict(means) | {THRESHOLD: threshold},
        calibration=calibration,
        error=means.count_error,
        by_asset={name: asdict(score) for name, score in by_asset.items()},
    )
