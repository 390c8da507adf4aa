"""Spotiflow (Dominguez Mantes et al. 2025), trained on the tuning images for ten minutes.

It is imported only when it is used, as it is large and rarely installed: `pip install spotiflow`.
"""

import importlib.util
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
from benchmark.views import View, views_for
from gapjunction.boxes import centers
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

TRAINING_SECONDS = 600
IMAGES_FOR_VALIDATION = 3
CROP_PX = 256
FINISHED_NAME = "thresholds.yaml"  # the last file that Spotiflow writes
THRESHOLDS = tuple(np.arange(0.2, 0.75, 0.05).round(2).tolist())
SIDES_PX = tuple(np.arange(3, 14.1, 0.5).tolist())


class SpotiflowSettings(StrictConfig):
    """The trained model, its threshold, and the side of all boxes, as spots have no size."""

    view: View
    folder: Path
    threshold: float = 0.5
    side_px: float = 6.0


def is_installed() -> bool:
    """Tell whether Spotiflow can be imported."""
    return importlib.util.find_spec("spotiflow") is not None


def prepare(settings: SpotiflowSettings) -> Detect:
    """Load the trained model; return a function from an image to what is found in it."""
    from spotiflow.model import Spotiflow  # noqa: PLC0415 - see above

    model = Spotiflow.from_folder(str(settings.folder), map_location="cpu")

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        points, _ = model.predict(
            settings.view.of(pixels), prob_thresh=settings.threshold, verbose=False, device="cpu"
        )
        return detections_around(points, settings.side_px)

    return detect


def tune(tuning: TuningSet) -> SpotiflowSettings:
    """Train on most of the tuning images, then choose the threshold and the side on all."""
    view = views_for(tuning.examples)[0]
    if not (tuning.work / FINISHED_NAME).is_file():
        _train(tuning.examples, view, tuning.work)
    truths = [example.truth for example in tuning.examples]
    start = SpotiflowSettings(view=view, folder=tuning.work)

    def found(settings: SpotiflowSettings) -> list[Detections]:
        detect = prepare(settings)
        return [detect(example.pixels) for example in tuning.examples]

    best = search_all(
        [start.model_copy(update={"threshold": each}) for each in THRESHOLDS],
        lambda own: f1_distance(truths, found(own)),
    )
    points = [own.boxes for own in found(best)]
    return search_all(
        [best.model_copy(update={"side_px": side}) for side in SIDES_PX],
        lambda own: f1_iou(
            truths, [detections_around(_to_yx(boxes), own.side_px) for boxes in points]
        ),
    )


def _train(examples: Sequence[Example], view: View, folder: Path) -> None:
    """Train from random weights, and leave the model with the lowest validation loss."""
    from lightning.pytorch.callbacks import Timer  # type: ignore[import-not-found] # noqa: PLC0415
    from spotiflow.model import (  # noqa: PLC0415
        Spotiflow,
        SpotiflowModelConfig,
        SpotiflowTrainingConfig,
    )

    images = [view.of(example.pixels) for example in examples]
    spots = [_to_yx(example.truth.boxes) for example in examples]
    val = IMAGES_FOR_VALIDATION
    timer: Any = Timer(duration={"seconds": TRAINING_SECONDS})
    started = time.monotonic()
    Spotiflow(SpotiflowModelConfig(in_channels=1)).fit(
        images[val:],
        spots[val:],
        images[:val],
        spots[:val],
        save_dir=str(folder),
        train_config=SpotiflowTrainingConfig(crop_size=CROP_PX, num_epochs=10_000),
        device="cpu",
        logger=None,
        callbacks=[timer],
    )
    if time.monotonic() - started < TRAINING_SECONDS / 2:
        raise RuntimeError("Spotiflow stopped long before its time")


def _to_yx(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the middles (N, 2) of boxes as y x, with the middle of pixel 0 at 0."""
    return centers(boxes)[:, ::-1] - np.float32(0.5)


SPOTIFLOW = Method("Spotiflow, trained on 15", SpotiflowSettings, tune, prepare)
