"""Simulated stacks for benchmarks and fits, and what a model finds in them.

What is in the folder already is taken as it is, so that a stopped run goes on where it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench.simulated_data import simulated
from gapjunction.benchmark.asset_groups import group_images
from gapjunction.benchmark.paired_detections import read_paired_detections
from gapjunction.benchmark.paired_stacks import PairedStack, pair_stacks
from gapjunction.benchmark.predicted_plaques import NONE_REPORTED, Reported
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.simulate import SimulateConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.images.pictures import read_picture
from gapjunction.images.slice_names import Z_RULE
from gapjunction.metrics.stacked_detections import StackedDetections
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction_folder import file_of
from gapjunction.simulation.imaging_model import Kind


@dataclass(frozen=True, slots=True)
class StackSet:
    """Stacks of one look, all simulated from one seed."""

    kind: Kind
    seed: int
    z_step_um: float
    num_stacks: int
    num_slices: int
    size_px: int

    @property
    def name(self) -> str:
        """What its folders are called."""
        return f"{self.kind}_{self.seed}"

    def simulated(self, folder: Path) -> Path:
        """Return the dataset, which is simulated unless it is there."""
        return simulated(
            SimulateConfig(
                out=folder / self.name,
                kind=self.kind,
                size=self.size_px,
                seed=self.seed,
                assets=self.num_stacks,
                slices=self.num_slices,
                z_step_um=self.z_step_um,
            )
        )


def predicted(
    images: Path, output: Path, weights: Path = SHIPPED_MODEL, min_score: float | None = None
) -> Path:
    """Return the folder of predictions, which goes on where it was."""
    checkpoint = None if weights == SHIPPED_MODEL else weights
    predict.run(
        PredictConfig(input=images, output=output, checkpoint=checkpoint, min_score=min_score)
    )
    return output


def paired_stacks(
    root: Path, found: Path, threshold: float | None, reported: Reported = NONE_REPORTED
) -> tuple[PairedStack, ...]:
    """Return the stacks of a dataset, with the boxes found from a threshold on linked.

    Of stacks whose plaques are `reported`, these are taken.
    """
    paired = read_paired_detections(root, found)
    groups = group_images(paired.stems, None, found, paired.assets)
    return pair_stacks(paired, groups, threshold, Z_RULE, root, reported)


def slices_of(boxes: StackedDetections) -> dict[int, Detections]:
    """Return the boxes of each slice, numbered from 0."""
    rows = [np.flatnonzero(boxes.images == number) for number in range(boxes.num_images)]
    return {
        number: Detections(boxes.boxes[own], boxes.scores[own], boxes.labels[own])
        for number, own in enumerate(rows)
    }


def counts_in_projections(root: Path, images: Path, output: Path) -> dict[str, int]:
    """Return how much is found in the maximum projection of each stack, by the asset's name."""
    dataset = read_dataset(root)
    images.mkdir(parents=True, exist_ok=True)
    for asset in dataset.assets:
        path = images / f"{asset.name}.png"
        if not path.exists():
            write_projection([image.path for image in asset.images], path)
    predict.run(PredictConfig(input=images, output=output, pixel_size_um=dataset.um_per_px))
    return {
        asset.name: len(read_detection_file(file_of(output, "detections", asset.name)).boxes)
        for asset in dataset.assets
    }


def write_projection(slices: Iterable[Path], path: Path) -> None:
    """Write the brightest value that each pixel has in any slice."""
    brightest = np.max([read_picture(each) for each in slices], axis=0)
    Image.fromarray(np.moveaxis(brightest, 0, 2)).save(path)
