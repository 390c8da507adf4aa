"""Judge a detector on images with annotations."""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from torch import nn

from gapjunction.benchmark.calibration_fit import fit_calibration, unbiased_threshold
from gapjunction.benchmark.counts import count_metrics
from gapjunction.benchmark.detection_metrics import score_detections
from gapjunction.calibration import Calibration
from gapjunction.commands.progress import tracked
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import Detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.training.records import Validation

THRESHOLD = "threshold"


def validate_detector(
    model: nn.Module, images: Sequence[TrainingImage], config: DetectorConfig
) -> Validation:
    """Return the calibration for these images, F1 at IoU 0.5, and more.

    The score to maximise is F1, with the threshold that counts as many as are annotated. Metrics
    are f1, precision, recall, mean matched IoU, the mean absolute percentage error of the counts
    (as a share), and the threshold.
    """
    truths, found = [_as_detections(image) for image in images], _detect(model, images, config)
    calibration, threshold = _fit(truths, found)
    counted = [calibration.calibrated(each).scored_at_least(threshold) for each in found]
    score = score_detections(truths, counted)
    counts = count_metrics(np.array(list(map(len, truths))), np.array(list(map(len, counted))))
    metrics = {
        "f1": score.f1,
        "precision": score.precision,
        "recall": score.recall,
        "mean_iou": score.mean_matched_iou or 0.0,
        THRESHOLD: threshold,
    }
    if counts.mape_percent is not None:
        metrics["count_error"] = counts.mape_percent / 100
    return Validation(score.f1, metrics, calibration)


def calibrate_detector(
    model: nn.Module, images: Sequence[TrainingImage], config: DetectorConfig
) -> DetectorConfig:
    """Return the config with calibration and threshold fitted to these images."""
    found = _detect(model, tracked(images, "Calibrating", len(images)), config)
    calibration, threshold = _fit([_as_detections(image) for image in images], found)
    return config.model_copy(update={"calibration": calibration, "score_threshold": threshold})


def _detect(
    model: nn.Module, images: Iterable[TrainingImage], config: DetectorConfig
) -> list[Detections]:
    settings = PredictionSettings.of(config, next(model.parameters()).device)
    detector = cast(Detector, model)
    return [detect_image(detector, image.read(), settings) for image in images]


def _fit(truths: Sequence[Detections], found: Sequence[Detections]) -> tuple[Calibration, float]:
    calibration = fit_calibration(truths, found)
    return calibration, unbiased_threshold(truths, [calibration.calibrated(each) for each in found])


def _as_detections(image: TrainingImage) -> Detections:
    return Detections(image.boxes, np.ones(len(image.boxes), np.float32), image.labels)
