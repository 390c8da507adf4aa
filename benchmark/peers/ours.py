"""This package's detector, as shipped."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmark.examples import TuningSet
from benchmark.peers.method import Detect, Method
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import load_checkpoint, weights_version
from gapjunction.prediction.backends import Backend, prepare_detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image


class OurSettings(StrictConfig):
    """The folder with the weights, their version, and what computes."""

    checkpoint: Path
    version: str
    backend: Backend = "torch"


def shipped(checkpoint: Path, backend: Backend = "torch") -> Method:
    """Return the method that uses the weights in a folder as they are."""

    def tune(_: TuningSet) -> OurSettings:
        version = weights_version(checkpoint)
        return OurSettings(checkpoint=checkpoint, version=version, backend=backend)

    title = "gapjunction, as shipped" + (", ONNX Runtime" if backend == "onnx" else "")
    return Method(title, OurSettings, tune, prepare)


def prepare(settings: OurSettings) -> Detect:
    """Load the detector; return a function from an image to what is counted in it."""
    checkpoint = load_checkpoint(settings.checkpoint)
    config = checkpoint.config
    detector = prepare_detector(checkpoint, settings.backend)
    how = PredictionSettings.of(config, torch.device("cpu"))

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        seen = detect_image(detector, pixels, how)
        return config.calibration.calibrated(seen).scored_at_least(config.score_threshold)

    return detect
