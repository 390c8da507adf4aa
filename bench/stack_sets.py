"""The simulated stacks of `bench.stacks`, and what the shipped weights find in them.

What is in the folder already is taken as it is, so that a stopped run goes on where it was.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gapjunction.benchmark.asset_groups import group_images
from gapjunction.benchmark.paired_detections import read_paired_detections
from gapjunction.benchmark.paired_stacks import PairedStack, pair_stacks
from gapjunction.commands import simulate
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.detections_json import read_detection_file
from gapjunction.images.pictures import read_picture
from gapjunction.images.slice_names import Z_RULE
from gapjunction.models.checkpoint import weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction_folder import file_of
from gapjunction.simulation.imaging_model import Kind

SEEDS: dict[Kind, int] = {"human": 77_001, "rat": 77_002}  # used for nothing else
NUM_STACKS, NUM_SLICES, SIZE_PX = 6, 12, 512


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredStacks:
    """Stacks of one look; both are in the order of the stacks' names.

    Attributes:
        linked: the true plaques, and those that are linked from what the shipped weights find.
        in_projections: how much the weights find in the maximum projection of each (stacks,).
    """

    linked: tuple[PairedStack, ...]
    in_projections: NDArray[np.int64]


def measured_stacks(kind: Kind, folder: Path) -> MeasuredStacks:
    """Simulate the stacks of a look and find what is in them, unless that is done."""
    root = folder / kind
    if not root.is_dir():
        simulate.run(
            simulate.SimulateConfig(
                out=root,
                kind=kind,
                size=SIZE_PX,
                seed=SEEDS[kind],
                assets=NUM_STACKS,
                slices=NUM_SLICES,
            )
        )
    found = folder / f"found_{weights_version(SHIPPED_MODEL)}"
    predict.run(PredictConfig(input=root, output=found / kind))
    linked = _paired_stacks(root, found / kind)
    counts = _counts_in_projections(
        root, folder / f"{kind}_projections", found / f"{kind}_projections"
    )
    in_projections = [counts[Path(each.name).name] for each in linked]
    return MeasuredStacks(linked, np.array(in_projections, np.int64))


def _paired_stacks(root: Path, found: Path) -> tuple[PairedStack, ...]:
    """Return the stacks of a dataset, and those linked from what was found."""
    paired = read_paired_detections(root, found)
    groups = group_images(paired.stems, None, found, paired.assets)
    return pair_stacks(paired, groups, None, Z_RULE, root)


def _counts_in_projections(root: Path, images: Path, output: Path) -> dict[str, int]:
    """Return how much is found in the projection of each stack, by the asset's name."""
    dataset = read_dataset(root)
    images.mkdir(exist_ok=True)
    for asset in dataset.assets:
        path = images / f"{asset.name}.png"
        if not path.exists():
            write_projection([image.path for image in asset.images], path)
    predict.run(PredictConfig(input=images, output=output, pixel_size_um=dataset.um_per_px))
    return {
        asset.name: len(read_detection_file(file_of(output, "detections", asset.name)).boxes)
        for asset in dataset.assets
    }


def write_projection(slices: list[Path], path: Path) -> None:
    """Write the brightest value that each pixel has in any slice."""
    brightest = np.max([read_picture(each) for each in slices], axis=0)
    Image.fromarray(np.moveaxis(brightest, 0, 2)).save(path)
