"""This package's detector, as shipped."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.examples import TuningSet
from benchmark.peers.method import Detect, Method
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import load_checkpoint, weights_version
from gapjunction.prediction.tiled import LOWEST_SCORE, PredictionSettings, detect_image


class OurSettings(StrictConfig):
    """The folder with the weights, and their version: other weights are other settings."""

    checkpoint: Path
    version: str


def shipped(checkpoint: Path) -> Method:
    """Return the method that uses the weights in a folder as they are."""

    def tune(_: TuningSet) -> OurSettings:
        return OurSettings(checkpoint=checkpoint, version=weights_version(checkpoint))

    return Method("gapjunction, as shipped", OurSettings, tune, prepare)


def prepare(settings: OurSettings) -> Detect:
    """Load the detector in PyTorch; return a function from an image to what is counted in it.

    Another backend is another function like this one, and another `Method` in `methods.py`.
    """
    checkpoint = load_checkpoint(settings.checkpoint)
    config = checkpoint.config
    how = PredictionSettings(
        tile_size=config.tile_size,
        overlap=config.overlap,
        min_score=LOWEST_SCORE,
        magnification=config.magnification,
    )

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        seen = detect_image(checkpoint.detector, pixels, how)
        return config.calibration.calibrated(seen).scored_at_least(config.score_threshold)

    return detect
