"""Spotiflow (Dominguez Mantes et al. 2025), trained on the tuning images for ten minutes.

It sees all three channels. It is imported only when it is used, as it is large and rarely
installed: `pip install spotiflow`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.examples import Example, TuningSet
from benchmark.peers.method import Detect, Method, detections_around
from benchmark.scoring import f1_distance, f1_iou
from benchmark.search import search_all
from gapjunction.boxes import centers
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

# Ten minutes on two cores, whatever else the machine does meanwhile.
TRAINING_CORE_SECONDS = 1200
IMAGES_FOR_VALIDATION = 3
CROP_PX = 256
CROPS_PER_EPOCH = 24
FINISHED_NAME = "thresholds.yaml"  # the last file that Spotiflow writes
THRESHOLDS = tuple(np.arange(0.15, 0.8, 0.05).round(2).tolist())
SIDES_PX = tuple(np.arange(3, 14.1, 0.5).tolist())

Points = NDArray[np.floating]


class SpotiflowSettings(StrictConfig):
    """The trained model, its threshold, and the side of all boxes, as spots have no size."""

    folder: Path
    threshold: float = 0.5
    side_px: float = 6.0


def prepare(settings: SpotiflowSettings) -> Detect:
    """Load the trained model; return a function from an image to what is found in it."""
    model = _load(settings.folder)

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        points, _ = _find_spots(model, pixels, settings.threshold)
        return detections_around(points, settings.side_px)

    return detect


def tune(tuning: TuningSet) -> SpotiflowSettings:
    """Train on most of the tuning images, then choose the threshold and the side on all."""
    if not (tuning.work / FINISHED_NAME).is_file():
        _train(tuning.examples, tuning.work)
    truths = [example.truth for example in tuning.examples]
    model = _load(tuning.work)
    # A higher threshold finds those of the same spots whose probability is above it.
    found = [_find_spots(model, example.pixels, min(THRESHOLDS)) for example in tuning.examples]

    def detections(settings: SpotiflowSettings) -> list[Detections]:
        return [
            detections_around(points[probabilities > settings.threshold], settings.side_px)
            for points, probabilities in found
        ]

    start = SpotiflowSettings(folder=tuning.work)
    best = search_all(
        [start.model_copy(update={"threshold": each}) for each in THRESHOLDS],
        lambda own: f1_distance(truths, detections(own)),
    )
    return search_all(
        [best.model_copy(update={"side_px": side}) for side in SIDES_PX],
        lambda own: f1_iou(truths, detections(own)),
    )


def _load(folder: Path) -> Any:
    from spotiflow.model import Spotiflow  # noqa: PLC0415 - see above

    return Spotiflow.from_folder(str(folder), map_location="cpu")


def _find_spots(model: Any, pixels: NDArray[np.uint8], threshold: float) -> tuple[Points, Points]:
    """Return points (N, 2), y x, and their probabilities (N,)."""
    points, details = model.predict(
        _as_input(pixels), prob_thresh=threshold, verbose=False, device="cpu"
    )
    return points, np.asarray(details.prob)


def _as_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return an image (3, H, W) with the channels last, as Spotiflow takes it."""
    return np.ascontiguousarray(np.moveaxis(pixels, 0, -1), np.float32)


def _train(examples: Sequence[Example], folder: Path) -> None:
    """Train from random weights, and leave the model with the lowest validation loss."""
    from lightning.pytorch.callbacks import (  # type: ignore[import-not-found] # noqa: PLC0415
        LambdaCallback,
    )
    from spotiflow.model import (  # noqa: PLC0415
        Spotiflow,
        SpotiflowModelConfig,
        SpotiflowTrainingConfig,
    )

    started = time.process_time()

    def stop_in_time(trainer: Any, *_: Any) -> None:
        trainer.should_stop = time.process_time() - started > TRAINING_CORE_SECONDS

    images = [_as_input(example.pixels) for example in examples]
    spots = [_to_yx(example.truth.boxes) for example in examples]
    val = IMAGES_FOR_VALIDATION
    Spotiflow(SpotiflowModelConfig(in_channels=3)).fit(
        images[val:],
        spots[val:],
        images[:val],
        spots[:val],
        save_dir=str(folder),
        train_config=SpotiflowTrainingConfig(
            crop_size=CROP_PX, num_train_samples=CROPS_PER_EPOCH, num_epochs=10_000
        ),
        device="cpu",
        logger=None,
        default_root_dir=str(folder),  # for what Lightning logs
        callbacks=[LambdaCallback(on_train_epoch_end=stop_in_time)],
    )


def _to_yx(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the middles (N, 2) of boxes as y x, with the middle of pixel 0 at 0."""
    return centers(boxes)[:, ::-1] - np.float32(0.5)


SPOTIFLOW = Method("Spotiflow, trained on 15", SpotiflowSettings, tune, prepare)
