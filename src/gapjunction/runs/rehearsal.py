"""Rehearse: simulated images beside those to learn, so that what the weights can is not lost."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gapjunction.config import read_config
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file, write_detection_file
from gapjunction.errors import ConfigError
from gapjunction.images.pictures import write_png
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.folder import SETTINGS_NAME, RunSettings, WeightsSource
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.simulation.random.crowded_image import simulate_crowded_image
from gapjunction.simulation.random.random_image import simulate_random_image
from gapjunction.simulation.simulated_dataset import CLASSES
from gapjunction.terminal import tracked

USUAL = 0.5  # tiles to rehearse for each tile to learn
NONE = 0.0
NUM_IMAGES = 32
SIDE_PX = 512
STREAM = 20_261_127  # beside the seed of a run, so that no other images of the package are these
KINDS = (simulate_random_image, simulate_crowded_image)  # as the shipped weights were trained on


def choose_rehearsal(asked: float | None, source: Path | None, class_names: Sequence[str]) -> float:
    """Return how many tiles to rehearse join each tile to learn; none where nothing is to be kept.

    Without `asked`, that is some where training starts from the shipped weights, or from a run
    that rehearsed already, and there is one class: simulated images show one.

    Raises:
        ConfigError: if it is asked for, and there are several classes.
    """
    is_single = len(class_names) == 1
    if asked is None:
        return USUAL if is_single and source is not None and _was_simulated(source) else NONE
    if asked > NONE and not is_single:
        raise ConfigError(
            f"rehearse {asked:g}",
            expected="0 where objects have several classes, as simulated images show one only",
            found=f"classes {', '.join(class_names)}",
            fix="leave it out",
            settings=("rehearse",),
        )
    return asked


def rehearsal_images(folder: Path, seed: int) -> tuple[TrainingImage, ...]:
    """Return simulated images with their boxes, of which those are written that are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = tracked(range(NUM_IMAGES), "Simulating images to rehearse", NUM_IMAGES)
    return tuple(_rehearsal_image(folder, seed, number) for number in numbers)


def _was_simulated(source: Path) -> bool:
    """Tell whether weights are the shipped ones, or of a run that rehearsed."""
    if WeightsSource.of(source).sha256 == WeightsSource.of(SHIPPED_MODEL).sha256:
        return True
    settings = source / SETTINGS_NAME
    return settings.is_file() and read_config(RunSettings, settings).rehearse > NONE


def _rehearsal_image(folder: Path, seed: int, number: int) -> TrainingImage:
    path, annotations = folder / f"{number:02}.png", folder / f"{number:02}_bbox.json"
    names = tuple(CLASSES)
    if not annotations.is_file():
        simulate = KINDS[number % len(KINDS)]
        image = simulate(SIDE_PX, np.random.default_rng([STREAM, seed, number]))
        count = len(image.boxes)
        boxes = Detections(image.boxes, np.ones(count, np.float32), np.zeros(count, np.int64))
        write_png(path, image.pixels.transpose(2, 0, 1))
        write_detection_file(
            annotations,
            boxes,
            names,
            image_name=path.name,
            image_size=(SIDE_PX, SIDE_PX),
            with_scores=False,
        )
    found = read_detection_file(annotations).as_detections(names)
    return TrainingImage(path, found.boxes, found.labels)
