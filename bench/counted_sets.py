"""Simulated animals with several images each, or stacks, and what a model sees in them.

What is in the folder already is taken as it is, so that a stopped run goes on where it was.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.simulated_data import simulated
from bench.stack_sets import StackSet, predicted
from gapjunction.calibration import Calibration
from gapjunction.commands.predict.image_state import ImageState
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.simulate import SimulateConfig
from gapjunction.config import read_config
from gapjunction.dataset.reader import read_dataset
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import (
    CONFIG_NAME,
    WEIGHTS_NAME,
    DetectorConfig,
    save_config,
)
from gapjunction.prediction_folder import file_of
from gapjunction.simulation.imaging_model import Kind


@dataclass(frozen=True, slots=True)
class AnimalSet:
    """Animals of one look with so many images each, all simulated from one seed."""

    kind: Kind
    seed: int
    num_animals: int
    num_images: int
    size_px: int

    @property
    def name(self) -> str:
        """What its folders are called."""
        return f"{self.kind}_{self.seed}_{self.num_animals}x{self.num_images}_{self.size_px}"

    def simulated(self, folder: Path) -> Path:
        """Return the dataset, which is simulated unless it is there."""
        return simulated(
            SimulateConfig(
                out=folder / self.name,
                kind=self.kind,
                size=self.size_px,
                seed=self.seed,
                images=self.num_images * self.num_animals,
                assets=self.num_animals,
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class SeenImage:
    """An image of an animal: its true boxes, and all that is seen there, with probabilities.

    Attributes:
        animal: the name of its set and its own; a stack is an animal.
        num_spots: spots that stand out from their ground, whether objects or not.
    """

    animal: str
    truth: Detections
    seen: Detections
    num_spots: int


def seen_images(animals: AnimalSet | StackSet, folder: Path, weights: Path) -> list[SeenImage]:
    """Return what `gapjunction predict` sees in a set, simulated and predicted unless it is.

    Slices of a stack are in their order.
    """
    root = animals.simulated(folder)
    copy = without_intervals(weights, folder)
    output = predicted(root, folder / f"found_{copy.name}" / animals.name, copy)
    return list(_seen_images(root, output, f"{animals.name}/"))


def without_intervals(weights: Path, folder: Path) -> Path:
    """Return a copy of a run folder whose counts have no intervals: these change nothing seen.

    Its name tells all that does, so that what was seen is found again when intervals are refitted.
    """
    config = read_config(DetectorConfig, weights / CONFIG_NAME)
    own = config.calibration
    bare = config.but(
        calibration=Calibration(
            slope=own.slope, intercept=own.intercept, missed_share=own.missed_share
        ),
        plaques=None,
        known=None,
    )
    content = (weights / WEIGHTS_NAME).read_bytes() + bare.model_dump_json().encode()
    copy = folder / hashlib.sha256(content).hexdigest()[:8]
    if not copy.is_dir():
        copy.mkdir(parents=True)
        shutil.copyfile(weights / WEIGHTS_NAME, copy / WEIGHTS_NAME)
        save_config(bare, copy)
    return copy


def _seen_images(root: Path, output: Path, prefix: str) -> Iterator[SeenImage]:
    for asset in read_dataset(root).assets:
        for image in asset.images:
            path = file_of(output, "seen", image.path.stem)
            seen = read_seen(path, ImageState.of(image.path))
            if seen is None:
                raise RuntimeError(f"{path} is not of {image.path}: remove {output}")
            animal = f"{prefix}{asset.name}"
            yield SeenImage(animal, image.as_detections(), seen.detections, seen.num_spots)
