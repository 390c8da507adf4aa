"""This package's detector, as shipped.

It is judged as users have it, by `gapjunction predict` of a whole set, which finds the channel of
each asset and leaves out autofluorescence. Its time is that of an image in one channel.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from bench.examples import TuningSet
from bench.peers.method import Detect, Method
from gapjunction.choices import Backend
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.config import StrictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.models.checkpoint import load_checkpoint, weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction.backends import prepare_detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.prediction_folder import file_of
from gapjunction.simulation.simulated_dataset import CLASSES as CLASS_COLORS

CLASSES = tuple(CLASS_COLORS)


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
    return Method(title, OurSettings, tune, prepare, find_all)


def find_all(settings: OurSettings, folder: Path) -> list[Detections]:
    """Return what `gapjunction predict` counts in each image of a dataset, ordered by path."""
    with TemporaryDirectory() as fresh:
        out = Path(fresh) / "predictions"
        is_shipped = settings.checkpoint == SHIPPED_MODEL
        config = PredictConfig(
            input=folder,
            checkpoint=None if is_shipped else settings.checkpoint,
            output=out,
            backend=settings.backend,
            scale=1.0,
            num_gpus=0,
        )
        predict.run(config)
        paths = sorted(image.path for image in read_dataset(folder).images())
        files = [file_of(out, "detections", path.stem) for path in paths]
        return [read_detection_file(path).as_detections(CLASSES) for path in files]


def prepare(settings: OurSettings) -> Detect:
    """Load the detector; return a function from an image to what is counted in it."""
    checkpoint = load_checkpoint(settings.checkpoint)
    config = checkpoint.config
    detector = prepare_detector(checkpoint, settings.backend)
    how = PredictionSettings.of(config, torch.device("cpu"))

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        seen = detect_image(detector, pixels[:1], how)
        return config.calibration.calibrated(seen).scored_at_least(config.score_threshold)

    return detect
