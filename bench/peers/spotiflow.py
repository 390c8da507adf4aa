"""Spotiflow (Dominguez Mantes et al. 2025), trained on the tuning images for ten minutes.

It sees all three channels. It is imported only when it is used, as it is large and rarely
installed: `pip install spotiflow`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.examples import Example, TuningSet
from bench.peers.method import Detect, Method, detections_around
from bench.scoring import f1_distance, f1_iou
from bench.search import search_all
from gapjunction.boxes import centers
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

# Ten minutes on two cores, whatever else the machine does meanwhile.
TRAINING_CORE_SECONDS = 1200
IMAGES_FOR_VALIDATION = 3
VALIDATION_PX = 512  # of the middle of those; whole ones would take much of the time
# With Spotiflow's own numbers (four crops a step, rate 3e-4) there is time for 200 steps, after
# which it finds next to nothing. One crop a step gives four times as many.
CROP_PX, CROPS_PER_STEP, CROPS_PER_EPOCH = 256, 1, 64
LEARNING_RATE = 1e-3
FINISHED_NAME = "thresholds.yaml"  # the last file that Spotiflow writes
WEIGHTS: tuple[Literal["best", "last"], ...] = ("best", "last")
THRESHOLDS = tuple(np.arange(0.15, 0.8, 0.05).round(2).tolist())
SIDES_PX = tuple(np.arange(3, 14.1, 0.5).tolist())

Points = NDArray[np.floating]


class SpotiflowSettings(StrictConfig):
    """The trained model, its threshold, and the side of all boxes, as spots have no size.

    Attributes:
        which: the weights with the lowest validation loss, or the last ones. They differ much.
    """

    folder: Path
    which: Literal["best", "last"] = "best"
    threshold: float = 0.5
    side_px: float = 6.0


def prepare(settings: SpotiflowSettings) -> Detect:
    """Load the trained model; return a function from an image to what is found in it."""
    model = _load(settings.folder, settings.which)

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        points, _ = _find_spots(model, pixels, settings.threshold)
        return detections_around(points, settings.side_px)

    return detect


def tune(tuning: TuningSet) -> SpotiflowSettings:
    """Train on most of the tuning images, then choose the threshold and the side on all."""
    if not (tuning.work / FINISHED_NAME).is_file():
        _train(tuning.examples, tuning.work)
    truths = [example.truth for example in tuning.examples]
    # A higher threshold finds those of the same spots whose probability is above it.
    found = {}
    for which in WEIGHTS:
        model = _load(tuning.work, which)
        found[which] = [
            _find_spots(model, example.pixels, min(THRESHOLDS)) for example in tuning.examples
        ]

    def detections(settings: SpotiflowSettings) -> list[Detections]:
        return [
            detections_around(points[probabilities > settings.threshold], settings.side_px)
            for points, probabilities in found[settings.which]
        ]

    best = search_all(
        [
            SpotiflowSettings(folder=tuning.work, which=which, threshold=threshold)
            for which in WEIGHTS
            for threshold in THRESHOLDS
        ],
        lambda own: f1_distance(truths, detections(own)),
    )
    return search_all(
        [best.but(side_px=side) for side in SIDES_PX],
        lambda own: f1_iou(truths, detections(own)),
    )


def _load(folder: Path, which: Literal["best", "last"]) -> Any:
    from spotiflow.model import Spotiflow  # noqa: PLC0415 - see above

    return Spotiflow.from_folder(str(folder), which=which, map_location="cpu")


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
    """Train from random weights; leave those with the lowest validation loss, and the last."""
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
    middles = [_middle(*each) for each in zip(images[:val], spots[:val], strict=True)]
    Spotiflow(SpotiflowModelConfig(in_channels=3)).fit(
        images[val:],
        spots[val:],
        [pixels for pixels, _ in middles],
        [points for _, points in middles],
        save_dir=str(folder),
        train_config=SpotiflowTrainingConfig(
            crop_size=CROP_PX,
            batch_size=CROPS_PER_STEP,
            num_train_samples=CROPS_PER_EPOCH,
            num_epochs=10_000,
            lr=LEARNING_RATE,
        ),
        device="cpu",
        logger=None,
        default_root_dir=str(folder),  # for what Lightning logs
        callbacks=[LambdaCallback(on_train_epoch_end=stop_in_time)],
    )


def _middle(pixels: Points, points: Points) -> tuple[Points, Points]:
    """Return the middle of an image (H, W, C), and the points in it."""
    start = max((min(pixels.shape[:2]) - VALIDATION_PX) // 2, 0)
    end = start + VALIDATION_PX
    is_inside = ((points >= start) & (points < end)).all(axis=1)
    return pixels[start:end, start:end], points[is_inside] - start


def _to_yx(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the middles (N, 2) of boxes as y x, with the middle of pixel 0 at 0."""
    return centers(boxes)[:, ::-1] - np.float32(0.5)


SPOTIFLOW = Method("Spotiflow, trained on 15", SpotiflowSettings, tune, prepare)
